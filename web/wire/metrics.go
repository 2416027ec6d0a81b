package wire

// Metrics is what a member measures, over time, what a person on call would be told, and what the clients wait for.
type Metrics struct {
	Member string // whose figures these are: the selected one, else the leader
	Charts []Chart
	Alerts []Alert // those whose conditions hold, the firing ones first
	Quiet  int     // alerts whose conditions do not hold
	From   int64   // the time that the charts span, µs
	To     int64
	Waits  []Wait // of writes and of reads, lately; none if there were none
}

// Chart is one figure over time, to be drawn as a small line in a box of 1000 by 100.
type Chart struct {
	Name   string // "WAL fsync p99"
	Metric string // of etcd's, that it is made of
	Now    string // the last value, in words: "12 ms"; "": there is none
	Max    string // the value at the top of the box
	Line   string // an SVG path
	Others string // likewise the lines of all other members, in the same scale
	Limit  int    // how far from the top the alert's threshold lies; 0: out of the box, or there is none
	Alert  string // what it alerts on, in words: "above 500 ms"; "": nothing
}

// Alert is an alert whose condition holds.
type Alert struct {
	Name     string
	Text     string // the condition, in words
	Member   string // "": it is about the cluster
	Severity string // "warning", "critical"
	Firing   bool   // else it is pending
	Since    int64
	Left     int64 // µs until it fires if nothing changes; 0: it fires
}

// Wait is how long operations took that ended lately.
type Wait struct {
	Of          string // "writes in the last 10 s"
	Facts       []Fact // "p50", "p99", how many a second, and where most of the time goes
	Stages      []Stage
	Bars        string // the histogram, as an SVG path in a box of 1000 by 100
	Least, Most string // the durations at its left and right
}

// Stage is a part of the time that an operation took. Those that took none are left out.
type Stage struct {
	Name string // "fsync"
	On   string // what it is spent on: "network", "processor", "disk", "quorum", "apply"
	Text string // "1.2 ms"
	Took int64  // µs
}
