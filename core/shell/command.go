package shell

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// Which command is meant, whatever stands in front of it.

// kind is what stands in the place of a command.
type kind uint8

const (
	unknown  kind = iota
	tool          // etcdctl, etcdutl
	language      // a command of the language, such as crash n1, or put without etcdctl
	filtered      // grep, cut …
	builtin       // echo, export …
	texted        // sh -c TEXT
	nothing       // only what is ignored, such as sudo
)

// meant is a command without what stood in front of it.
type meant struct {
	kind  kind
	argv  []string
	env   Vars // set for it alone
	notes []string
}

// wrappers are commands that carry out the rest of the line, with their flags that take a value.
var wrappers = [...]struct{ name, values, note string }{
	{"sudo", "-u -g -h -p -U --user --group --host", "sudo was ignored: a client may do everything"},
	{"doas", "-u", "doas was ignored: a client may do everything"},
	{"env", "-u -C --unset --chdir", ""},
	{"command", "", ""},
	{"exec", "", ""},
	{"nohup", "", "nohup was ignored"},
	{"time", "", "time was ignored: the console tells how long calls took"},
	{"nice", "-n", "nice was ignored"},
	{"stdbuf", "-i -o -e", "stdbuf was ignored"},
	{"watch", "-n -d --interval", ""}, // only in front of a tool: etcdctl's own watch is another
}

// containers run a command elsewhere.
var containers = [...]struct{ names, values, note string }{
	{"docker podman nerdctl docker-compose podman-compose", "-e --env -u --user -w --workdir --env-file --detach-keys " +
		"-f --file -p --project-name",
		" exec was ignored: the client itself asks"},
	{"crictl", "", " exec was ignored: the client itself asks"},
	{"kubectl oc k3s microk8s",
		"-n --namespace -c --container --context --kubeconfig --cluster --user -s --server --pod-running-timeout",
		" exec was ignored: the client itself asks"},
}

// find returns what a line of arguments means.
func find(argv []string, piped bool) meant {
	m := meant{argv: argv}
	for range depthMost {
		if !m.unwrap() {
			break
		}
	}
	if len(m.argv) == 0 {
		m.kind = nothing
		return m
	}
	m.kind = m.which(piped)
	return m
}

// which says what kind of command it is, and gives a tool its plain name.
func (m *meant) which(piped bool) kind {
	name := base(m.argv[0])
	switch {
	case name == "etcdctl" || name == "etcdutl":
		if name != m.argv[0] {
			m.argv = append([]string{name}, m.argv[1:]...)
		}
		return tool
	case name == "sh" || name == "bash" || name == "ash" || name == "dash":
		if len(m.argv) == 3 && strings.HasPrefix(m.argv[1], "-") && strings.HasSuffix(m.argv[1], "c") {
			return texted
		}
		return unknown
	case isBuiltin(m.argv[0]):
		return builtin
	case findFilter(name) != nil &&
		(piped || !script.IsCommand(name) || (len(m.argv) > 1 && strings.HasPrefix(m.argv[1], "-"))):
		m.argv = append([]string{name}, m.argv[1:]...)
		return filtered
	}
	if name := script.ToolOf(m.argv); name != "" {
		m.argv = append([]string{name}, m.argv...)
		return tool
	}
	if script.IsCommand(m.argv[0]) {
		return language
	}
	return unknown
}

// base returns the name of a program without its path.
func base(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexAny(path, `/\`)+1:], ".exe")
}

// unwrap takes one thing off the front. It reports whether there was one.
func (m *meant) unwrap() bool {
	if len(m.argv) == 0 {
		return false
	}
	name := base(m.argv[0])
	for _, w := range wrappers {
		if w.name == name {
			return m.wrapped(w.values, w.note)
		}
	}
	if name == "timeout" && len(m.argv) > 2 && m.argv[1] != "" && strings.IndexByte("-0123456789", m.argv[1][0]) >= 0 {
		n := flagsEnd(m.argv, 1, "-s -k --signal --kill-after")
		m.addNote("timeout was ignored: etcdctl has its own, --command-timeout")
		m.argv = m.argv[min(n+1, len(m.argv)):]
		return true
	}
	for _, c := range containers {
		for word := range strings.FieldsSeq(c.names) {
			if word == name {
				return m.contained(name, c.values, c.note)
			}
		}
	}
	return false
}

func (m *meant) addNote(text string) {
	if text != "" {
		m.notes = append(m.notes, text)
	}
}

// wrapped takes off a wrapper with its flags and environment.
func (m *meant) wrapped(values, note string) bool {
	n := flagsEnd(m.argv, 1, values)
	env := m.env
	for ; n < len(m.argv); n++ {
		name, value, ok := strings.Cut(m.argv[n], "=")
		if !ok || !isName(name) {
			break
		}
		env = env.With(Var{name, value, true})
	}
	if m.argv[0] == "watch" && (n == len(m.argv) || base(m.argv[n]) != "etcdctl") {
		return false
	}
	if m.argv[0] == "watch" {
		note = "watch was ignored: the line was carried out once. The panels go on by themselves"
	}
	m.env, m.argv = env, m.argv[n:]
	m.addNote(note)
	return true
}

// contained takes off docker exec NAME, kubectl exec POD -- and the like.
func (m *meant) contained(name, values, note string) bool {
	words := m.argv
	n := flagsEnd(words, 1, values)
	if n < len(words) && words[n] == "kubectl" { // k3s kubectl
		n = flagsEnd(words, n+1, values)
	}
	if n < len(words) && words[n] == "compose" {
		n = flagsEnd(words, n+1, values)
	}
	if n >= len(words) || words[n] != "exec" {
		return false
	}
	n++
	kube := strings.HasPrefix(values, "-n")
	for k, rest := n, words; k < len(rest); k++ { // -e NAME=VALUE
		if rest[k] == "-e" || rest[k] == "--env" {
			if key, value, ok := strings.Cut(rest[min(k+1, len(rest)-1)], "="); ok && isName(key) {
				m.env = m.env.With(Var{key, value, true})
			}
		}
		if base(rest[k]) == "etcdctl" {
			break
		}
	}
	if n = flagsEnd(words, n, values); n < len(words) {
		n++ // the container, or the pod
	}
	if kube {
		n = flagsEnd(words, n, values)
	}
	if n < len(words) && words[n] == "--" {
		n++
	}
	m.argv = words[min(n, len(words)):]
	m.addNote(name + note)
	return true
}

// flagsEnd returns where the flags end that begin at a position. values are those that take the next word, too.
func flagsEnd(argv []string, n int, values string) int {
	for ; n < len(argv) && len(argv[n]) > 1 && argv[n][0] == '-' && argv[n] != "--"; n++ {
		for v := range strings.FieldsSeq(values) {
			if v == argv[n] {
				n++
				break
			}
		}
	}
	return min(n, len(argv))
}

// Environment returns what a command sees of the variables: those that are exported, as NAME=VALUE.
func (vs Vars) Environment() (env []string) {
	for _, v := range vs {
		if v.Exported {
			env = append(env, v.Name+"="+v.Value)
		}
	}
	return env
}
