package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Load makes a client ask without end: PerSecond times a second, whether or not it gets answers (open loop), or as
// often as it gets them, with Clients requests under way (closed loop), or both: at that rate, with at most so many
// under way. Without either it ends. The words are those of etcd's tools/benchmark.
type Load struct {
	PerSecond int
	Clients   int
	KeySize   int      // bytes of a key; 0: as many as it takes
	ValSize   int      // likewise
	KeySpace  int      // different keys; 0: LoadKeySpace
	Hot       int      // percent of the keys that get nine of ten requests; 0: all alike
	Reads     int      // percent of the requests
	Serial    bool     // the reads are serializable
	AutoSync  sim.Time // how often it asks for the list of members and goes on with those; 0: never
	Client    Name     // empty: the world chooses
	Endpoint  Name     // empty: the client's own
}

// LoadKeySpace is how many keys a load has that does not say.
const LoadKeySpace = 1000

func (Load) command() {}

// Off reports whether the command ends a load.
func (c Load) Off() bool { return c.PerSecond == 0 && c.Clients == 0 }

func (c Load) String() string {
	s := "load"
	if c.Off() {
		s += " off"
	}
	if c.PerSecond != 0 {
		s += " " + strconv.Itoa(c.PerSecond) + "/s"
	}
	s += loadFlag("clients", c.Clients, "") + loadFlag("key-size", c.KeySize, "") + loadFlag("val-size", c.ValSize, "") +
		loadFlag("key-space-size", c.KeySpace, "") + loadFlag("hot", c.Hot, "%") + loadFlag("reads", c.Reads, "%")
	if c.Serial {
		s += " --consistency s"
	}
	if c.AutoSync != 0 {
		s += " --auto-sync " + c.AutoSync.String()
	}
	return s + flagName("client", c.Client) + flagName("endpoint", c.Endpoint)
}

func loadFlag(flag string, n int, unit string) string {
	if n == 0 {
		return ""
	}
	return " --" + flag + " " + strconv.Itoa(n) + unit
}

// load reads N/s or off, and what the requests are like.
func (r *reader) load(o options) Load {
	c := Load{
		Clients: r.atMost(o, "--clients", LoadClientsMax), KeySize: r.atMost(o, "--key-size", LoadKeySizeMax),
		ValSize: r.atMost(o, "--val-size", LoadValSizeMax), KeySpace: r.atMost(o, "--key-space-size", LoadKeySpaceMax),
		Hot: int(o.number("--hot")), Reads: int(o.number("--reads")),
		Serial: o.text("--consistency") == "s", AutoSync: sim.Time(o.number("--auto-sync")), Client: Name(o.text("--client")),
		Endpoint: Name(o.text("--endpoint")),
	}
	col := r.column()
	if !o.has("--clients") || len(r.words) > 0 {
		c.PerSecond = r.rate()
	}
	bytes := max(c.PerSecond, c.Clients) * (c.KeySize + c.ValSize)
	switch {
	case c.Off() && len(o) > 0 && (len(o) > 1 || !o.has("--client")):
		r.fail(o.col(), "these flags are for a load, and this ends one", "want load off, with --client at the most")
	case c.Serial && c.Reads == 0:
		r.fail(o.find("--consistency").col, "there are no reads that could be serializable",
			"want --reads and a percentage too")
	case bytes > LoadBytesMax:
		r.fail(col, "the load writes "+strconv.Itoa(bytes)+" bytes a second or at a time", "want at most "+
			strconv.Itoa(LoadBytesMax))
	}
	return c
}

// atMost returns the number of a flag, which stands between 1 and most.
func (r *reader) atMost(o options, name string, most int) int {
	f := o.find(name)
	if f.name != "" && (f.number < 1 || f.number > int64(most)) {
		r.fail(f.col, name+" cannot be "+strconv.FormatInt(f.number, 10), "want a number from 1 to "+strconv.Itoa(most))
	}
	return int(f.number)
}

// share reads a percentage from 1% to 100%.
func (r *reader) share(f *flag) int64 {
	w, ok := r.next(f.want)
	digits, is := strings.CutSuffix(w.text, "%")
	n, err := strconv.ParseUint(digits, 10, 31)
	if ok && (!is || err != nil || n < 1 || n > 100) {
		r.fail(w.col, f.name+" cannot be "+strconv.Quote(w.text), "want a percentage from 1% to 100%")
	}
	return int64(n)
}
