package sim

import (
	"errors"
	"strconv"
	"strings"
)

// Time is an instant or a span of the simulated world, in microseconds. A run starts at 0.
type Time int64

// Units of Time.
const (
	Microsecond Time = 1
	Millisecond Time = 1000
	Second      Time = 1000 * Millisecond
	Minute      Time = 60 * Second
	Hour        Time = 60 * Minute
)

// timeMost is the longest span that is read: two of them can be added.
const timeMost Time = 1<<62 - 1

// ErrTime is what ParseTime wraps.
var ErrTime = errors.New("sim: not a time")

// units from large to small, as String tries them.
var units = []struct {
	name string
	size Time
}{{"h", Hour}, {"m", Minute}, {"s", Second}, {"ms", Millisecond}, {"us", Microsecond}}

// String prints the time with the largest unit that needs at most three decimals: "1.5s", "250ms", "90s", "17us".
// ParseTime reads it back.
func (t Time) String() string {
	if t == 0 {
		return "0s"
	}
	if t < 0 {
		return "-" + (-t).String()
	}
	for _, u := range units[2:] {
		if t >= u.size && t%(u.size/min(u.size, 1000)) == 0 {
			return decimal(t, u.size) + u.name
		}
	}
	return strconv.FormatInt(int64(t), 10) + "us"
}

func decimal(t, unit Time) string {
	whole := strconv.FormatInt(int64(t/unit), 10)
	rest := t % unit
	if rest == 0 {
		return whole
	}
	digits := strconv.FormatInt(int64(rest+unit), 10)[1:]
	return whole + "." + strings.TrimRight(digits, "0")
}

// ParseTime reads a time such as "300ms", "1.5s", "17us", "2m" or "6h". A unit is required, a sign is not allowed.
func ParseTime(s string) (Time, error) {
	number := strings.TrimRight(s, "hmsu")
	unit := s[len(number):]
	for _, u := range units {
		if u.name == unit {
			return scale(s, number, u.size)
		}
	}
	return 0, errors.Join(ErrTime, errors.New("want a number and a unit (us, ms, s, m, h), got "+strconv.Quote(s)))
}

func scale(s, number string, unit Time) (Time, error) {
	whole, frac, dotted := strings.Cut(number, ".")
	w, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || w > uint64(timeMost/unit) || (dotted && (frac == "" || len(frac) > 9)) {
		return 0, errors.Join(ErrTime, errors.New("not a number, or too large: "+strconv.Quote(s)))
	}
	t, part := Time(w)*unit, unit
	for _, c := range frac {
		if c < '0' || c > '9' {
			return 0, errors.Join(ErrTime, errors.New("not a number: "+strconv.Quote(s)))
		}
		if part%10 != 0 && c != '0' {
			return 0, errors.Join(ErrTime, errors.New("finer than a microsecond: "+strconv.Quote(s)))
		}
		part /= 10
		t += Time(c-'0') * part
	}
	if t > timeMost {
		return 0, errors.Join(ErrTime, errors.New("too large: "+strconv.Quote(s)))
	}
	return t, nil
}
