package ctl

import (
	"regexp"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
)

// logLines are what etcdutl logs: an instant in front, and after an error where the program was.
var logLines = regexp.MustCompile(`(?m)^(\d{4}-\d\d-\d\dT.*|[a-z.]+/\S+|main\.\S+|runtime\.\S+|\t/.*)\n`)

// TestOffline gives etcdutl lines about the directory of a server that has ended, and compares what they print, but for
// the log.
func TestOffline(t *testing.T) {
	t.Parallel()
	tool := build(t, "etcdutl")
	e, o := real(t, &recorder{}), newOurs(t)
	dir := e.Config().Dir
	e.Server.Stop()
	o.read(t, o.begin(t, "put a 1"), 0)
	c, err := script.Parse("crash n1")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.w.Do(c); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"defrag", "defrag --help", "defrag --data-dir DIR", "defrag --data-dir=DIR/ x -w json", "defrag --data-dir nosuch",
		"defrag --data-dir DIR/member",
		"defrag --data-dir=", "defrag --data-dir DIR --force", "migrate", "migrate --data-dir DIR", "migrate -h",
		"migrate --data-dir DIR --target-version 3",
		"migrate --data-dir DIR --target-version 3.5.1", "migrate --data-dir DIR --target-version 3.x",
		"migrate --data-dir DIR --target-version .",
		"migrate --data-dir DIR --target-version -3.5", "migrate --data-dir DIR --target-version 3.5+a",
		"migrate --data-dir DIR --target-version 3.4",
		"migrate --data-dir DIR --target-version 2.9", "migrate --data-dir DIR --target-version 3.6",
		"migrate --data-dir DIR --target-version 3.5",
		"migrate --data-dir DIR --target-version 3.05", "migrate --data-dir DIR --target-version 3.7",
		"migrate --data-dir DIR --target-version 3.6 --force",
		"migrate --data-dir DIR --target-version 3.9", "migrate --data-dir DIR --target-version 4.0",
		"migrate --data-dir nosuch --target-version 3.5",
		"migrate --data-dir nosuch --target-version 9.9",
	} {
		args := strings.Fields("etcdutl " + line)
		with := func(name string) script.Line {
			l := script.Line{Piped: true}
			for _, a := range args {
				l.Argv = append(l.Argv, strings.ReplaceAll(a, "DIR", name))
			}
			return l
		}
		got := carry(t, tool, with(dir))
		got.stderr = strings.ReplaceAll(logLines.ReplaceAllString(got.stderr, ""), dir, "n1.etcd")
		before := o.w.Commands()
		if err := o.w.Do(with("n1.etcd").Read().Command); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		compareSides(t, line, got, o.outcome(before+1))
	}
}
