package page

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Operation is what the form for a client's operation was filled with.
type Operation struct {
	Verb, Key, Value, Client, Endpoint, Consistency string
	Lease, Revision, TTL, If, Then, Else            string
	Prefix, PrevKV                                  bool
}

// Command says an operation in the language of the console.
func (o Operation) Command() string {
	flags := script.Flags{Client: script.Name(o.Client), Endpoint: script.Name(o.Endpoint)}.String()
	option := func(name, value string) {
		if value != "" {
			flags = " --" + name + " " + script.Word(value) + flags
		}
	}
	if o.PrevKV && (o.Verb == "put" || o.Verb == "watch") {
		flags = " --prev-kv" + flags
	}
	if o.Prefix && (o.Verb == "get" || o.Verb == "del" || o.Verb == "watch") {
		flags = " --prefix" + flags
	}
	switch o.Verb {
	case "put":
		option("lease", o.Lease)
		return "put " + script.Word(o.Key) + " " + script.Word(o.Value) + flags
	case "get":
		option("consistency", o.Consistency)
		option("rev", o.Revision)
	case "watch":
		option("rev", o.Revision)
	case "compaction":
		return "compaction " + script.Word(o.Revision) + flags
	case "lease":
		return "lease grant " + script.Word(o.TTL) + flags
	case "txn":
		return "txn" + clause("if", o.If) + clause("then", o.Then) + clause("else", o.Else) + flags
	}
	return o.Verb + " " + script.Word(o.Key) + flags
}

// clause is a part of a transaction: what is between semicolons is one word each.
func clause(name, text string) string {
	s := ""
	for _, part := range strings.Split(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			s += " " + script.Word(part)
		}
	}
	if s == "" {
		return ""
	}
	return " " + name + s
}

var opTitles = map[string]string{"put": "Write a key", "get": "Read a key", "del": "Delete a key",
	"watch": "Watch keys", "compaction": "Compact history",
	"lease": "Grant a lease", "txn": "Run a transaction"}

// opSheet is the form for one operation.
func opSheet(f *wire.Frame, o Operation) []Node {
	fields := h("div", class("fields"))
	text := func(label, id, value string, parts ...any) { fields.add(h("label", label, field(id, value, parts...))) }
	short, long := class("short"), class("long")
	check := func(label, id string, on bool) {
		fields.add(h("label", class("check"),
			h("input", attr("type", "checkbox"), attr("id", id), when(on, attr("checked", ""))), label))
	}
	choose := func(label, id string, options ...Node) {
		fields.add(h("label", label, h("select", attr("id", id), options)))
	}
	switch o.Verb {
	case "compaction":
		text("Revision", "op-rev", o.Revision, short)
	case "lease":
		text("Seconds", "op-ttl", o.TTL, short)
	case "txn":
		text("If", "op-if", o.If, long)
		text("Then", "op-then", o.Then, long)
		text("Else", "op-else", o.Else, long)
	default:
		text("Key", "op-key", o.Key)
	}
	if o.Verb == "put" {
		text("Value", "op-value", o.Value)
		if len(f.Grants) > 0 || o.Lease != "" {
			choose("Lease", "op-lease", leaseOptions(f, o.Lease)...)
		}
	}
	if o.Verb == "get" || o.Verb == "watch" {
		text(map[string]string{"get": "At revision", "watch": "From revision"}[o.Verb], "op-rev", o.Revision, short)
	}
	var clients, ends []Node
	for i := range f.Clients {
		clients = append(clients, option(f.Clients[i].Name, f.Clients[i].Name, o.Client))
	}
	ends = append(ends, option("", "auto", o.Endpoint))
	for i := range f.Members {
		ends = append(ends, option(f.Members[i].Name, f.Members[i].Name, o.Endpoint))
	}
	choose("Client", "op-client", clients...)
	choose("Member", "op-endpoint", ends...)
	if o.Verb == "get" {
		choose("Consistency", "op-consistency", option("", "linearizable", o.Consistency),
			option("s", "serializable", o.Consistency))
	}
	if o.Verb == "get" || o.Verb == "del" || o.Verb == "watch" {
		check("prefix", "op-prefix", o.Prefix)
	}
	if o.Verb == "put" || o.Verb == "watch" {
		check("prev-kv", "op-prev", o.PrevKV)
	}
	title := opTitles[o.Verb]
	fields.add(h("button", attr("type", "submit"), class("primary"), strings.Fields(title)[0]))
	return []Node{h("h3", class("sr"), title),
		h("form", key(o.Verb), attr("id", "op-form"), attr("data-verb", o.Verb), attr("autocomplete", "off"), fields),
		closeButton()}
}

// leaseOptions are the leases that a key can be written with.
func leaseOptions(f *wire.Frame, chosen string) []Node {
	list := []Node{option("", "none", chosen)}
	known := chosen == ""
	for _, id := range f.Grants {
		list = append(list, option(id, id, chosen))
		known = known || id == chosen
	}
	if !known {
		list = append(list, option(chosen, chosen, chosen))
	}
	return list
}

func field(id, value string, parts ...any) Node {
	n := h("input", attr("type", "text"), attr("id", id), attr("value", value), attr("spellcheck", "false"),
		attr("autocapitalize", "off"), attr("maxlength", "200"))
	n.with(parts...)
	return n
}

func option(value, text, chosen string) Node {
	return h("option", attr("value", value), when(value == chosen, attr("selected", "")), text)
}
