package script

import (
	"reflect"
	"testing"
)

// FuzzParse holds the property that links, lessons and the tape rest on: the canonical text of whatever a line parses
// to parses to the same value, and prints the same again.
func FuzzParse(f *testing.F) {
	for _, v := range verbs {
		for _, e := range v.Examples {
			f.Add(e)
		}
	}
	for _, seed := range []string{
		`put 'a b' "c\n\x00\u00e9" --client=c1 # why`, `put a\ b "--prefix"`, "split n1,c1|n2 ,n3| n4", "cut n1-n2",
		"mend c1>n1", "load 0/s", "get a --rev=0", "config off=a,b name='x y' e=", "run until n1.up within 1s",
		`txn if 'm("a")>"0"' 'lease("k") = "ff"' then 'put a "b c"' else 'get a b --limit 3' -w json`,
		"txn then 'del a --from-key'",
		`get "\xff" --prefix --order descend`, `watch "" --prefix`, `watch a "\x00"`, "del a b --range", "lease revoke -1",
		"run until leader == none within 2h", "def --endpoint ,", "me p 0", `lock l -- sh -c "a b"`, "put a -- -5",
		"ETCDCTL_HEX=1 etcdctl get a -wxml <<< b",
		"expect value a == \"none\" and n1.value 'b c' != none", "at 0.000001s heal",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err == nil {
			again, err := Parse(c.String())
			if err != nil || !reflect.DeepEqual(c, again) || again.String() != c.String() {
				t.Fatalf("%q is %#v, prints as %q, parses to %#v, %v", text, c, c, again, err)
			}
		}
		list, err := ParseScript(text)
		if err != nil {
			return
		}
		for _, s := range list {
			again, err := ParseScript(s.String())
			if err != nil || len(again) != 1 || again[0].String() != s.String() {
				t.Fatalf("%q in %q parses to %v, %v", s, text, again, err)
			}
		}
	})
}

// FuzzTxn holds that what etcdctl's interactive text says can be said in one line.
func FuzzTxn(f *testing.F) {
	for _, seed := range []string{"mod(\"a\") > \"0\"\n\nput a 'b c'\n\nget a --prefix=true\ndel b --prefix=yes\n\n",
		"\n\n\n", "lease(\"\\xff\") != \"-1\"\n\n\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		txn, err := ParseTxn(text)
		if err != nil || len(text) > LineBytesMax/8 {
			return // what is longer may not fit in a line
		}
		c := Call{Call: txn}
		again, err := Parse(c.String())
		if err != nil || !reflect.DeepEqual(again, Command(c)) {
			t.Fatalf("%q is %#v, prints as %q, parses to %#v, %v", text, c, c, again, err)
		}
	})
}

// FuzzComplete makes sure that no half-typed line upsets completion.
func FuzzComplete(f *testing.F) {
	for _, seed := range []string{"", "p", "put ", "split n1|", "split n1,", "get a --", "get a --client ", "cut n1 ", "'",
		"# x", "crash\tn"} {
		f.Add(seed)
	}
	names := Names{[]Name{"n1"}, []Name{"c1"}, []string{"k", "a b"}, []uint64{1}}
	f.Fuzz(func(t *testing.T, line string) {
		for _, c := range Complete(line, names) {
			if _, _, err := words(1, c); err != nil {
				t.Fatalf("%q is completed to %q: %v", line, c, err)
			}
		}
	})
}
