package script

import "strconv"

// Commands for losing members and bringing them back.

// ClusterState is what a process with an empty data directory takes the cluster for: etcd's --initial-cluster-state.
type ClusterState string

// The states. AsBefore leaves it to the machine: founders were told that the cluster is new, members that were added
// that it exists.
const (
	AsBefore ClusterState = ""
	New      ClusterState = "new"
	Existing ClusterState = "existing"
)

var clusterStates = [...]string{string(New), string(Existing)}

// Restart starts a member that is down, from its data directory or, with DataDir, from another one.
type Restart struct {
	Member  Name
	DataDir string // "": the one that it had, or a new one if that belongs to a member which was removed and replaced
	State   ClusterState
	Force   bool // --force-new-cluster
}

// Wipe empties a data directory of a member that is down; the one that it would be started from unless DataDir names
// another.
type Wipe struct {
	Member  Name
	DataDir string
}

// SnapshotRestore makes a data directory out of a file that snapshot save has written, as etcdutl does: of one member
// of a new cluster. Without Name, DataDir, InitialCluster and PeerURLs it makes those of all machines, which must be
// down.
type SnapshotRestore struct {
	File           string
	Name           string // of the member
	DataDir        string // "": Name.etcd
	InitialCluster string
	Token          string
	PeerURLs       string // --initial-advertise-peer-urls
	SkipHashCheck  bool
	Bump           int64 // --bump-revision
	MarkCompacted  bool
	Flags
}

// Whole reports whether the directories of all machines are meant.
func (c SnapshotRestore) Whole() bool {
	return c.Name == "" && c.DataDir == "" && c.InitialCluster == "" && c.PeerURLs == ""
}

// OfflineDefrag makes the database file in a data directory that no member uses as small as what it holds: etcdutl
// defrag.
type OfflineDefrag struct {
	DataDir string
	Client  Name
}

// Migrate makes the database in such a directory one that another version of etcd can read: etcdutl migrate.
type Migrate struct {
	DataDir      string
	Major, Minor int64 // --target-version
	Client       Name
}

// Unknown says why no database can be made one of that version; "" if it can.
func (c Migrate) Unknown() string {
	switch {
	case c.Major != knownMajor:
		return "changing major storage version is not supported"
	case c.Minor > knownMinor:
		return `version "3.7.0" is not supported` // the plan fails at its first step
	}
	return ""
}

func (c Migrate) target() string {
	return strconv.FormatInt(c.Major, 10) + "." + strconv.FormatInt(c.Minor, 10)
}

// Corrupt makes a member's database differ: one key has another value there. Without Member it damages a file that
// snapshot save has written.
type Corrupt struct {
	Member     Name
	Key, Value string
	File       string // Invariant: empty exactly if Member is set
}

func (Restart) command()         {}
func (Wipe) command()            {}
func (SnapshotRestore) command() {}
func (Corrupt) command()         {}
func (OfflineDefrag) command()   {}
func (Migrate) command()         {}

func (c SnapshotRestore) String() string {
	return line("snapshot restore", []string{c.File}, flagText("name", c.Name)+flagText("data-dir", c.DataDir)+
		flagText("initial-cluster", c.InitialCluster)+flagText("initial-cluster-token", c.Token)+
		flagText("initial-advertise-peer-urls", c.PeerURLs)+flagIf("skip-hash-check", c.SkipHashCheck)+
		flagNumber("bump-revision", c.Bump)+
		flagIf("mark-compacted", c.MarkCompacted)+c.Flags.String())
}

func (c OfflineDefrag) String() string {
	return "etcdutl defrag --data-dir " + quote(c.DataDir) + flagName("client", c.Client)
}

func (c Migrate) String() string {
	return "migrate --data-dir " + quote(c.DataDir) + " --target-version " + c.target() + flagName("client", c.Client)
}

func (c Corrupt) String() string {
	if c.Member == "" {
		return "corrupt " + quote(c.File)
	}
	return "corrupt " + string(c.Member) + " " + quote(c.Key) + " " + quote(c.Value)
}

func (c Restart) String() string {
	return "restart " + string(c.Member) + flagText("data-dir", c.DataDir) +
		flagText("initial-cluster-state", string(c.State)) +
		flagIf("force-new-cluster", c.Force)
}

func (c Wipe) String() string { return "wipe " + string(c.Member) + flagText("data-dir", c.DataDir) }

func flagText(name, value string) string {
	if value == "" {
		return ""
	}
	return " --" + name + " " + quote(value)
}

// disaster reads the arguments of these commands; false if the verb is none of them.
func (r *reader) disaster(verb string, o options) (Command, bool) {
	switch verb {
	case "restart":
		return Restart{r.member(), o.text("--data-dir"), ClusterState(o.text("--initial-cluster-state")),
			o.has("--force-new-cluster")}, true
	case "wipe":
		return Wipe{r.member(), o.text("--data-dir")}, true
	case "corrupt":
		return r.corrupt(), true
	}
	return nil, false
}

// corrupt reads MEMBER KEY VALUE, or the name of a file.
func (r *reader) corrupt() Corrupt {
	if len(r.words) == 1 {
		return Corrupt{File: r.text("")}
	}
	return Corrupt{Member: r.member(), Key: r.text("a key"), Value: r.text("a value")}
}
