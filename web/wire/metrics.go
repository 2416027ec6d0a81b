package wire

// Metrics is what the members measure, over time, and what a person on call would be told.
type Metrics struct {
	Members []MemberMetrics // the selected one, or all
	Alerts  []Alert         // those whose conditions hold, the firing ones first
	Quiet   int             // alerts whose conditions do not hold
	From    int64           // the time that the charts span, µs
	To      int64
}

// MemberMetrics are the series of one member.
type MemberMetrics struct {
	Name   string
	Up     bool
	Series []Series
}

// Series is one figure over time, to be drawn as a small line. All members' series of one name have the same scale, so that they can be compared.
type Series struct {
	Name   string    // "WAL fsync p99"
	Metric string    // of etcd's, that it is made of
	Now    string    // the last value, in words: "12 ms"; "": there is none
	Max    string    // the value at the top of the line
	Points []float32 // in pairs: µs since From, divided by the span, and the value, divided by the largest of all members. Both 0 to 1
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
