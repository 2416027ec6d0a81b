package server

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// longest is how much of a long text is shown.
const longest = 60

// literal writes a value as Go does, without the fields that are zero.
func literal(v any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		if v.Kind() == reflect.Pointer {
			b.WriteByte('&')
		}
		write(b, v.Elem())
	case reflect.Struct:
		b.WriteString(v.Type().String())
		fields(b, v)
	case reflect.Slice:
		b.WriteString(v.Type().String() + "{")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, v.Index(i))
		}
		b.WriteByte('}')
	case reflect.String:
		if s := v.String(); len(s) > longest {
			fmt.Fprintf(b, "%q+%d bytes", s[:longest/4], len(s)-longest/4)
		} else {
			b.WriteString(strconv.Quote(s))
		}
	case reflect.Invalid:
		b.WriteString("nil")
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func fields(b *strings.Builder, v reflect.Value) {
	b.WriteByte('{')
	first := true
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(v.Type().Field(i).Name + ": ")
		write(b, f)
	}
	b.WriteByte('}')
}
