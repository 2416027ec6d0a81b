package sim

import (
	"errors"
	"fmt"
)

// Quantile is one point of a distribution: the share of cases, in millionths, that take no longer than At.
type Quantile struct {
	PPM int
	At  Time
}

// Quantiles is a distribution of durations, made from a few points with straight lines between them. It is kept as a
// table of equally likely durations, so that a draw is one look-up.
type Quantiles struct{ table [buckets]Time }

const buckets = 1024 // the finest share that a table can tell: about one in a thousand

// ErrQuantiles is what NewQuantiles wraps.
var ErrQuantiles = errors.New("sim: bad quantiles")

// NewQuantiles makes a table from points that grow in both coordinates, the first at 0 ppm and the last at 1,000,000.
func NewQuantiles(points ...Quantile) (*Quantiles, error) {
	if len(points) < 2 || points[0].PPM != 0 || points[len(points)-1].PPM != million || points[0].At < 0 {
		return nil, fmt.Errorf("%w: want points from 0 to %d ppm, got %v", ErrQuantiles, million, points)
	}
	for i, p := range points[1:] {
		if p.PPM <= points[i].PPM || p.At < points[i].At {
			return nil, fmt.Errorf("%w: point %v does not grow from %v", ErrQuantiles, p, points[i])
		}
	}
	var q Quantiles
	for i := range q.table {
		q.table[i] = between(points, (2*i+1)*million/(2*buckets))
	}
	return &q, nil
}

// Constant is the distribution in which everything takes the same time.
func Constant(t Time) *Quantiles {
	var q Quantiles
	for i := range q.table {
		q.table[i] = t
	}
	return &q
}

const million = 1_000_000

func between(points []Quantile, ppm int) Time {
	for i := 1; ; i++ {
		if a, b := points[i-1], points[i]; ppm <= b.PPM {
			return a.At + (b.At-a.At)*Time(ppm-a.PPM)/Time(b.PPM-a.PPM)
		}
	}
}

// Median returns the duration that half of the cases do not exceed.
func (q *Quantiles) Median() Time { return q.table[buckets/2] }
