package shell

import "strings"

// What of a shell is not carried out, each with what to do instead.

// reserved are the words that begin what is more than a command.
var reserved = [...]struct{ word, what, instead string }{
	{"if", "if … fi is not carried out here", "want COMMAND && COMMAND"},
	{"then", "then without an if", "want COMMAND && COMMAND"},
	{"else", "else without an if", "want COMMAND || COMMAND"},
	{"elif", "elif without an if", "want COMMAND || COMMAND"},
	{"fi", "fi without an if", "want COMMAND && COMMAND"},
	{"for", "for … done is not carried out here", "want the lines themselves, once for each value; load writes many keys"},
	{"while", "while … done is not carried out here",
		"want the lines themselves as often as it takes; load 100/s writes on and on, load --val-size 1048576 large values"},
	{"until", "until … done is not carried out here", "want run until … in a script; in the console, look and repeat"},
	{"select", "select is not carried out here", "want the choice itself"},
	{"do", "do without a loop", "want the lines themselves"},
	{"done", "done without a loop", "want the lines themselves"},
	{"case", "case … esac is not carried out here", "want the lines of the case that holds"},
	{"esac", "esac without a case", "want the lines of the case that holds"},
	{"function", "functions are not carried out here", "want the lines of the function themselves"},
	{"[[", "[[ … ]] is not carried out here", "want [ … ], or COMMAND && COMMAND"},
	{"coproc", "coproc is not carried out here", "want COMMAND &"},
}

// programs are those that stand in scripts about etcd and that there are none of here.
var programs = [...]struct{ names, instead string }{
	{"date", "want the text itself; the run's own time is shown beside it"},
	{"sed less more uniq column", "want grep, cut, tr or jq"},
	{"perl python python3 ruby node", "want grep, cut, tr, awk '{print $N}' or jq"},
	{"xargs parallel", "want one line for each key; etcdctl del --prefix deletes many"},
	{"tee", "want the command alone: its output is shown, and kept in a variable with x=$(…)"},
	{"dd fallocate", "want load --val-size 1048576, which writes large values"},
	{"curl wget", "want etcdctl: members answer calls here, no HTTP; metrics shows their metrics"},
	{"ssh scp rsync", "want --client c2 or --endpoint n2: a client's commands run where it is"},
	{"systemctl service kill killall pkill", "want crash n1, restart n1, pause n1 or resume n1"},
	{"etcd", "want restart n1: members run already; a fresh cluster is begun with New run"},
	{"etcdkeeper etcd-dump-db etcd-dump-logs benchmark", "want the panels, or load and check perf"},
	{"kubectl", "want kubectl exec … -- etcdctl …, of which etcdctl is carried out"},
	{"docker podman nerdctl crictl", "want docker exec … etcdctl …, of which etcdctl is carried out"},
	{"ls find stat du df mkdir rm mv cp chmod chown ln touch",
		"want nothing in its place: there are no files but what snapshot save makes"},
	{"cd pwd pushd popd source . eval trap read local declare shift return exec ulimit alias type which hash tput " +
		"clear history man", "want a line without it"},
	{"iptables tc", "want cut n1 > n2, split or delay"},
	{"openssl base64 gzip tar md5sum sha256sum xxd hexdump od", "want etcdctl … -w json and jq, with @base64d for values"},
	{"uuidgen hostname whoami id uname nproc seq yes openssl", "want the text itself"},
	{"vi vim nano emacs", "want the text itself in quotes"},
	{"apt yum brew helm terraform ansible", "want nothing in its place: nothing has to be installed"},
	{"strace tcpdump top htop iostat fio", "want the panels: they show disks, links and latencies"},
}

// absent says what to do instead of a program that there is none of; "" if it is not known.
func absent(name string) string {
	for _, p := range programs {
		for word := range strings.FieldsSeq(p.names) {
			if word == name {
				return p.instead
			}
		}
	}
	return ""
}

// reserved reads what begins with a word of the grammar itself. It reports whether there was one.
func (r *reader) reserved(c *command) bool {
	if r.at("(") {
		if strings.HasPrefix(r.text[r.pos:], "((") {
			r.fail(r.pos, "(( … )) is not carried out here", "want x=$((…))")
			return true
		}
		r.group(c, "(", ")")
		return true
	}
	rest := r.rest()
	n := strings.IndexAny(rest, ends)
	if n < 0 {
		n = len(rest)
	}
	if rest[:n] == "{" {
		r.group(c, "{", "}")
		return true
	}
	if rest[:n] == "}" {
		r.fail(r.pos, "} without a {", "want it in quotes if it is text")
	}
	for _, w := range reserved {
		if w.word == rest[:n] {
			r.fail(r.pos, w.what, w.instead)
		}
	}
	return r.err != nil
}

// group reads ( … ) or { …; } with its redirections.
func (r *reader) group(c *command, open, closing string) {
	start := r.pos
	r.pos += len(open)
	c.group, c.subshell = r.list(closing), open == "("
	switch {
	case r.err != nil:
	case r.pos == len(r.text):
		r.unfinished(start, "the "+open+" that opens here is not closed", "want a closing "+closing)
	case len(c.group) == 0:
		r.fail(start, "nothing stands between "+open+" and "+closing, "want a command")
	default:
		r.pos++
		for r.blanks(); r.redirect(c); r.blanks() {
		}
		if r.pos < len(r.text) && strings.IndexByte("\n;&|)", r.text[r.pos]) < 0 {
			r.fail(r.pos, "unexpected "+r.text[r.pos:r.pos+1]+" behind "+closing, "want ; or a new line between them")
		}
	}
}
