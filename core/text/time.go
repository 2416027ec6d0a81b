// Package text writes times as a person reads them: on the page, in its cards and events. Times are in µs of simulated
// time. What etcdctl prints is in core/ctl, and what the language reads back in core/sim.
package text

import "strconv"

// Units of time, µs.
const (
	millisecond = 1_000
	second      = 1_000_000
	minute      = 60 * second
)

// Clock writes an instant to the millisecond: "3.216 s", from a minute on "2:03.216".
func Clock[T ~int64](at T) string {
	t := int64(at)
	if t >= minute {
		return decimal(t/minute) + ":" + padded(t%minute/second, 2) + "." + padded(t%second/millisecond, 3)
	}
	return decimal(t/second) + "." + padded(t%second/millisecond, 3) + " s"
}

// Stamp writes an instant to the microsecond: "3.214 112".
func Stamp[T ~int64](at T) string {
	t := int64(at)
	return decimal(t/second) + "." + padded(t%second/millisecond, 3) + " " + padded(t%millisecond, 3)
}

// Span writes how long something takes, with two digits or more: "1.9 s", "41 ms", "350 µs".
func Span[T ~int64](span T) string {
	d := int64(span)
	switch {
	case d >= 10*second:
		return decimal(d/second) + " s"
	case d >= second:
		return tenths(d, second) + " s"
	case d >= 10*millisecond:
		return decimal(d/millisecond) + " ms"
	case d >= millisecond:
		return tenths(d, millisecond) + " ms"
	}
	return decimal(d) + " µs"
}

func tenths(d, unit int64) string {
	return decimal(d/unit) + "." + decimal(d%unit*10/unit)
}

func padded(n int64, width int) string {
	s := decimal(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
