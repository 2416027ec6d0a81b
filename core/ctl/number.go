package ctl

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Size prints a number of bytes for people, as the library humanize does: 9 B, 25 kB, 2.1 GB. Below ten of a unit there
// is one decimal.
func Size(bytes int64) string {
	units := []string{" B", " kB", " MB", " GB", " TB", " PB", " EB"}
	unit := int64(1)
	for bytes/unit >= 1000 && len(units) > 1 {
		unit *= 1000
		units = units[1:]
	}
	whole, rest := bytes/unit, bytes%unit
	tenths := whole*10 + (rest*10+unit/2)/unit
	switch {
	case bytes < 10:
		return decimal(bytes) + units[0]
	case tenths < 100:
		return decimal(tenths/10) + "." + decimal(tenths%10) + units[0]
	}
	n := tenths / 10
	if tenths%10 > 5 || (tenths%10 == 5 && n%2 == 1) { // half goes to the even number
		n++
	}
	return decimal(n) + units[0]
}

// span prints a span of time as Go's time.Duration does: 300µs, 1.5ms, 2s, 1m0.5s.
func span(t sim.Time) string {
	switch {
	case t == 0:
		return "0s"
	case t < sim.Millisecond:
		return decimal(int64(t)) + "µs"
	case t < sim.Second:
		return fraction(int64(t), int64(sim.Millisecond), 3) + "ms"
	}
	text := fraction(int64(t%sim.Minute), int64(sim.Second), 6) + "s"
	if t >= sim.Minute {
		text = decimal(int64(t%sim.Hour/sim.Minute)) + "m" + text
	}
	if t >= sim.Hour {
		text = decimal(int64(t/sim.Hour)) + "h" + text
	}
	return text
}

// fraction prints n/unit without zeros at the end; the unit has the given number of zeros.
func fraction(n, unit int64, zeros int) string {
	return strings.TrimRight(strings.TrimRight(fixed(n, unit, zeros), "0"), ".")
}

// fixed prints n/unit with as many decimals as the unit has zeros.
func fixed(n, unit int64, zeros int) string {
	rest := decimal(n % unit)
	return decimal(n/unit) + "." + strings.Repeat("0", zeros-len(rest)) + rest
}
