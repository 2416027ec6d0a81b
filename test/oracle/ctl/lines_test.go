package ctl

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// How many lines, and which (make ctl-lines).
var (
	lineOps  = flag.Int("lines", 1000, "command lines that are tried at etcdctl and here")
	lineSeed = flag.Uint64("lines-seed", 1, "the seed that they are made from")
)

// mismatches is how many lines may differ before TestLines gives up.
const mismatches = 25

// renewed is after how many lines both sides begin anew: what a line that we judge falsely has done to one side alone
// is forgotten then.
const renewed = 300

// TestLines makes command lines, right and wrong, gives each to real etcdctl at a real member and to ours, and compares
// both streams and the exit code.
func TestLines(t *testing.T) {
	j := &lineJudge{tool: build(t, "etcdctl"), lines: lines{random: rand.New(rand.NewPCG(*lineSeed, 2)), dir: t.TempDir()}}
	for j.done < *lineOps && j.wrong < mismatches {
		t.Run(strconv.Itoa(j.done), j.some)
	}
	t.Logf("%d lines, %d of them refused, %d skipped because they never end or ask for what is not modelled; %d differ",
		j.done, j.refused, j.skipped, j.wrong)
}

// lineJudge compares lines, and counts them.
type lineJudge struct {
	lines
	tool                          string
	done, refused, skipped, wrong int
}

// some compares lines at two new sides, up to one that differs.
func (j *lineJudge) some(t *testing.T) {
	e, o, theirs := real(t, &recorder{}), newOurs(t), side{}
	for end := min(j.done+renewed, *lineOps); j.done < end; {
		l := j.line(len(o.leases))
		j.done++
		r := l.at(&o.side, "n1:2379").Read()
		if r.Refusal != nil {
			j.refused++
		}
		if endlessLine(r) || warns(r) && j.done%warned != 0 {
			j.skipped++
			continue
		}
		address := e.Config().ListenClientUrls[0].Host
		got := renamed(e, carry(t, j.tool, l.at(&theirs, address)))
		got.stdout, got.stderr = strings.ReplaceAll(got.stdout, address, "n1:2379"),
			strings.ReplaceAll(got.stderr, address, "n1:2379")
		want, before := printed{}, o.w.Commands()
		if err := o.w.Do(r.Command); err != nil {
			want.stderr = err.Error()
		} else {
			want = o.outcome(before + 1)
		}
		if c, ok := r.Command.(script.Call); ok {
			if _, compacts := c.Call.(api.Compaction); compacts {
				settled(e, o)
			}
		}
		text := l.String()
		theirs.grant(r, got)
		o.grant(r, want)
		if got, want = theirs.alike(text, got), o.alike(text, want); got != want {
			j.wrong++
			t.Errorf("line %d: %s\netcdctl: exit %d\n%s%s\nwe: exit %d\n%s%s", j.done-1, text, got.exit, got.stdout, got.stderr,
				want.exit, want.stdout,
				want.stderr)
			return
		}
	}
}

// settled waits until what is compacted is compacted in the database, too. It decides what HashKV tells from then on:
// of the revision that was compacted the hash that is stored then, and after compaction 0 that one to each later call
// that names no revision (mvcc/hash.go, HashByRev). Nothing can be compacted to -1: the store only waits for its turn.
func settled(e *embed.Etcd, o *ours) {
	done, _ := e.Server.KV().Compact(traceutil.TODO(), -1)
	<-done
	o.w.Advance(o.w.Now()+sim.Second, 1<<30)
}

// outcome returns what a command has printed when it is over, or why nothing comes of it.
func (o *ours) outcome(id uint64) (p printed) {
	next := o.w.Said().First()
	for end := o.w.Now() + sim.Minute; o.w.Now() < end; o.w.Advance(o.w.Now()+sim.Millisecond, 1<<30) {
		for ; next < o.w.Said().Len(); next++ {
			if s := o.w.Said().Ref(next); s.ID == id {
				out, err, exit := s.Print()
				p = printed{p.stdout + out, p.stderr + err, exit}
				if s.Done {
					return p
				}
			}
		}
		if b := o.w.Broken(); b != nil {
			p.stderr += "broken: " + b.Text
			return p
		}
	}
	p.stderr += "it does not end"
	return p
}

