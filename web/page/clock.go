package page

import "strconv"

const (
	millisecond = int64(1_000)
	second      = int64(1_000_000)
	minute      = 60 * second
)

// clock prints an instant to the millisecond: "3.216 s", from a minute on "2:03.216".
func clock(t int64) string {
	if t >= minute {
		return strconv.FormatInt(t/minute, 10) + ":" + padded(t%minute/second, 2) + "." + padded(t%second/millisecond, 3)
	}
	return strconv.FormatInt(t/second, 10) + "." + padded(t%second/millisecond, 3) + " s"
}

// stamp prints an instant to the microsecond: "3.214 112".
func stamp(t int64) string {
	return strconv.FormatInt(t/second, 10) + "." + padded(t%second/millisecond, 3) + " " + padded(t%millisecond, 3)
}

// span prints how long something takes: "1.9 s", "41 ms", "350 µs".
func span(d int64) string {
	switch {
	case d >= 10*second:
		return strconv.FormatInt(d/second, 10) + " s"
	case d >= second:
		return tenths(d, second) + " s"
	case d >= 10*millisecond:
		return strconv.FormatInt(d/millisecond, 10) + " ms"
	case d >= millisecond:
		return tenths(d, millisecond) + " ms"
	}
	return strconv.FormatInt(d, 10) + " µs"
}

func tenths(d, unit int64) string {
	s := strconv.FormatInt(d/unit, 10)
	if r := d % unit * 10 / unit; r > 0 {
		s += "." + strconv.FormatInt(r, 10)
	}
	return s
}

func padded(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
