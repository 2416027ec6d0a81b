package scene

import "strings"

// SVG writes a picture as a file of its own: the same drawing as on the page, with its colours and a title.
func SVG(shapes []Shape, size Size, title string) string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ` + num(size.W) + " " + num(size.H) +
		`" width="` + num(size.W) + `" height="` + num(size.H) + "\">\n<title>" + Escape(title) + "</title>\n<style>" +
		style() + "</style>\n")
	for layer := range Layers {
		for i := range shapes {
			if shapes[i].Layer == layer {
				b.WriteString(Group(&shapes[i]) + "\n")
			}
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// Group writes one shape as a <g>.
func Group(s *Shape) string {
	return `<g class="` + Escape(s.Class) + `" data-id="` + Escape(s.ID) + `" transform="` + Escape(Transform(s)) + `">` +
		Inner(s) + "</g>"
}

// Transform is the attribute that puts a shape where it stands.
func Transform(s *Shape) string { return "translate(" + num(s.At.X) + " " + num(s.At.Y) + ")" }

// Inner writes what a shape is made of.
func Inner(s *Shape) string {
	var b strings.Builder
	for i := range s.Body {
		e := &s.Body[i]
		b.WriteString("<" + e.Tag)
		for _, a := range e.Attrs {
			b.WriteString(" " + a.Name + `="` + Escape(a.Value) + `"`)
		}
		b.WriteString(">" + Escape(e.Text) + "</" + e.Tag + ">")
	}
	if s.Title != "" {
		b.WriteString("<title>" + Escape(s.Title) + "</title>")
	}
	return b.String()
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\x00", "\uFFFD")

// Escape makes a text safe inside an element or an attribute. A zero byte, which HTML forbids and which a key may well
// have, becomes what browsers show for it.
func Escape(s string) string { return escaper.Replace(s) }
