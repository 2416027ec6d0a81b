package server

import (
	"reflect"
	"time"
)

// shrinkTime bounds the work of shrink.
const shrinkTime = 60 * time.Second

// again carries ops out from the beginning. It returns how many it took to the first difference, and the difference.
type again func([]any) (int, error)

// shrink makes a list of ops shorter as long as the two sides still differ: it takes ops out, many at a time and then
// one by one, and then parts of ops. It returns no error if there is no difference.
func shrink(ops []any, a again, end time.Time) ([]any, error) {
	n, err := a(ops)
	if err == nil {
		return nil, nil
	}
	s := shrinking{ops[:n], err, a, end}
	for before := 0; before != len(literal(s.best)); {
		before = len(literal(s.best))
		s.fewer()
		s.simpler()
	}
	return s.best, s.err
}

// shrinking is the shortest list so far.
type shrinking struct {
	best  []any
	err   error
	again again
	end   time.Time
}

// try keeps a list if the two still differ in the same way.
func (s *shrinking) try(ops []any) bool {
	if time.Now().After(s.end) {
		return false
	}
	n, err := s.again(ops)
	if err == nil || class(err) != class(s.err) {
		return false
	}
	s.best, s.err = ops[:n], err
	return true
}

func (s *shrinking) fewer() {
	for size := max(1, len(s.best)/2); size >= 1; size /= 2 {
		for shrunk := true; shrunk; {
			shrunk = false
			for at := 0; at+size <= len(s.best); {
				if s.try(append(append([]any(nil), s.best[:at]...), s.best[at+size:]...)) {
					shrunk = true
				} else {
					at += size
				}
			}
		}
	}
}

func (s *shrinking) simpler() {
	for i := 0; i < len(s.best); i++ {
		for found := true; found && i < len(s.best); {
			found = false
			for _, v := range variants(reflect.ValueOf(s.best[i])) {
				ops := append([]any(nil), s.best...)
				ops[i] = v.Interface()
				if found = s.try(ops); found {
					break
				}
			}
		}
	}
}

// meant are fields that are left as they are: without them, a call is about something else, or a group of one loses its
// quorum.
var meant = map[string]bool{"Key": true, "Member": true, "Learner": true}

// variants returns values that are simpler by one thing: a field that is zero, a list without one of its elements.
func variants(v reflect.Value) (out []reflect.Value) {
	with := func(part func(reflect.Value) reflect.Value, values []reflect.Value) {
		for _, x := range values {
			c := reflect.New(v.Type()).Elem()
			c.Set(v)
			if v.Kind() == reflect.Slice {
				c.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
			}
			part(c).Set(x)
			out = append(out, c)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() && !meant[v.Type().Field(i).Name] {
				with(func(c reflect.Value) reflect.Value { return c.Field(i) }, variants(v.Field(i)))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			shorter := reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v.Slice(0, i))
			out = append(out, reflect.AppendSlice(shorter, v.Slice(i+1, v.Len())))
		}
		for i := range v.Len() {
			with(func(c reflect.Value) reflect.Value { return c.Index(i) }, variants(v.Index(i)))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out = variants(v.Elem())
		}
	case reflect.Int64:
		for _, n := range [...]int64{0, v.Int() / 2, v.Int() - 1} {
			if n >= 0 && n < v.Int() {
				out = append(out, reflect.ValueOf(n))
			}
		}
		if v.Int() < 0 {
			out = append(out, reflect.ValueOf(int64(0)))
		}
	default:
		out = []reflect.Value{reflect.Zero(v.Type())}
	}
	return out
}