// build builds one of etcd's tools.
func build(t *testing.T, name string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), name)
	c := exec.Command("go", "build", "-o", to, "go.etcd.io/etcd/"+name+"/v3")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return to
}

// warned says that of the lines which wait two seconds, because etcdctl warns of them, one in so many is tried.
const warned = 10

func warns(r script.Reading) bool {
	c, ok := r.Command.(script.Call)
	return ok && len(c.Warnings()) > 0 || r.Refusal != nil && strings.Contains(r.Refusal.Stderr, "within next 2 seconds")
}

// endlessLine reports whether a line would not end by itself, would break the one member, or asks for what we do not
// have.
func endlessLine(r script.Reading) bool {
	if r.Refusal != nil {
		return strings.Contains(r.Refusal.Stderr, "is not modelled here")
	}
	if slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "--debug") }) {
		return true // it prints all that gRPC does
	}
	switch c := r.Command.(type) {
	case script.Health:
		return c.Cluster || elsewhere(c.Flags)
	case script.Watch, script.Lock, script.Elect, script.CheckPerf:
		return true
	case script.KeepAlive:
		return c.ID != 0x7b
	case script.Call:
		_, grants := c.Call.(api.LeaseGrant)
		if grants && (c.Format == script.Protobuf || c.Format == script.Table || c.Hex) {
			return true // nobody learns its ID
		}
		if _, left := c.Call.(api.LeaseTimeToLive); left && c.Format == script.Protobuf {
			return true // how much time is left stands among its bytes
		}
		_, add := c.Call.(api.MemberAdd)
		_, remove := c.Call.(api.MemberRemove)
		_, update := c.Call.(api.MemberUpdate)
		if a, ok := c.Call.(api.Alarm); ok && a.Action == api.AlarmDeactivate && c.Format == script.Fields {
			return true // etcdctl panics
		}
		return add || (remove || update) && c.ID == 0 || c.Cluster || elsewhere(c.Flags)
	}
	return false
}

// elsewhere reports whether a line asks where the server does not listen, or by another name than it has here.
func elsewhere(f script.Flags) bool { return f.Endpoints != "http://n1:2379" || f.Timeout < 0 }

// typedLine is a line with names in it for what differs between the sides: LEASE1 …, ADDR.
type typedLine struct{ script.Line }

func (l typedLine) String() string {
	s := strings.Join(slices.Concat(l.Env, []string{fmt.Sprintf("%q", l.Argv[1:])}), " ")
	if l.Piped {
		s += fmt.Sprintf(" <<< %q", l.Stdin)
	}
	return s
}

// founder is the ID of the one member, on either side: that of its name, its address and its cluster.
const founder = "5440ff22fe632778"

// at puts a side's names in. A line without endpoints gets that of the real server, which listens where no etcdctl
// looks.
func (l typedLine) at(s *side, address string) script.Line {
	out, names := script.Line{Stdin: s.say(l.Stdin), Piped: true}, strings.NewReplacer("ADDR", address, "MEMBER", founder)
	for _, e := range l.Env {
		out.Env = append(out.Env, names.Replace(e))
	}
	for _, a := range l.Argv {
		out.Argv = append(out.Argv, names.Replace(s.say(a)))
	}
	return out
}

// carry gives a line to a real tool.
func carry(t *testing.T, tool string, l script.Line) printed {
	t.Helper()
	args := l.Argv[1:]
	c := exec.Command(tool, args...)
	c.Dir = t.TempDir() // a file may be called anything
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "ETCDCTL_") {
			c.Env = append(c.Env, e)
		}
	}
	// what a line leaves to etcdctl is as long as the test waits
	for _, flag := range []string{"command-timeout", "keepalive-timeout"} {
		if !strings.Contains(strings.Join(args, " "), "--"+flag) {
			c.Env = append(c.Env, "ETCDCTL_"+strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))+"="+await.Patience.String())
		}
	}
	c.Env = append(c.Env, l.Env...)
	c.Stdin = strings.NewReader(l.Stdin)
	var out, err strings.Builder
	c.Stdout, c.Stderr = &out, &err
	if e := c.Run(); e != nil && c.ProcessState == nil {
		t.Fatal(e)
	}
	return printed{out.String(), err.String(), c.ProcessState.ExitCode()}
}

