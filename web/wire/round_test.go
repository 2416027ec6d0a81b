package wire

import (
	"reflect"
	"testing"
)

// TestRoundTrip fills every field of what page and engine say to each other with a value of its own: all of them
// arrive, but for those that are not sent.
func TestRoundTrip(t *testing.T) {
	n := 0
	for _, m := range []any{&Tick{}, &Reply{}, &Log{}, &Keys{}, &Watches{}, &Leases{}, &Databases{}, &History{}, &Checks{},
		&Tape{}, &Metrics{}} {
		v := reflect.ValueOf(m).Elem()
		fill(v, &n)
		data, err := Encode(m)
		if err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		got := reflect.New(v.Type())
		if err := Decode(data, got.Interface()); err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		if !reflect.DeepEqual(got.Interface(), m) {
			t.Errorf("%T arrives as\n%+v, not\n%+v", m, got.Elem(), v)
		}
		if _, err := Encode(got.Interface()); err != nil {
			t.Error(err)
		}
		for _, cut := range []int{1, len(data) / 2, len(data) - 1} {
			if Decode(data[:cut], reflect.New(v.Type()).Interface()) == nil {
				t.Errorf("%T: %d of its %d bytes are taken for the whole", m, cut, len(data))
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d values were sent", n)
	}
}

// fill gives each value within v another number; lists get two items.
func fill(v reflect.Value, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[Selection]() {
		v.Set(reflect.ValueOf(Selection{Of: SelectRecord, Number: int64(*n)}))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(-int64(*n % 100))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 200))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(*n) / 8)
	case reflect.String:
		v.SetString(string(rune('a'+*n%26)) + "ü")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("msgpack") != "-" {
				fill(v.Field(i), n)
			}
		}
	default:
		panic("a " + v.Kind().String() + " is not sent")
	}
}
