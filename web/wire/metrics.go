package wire

// Metrics is what a member measures, over time, what a person on call would be told, and what the clients wait for.
type Metrics struct {
	Member string // whose figures these are: the selected one, else the leader
	Charts []Chart
	Alerts []Alert // those whose conditions hold, the firing ones first
	Note   string  // how many alerts there are beside, and the time that the charts span
	Waits  []Wait  // of writes and of reads, lately; none if there were none
}

// Chart is one figure over time, to be drawn as a small line in a box of 1000 by 100.
type Chart struct {
	Name   string // "WAL fsync p99"
	Metric string // of etcd's, that it is made of
	Now    string // the last value: "12 ms"; "–": there is none
	Note   string // "top 20 ms, alert above 500 ms"
	Line   string // an SVG path
	Others string // likewise the lines of all other members, in the same scale
	Limit  string // likewise the alert's threshold; "": out of the box, or there is none
}

// Alert is an alert whose condition holds.
type Alert struct {
	Name   string // "etcdNoLeader n1"
	Text   string // its severity, the condition, since when it holds and when it fires if nothing changes
	Firing bool   // else it is pending
}

// Wait is how long operations took that ended lately.
type Wait struct {
	Of     string // "writes in the last 10 s"
	Facts  []Fact // "p50", "p99", how many a second, and where most of the time goes
	Stages []Stage
	Bars   string // the histogram, as an SVG path in a box of 1000 by 100
	Scale  string // "from 640 µs to 262 ms; …"
}

// Stage is a part of the time that an operation took. Those that took none are left out.
type Stage struct {
	Name string // "fsync"
	On   string // what it is spent on: "network", "processor", "disk", "quorum", "apply"
	Text string // "1.2 ms"
	Took int64  // µs
}
