package serve

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

//go:embed reload.js
var reloadScript []byte

// servePage answers with a page of static/ to which the reloading script was added. The script is told which version
// the page belongs to: what changes while the page loads is then seen, too.
func (s *server) servePage(w http.ResponseWriter, r *http.Request, file string) {
	state, _ := s.Status.Now()
	page, err := os.ReadFile(file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`<script src="%sreload.js" data-version="%s" defer></script>`, devPrefix, state.Version)
	w.Header().Set("Content-Type", contentType(file))
	if at := bytes.LastIndex(page, []byte("</body>")); at >= 0 {
		page = append(page[:at:at], append([]byte(tag), page[at:]...)...)
	} else {
		page = append(page, tag...)
	}
	w.Write(page)
}

// events streams the state of the build, now and at each change, until the page goes away.
func events(status *Status) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		stream := http.NewResponseController(w)
		for {
			state, changed := status.Now()
			data, err := json.Marshal(state)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
				return
			}
			if err := stream.Flush(); err != nil {
				return
			}
			select {
			case <-changed:
			case <-r.Context().Done():
				return
			}
		}
	})
}
