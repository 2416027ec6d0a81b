package page

import "strings"

// Options say what of the document an instance of the page takes for itself.
type Options struct {
	Name    string // begins its ids and the names of what it remembers; "" for the only page of a document
	Session int    // its engine, of those in the worker
	Address bool   // the fragment of the document's address is its run, and it may change it
	Run     string // the link's fragment that it opens if the address names no run of its own; "": the usual first run
	Home    string // the address that links to its runs lead to
	Storage bool   // it remembers small choices in the browser's storage
	Letters bool   // single-letter keys work until a person switches them off
}

// id is an element's id in the document.
func (o *Options) id(name string) string {
	if o.Name == "" {
		return name
	}
	return o.Name + "-" + name
}

// nameOf is what id was given for an element's id; "" if the element is not this instance's.
func (o *Options) nameOf(id string) string {
	name, mine := strings.CutPrefix(id, o.id(""))
	if !mine {
		return ""
	}
	return name
}

// written is the value of an attribute as it stands in the document: ids, and what refers to them, are the instance's.
func (o *Options) written(attr, value string) string {
	switch attr {
	case "id", "for", "aria-controls", "aria-labelledby":
		return o.id(value)
	}
	return value
}

// storageKey is the name under which a choice is remembered.
func (o *Options) storageKey(name string) string {
	if o.Name == "" {
		return "etcdscope." + name
	}
	return "etcdscope." + o.Name + "." + name
}