// grant notes a lease that was granted.
func (s *side) grant(r script.Reading, p printed) {
	c, ok := r.Command.(script.Call)
	if _, grants := c.Call.(api.LeaseGrant); !ok || !grants || p.exit != 0 {
		return
	}
	id := idOf.FindStringSubmatch(p.stdout)
	if id == nil {
		return
	}
	if id[1] != "" && c.Hex {
		id[2], id[1] = id[1], ""
	}
	if id[2] == "" {
		n, _ := strconv.ParseInt(id[1], 10, 64)
		id[2] = fmt.Sprintf("%016x", n)
	}
	s.leases = append(s.leases, id[2])
}

// idOf finds the ID of a lease in what is printed when it is granted.
var idOf = regexp.MustCompile(`"ID" ?: ?"?([0-9a-f]+)|lease ([0-9a-f]{16}) granted`)

// hashes finds the hash that endpoint hashkv prints.
var hashes = regexp.MustCompile(`(http://n1:2379, |"hash":|"Hash" : |http://n1:2379 \| +)[0-9]+`)

// storage is the version of the database, which a new server tells after some seconds only.
var storage = regexp.MustCompile(`\b3\.[56]\.0\b|"storageVersion":"3.[56].0",?`)

// fatal is what the logger adds to a line that ends etcdctl.
var fatal = regexp.MustCompile(`"ts":"[^"]*",|,"stacktrace":"[^"]*"`)

// alike takes out what has to differ.
func (s *side) alike(line string, p printed) printed {
	if strings.Contains(p.stderr, `{"level":"fatal"`) {
		at := strings.Index(p.stderr, `{"level":"fatal"`)
		p.stderr = p.stderr[:at] + fatal.ReplaceAllString(strings.Replace(p.stderr[at:], `{"level"`, `{"Level"`, 1), "")
	}
	if strings.Contains(line, `"e`) { // endpoint status, however it is shortened
		p.stdout = storage.ReplaceAllString(p.stdout, "")
		p.stdout = unlike.ReplaceAllString(p.stdout, "_")
		p.stdout = regexp.MustCompile(`[ -]+`).ReplaceAllString(p.stdout, " ")
	}
	for i, id := range s.leases { // as protobuf has it
		n, _ := strconv.ParseUint(id, 16, 64)
		p.stdout = strings.ReplaceAll(p.stdout, string(binary.AppendUvarint(nil, n)), "LEASE"+strconv.Itoa(i+1))
	}
	if len(s.leases) > 0 { // a lease is part of the hash
		p.stdout = hashes.ReplaceAllString(p.stdout, "$1")
	}
	p.stderr = regexp.MustCompile(`unknown unit "[a-f]+"`).ReplaceAllString(p.stderr, "unknown unit") // of a lease's ID
	// a new server does not tell its version
	p.stdout = strings.TrimSuffix(p.stdout, "Server version 3.6.0\n")
	if strings.Contains(line, `"l`) && strings.Contains(line, `"t`) {
		p.stdout = inOrder(regexp.MustCompile(`remaining\([0-9]+s\)|"(TTL|ttl)"( :|:) ?[0-9]+`).ReplaceAllString(p.stdout,
			"_"))
	}
	return s.plain(line, p)
}

// attached finds the keys of a lease, which come out of a map of Go's, in each format that shows them as text.
var attached = regexp.MustCompile(`attached keys\(\[(.*)\]\)|"keys":\[(.*)\]|((?:"Key" : .*\n)+)`)

// inOrder sorts the keys of a lease.
func inOrder(stdout string) string {
	return attached.ReplaceAllStringFunc(stdout, func(s string) string {
		words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,[]\n", r) })
		slices.Sort(words)
		return strings.Join(words, " ")
	})
}
