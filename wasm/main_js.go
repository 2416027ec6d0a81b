package main

import (
	"fmt"
	"syscall/js"
	"time"

	"github.com/etcdscope/etcdscope/web/engine"
	"github.com/etcdscope/etcdscope/web/page"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

func main() {
	if js.Global().Get("document").Truthy() {
		page.Serve(panels.Pages())
		return
	}
	serve(engine.NewSessions(panels.Views()))
}

// restAfter is how long the pages must have been silent for the engines to rest.
const restAfter = 400 * time.Millisecond

// serve answers each {session, tick} with {session, reply, motion}, and forgets the session of {session, close}. It
// does not return.
func serve(s *engine.Sessions) {
	rest := time.AfterFunc(restAfter, s.Rest)
	js.Global().Call("addEventListener", "message", js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := args[0].Get("data")
		session := data.Get("session").Int()
		if data.Get("close").Truthy() {
			s.Close(session)
		} else if tick := data.Get("tick"); tick.Truthy() {
			r, m := answer(s, session, bytesOf(tick))
			post(session, r, m)
			rest.Reset(restAfter)
		}
		return nil
	}))
	select {}
}

// answer carries a tick out. A panic becomes an answer too, so that the page can say what happened.
func answer(s *engine.Sessions, session int, data []byte) (r wire.Reply, m wire.Motion) {
	defer func() {
		if why := recover(); why != nil {
			r = wire.Reply{Version: wire.Version, Fatal: fmt.Sprint(why)}
		}
	}()
	var t wire.Tick
	if err := wire.Decode(data, &t); err != nil {
		return wire.Reply{Version: wire.Version, Fatal: err.Error()}, m
	}
	return s.Of(session).Tick(t)
}

func post(session int, r wire.Reply, m wire.Motion) {
	data, err := wire.Encode(&r)
	if err != nil {
		data, _ = wire.Encode(&wire.Reply{Version: wire.Version, Fatal: err.Error()}) // strings only: cannot fail
	}
	reply, motion := buffer(data), buffer(m.Bytes(nil))
	message := js.Global().Get("Object").New()
	message.Set("session", session)
	message.Set("reply", reply)
	message.Set("motion", motion)
	js.Global().Call("postMessage", message, []any{reply, motion})
}

func bytesOf(buffer js.Value) []byte {
	array := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}

func buffer(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array.Get("buffer")
}
