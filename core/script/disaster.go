package script

// Commands for losing members and bringing them back.

// ClusterState is what a process with an empty data directory takes the cluster for: etcd's --initial-cluster-state.
type ClusterState string

// The states. AsBefore leaves it to the machine: founders were told that the cluster is new, members that were added that it exists.
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

// Wipe empties a data directory of a member that is down; the one that it would be started from unless DataDir names another.
type Wipe struct {
	Member  Name
	DataDir string
}

func (Restart) command() {}
func (Wipe) command()    {}

func (c Restart) String() string {
	return "restart " + string(c.Member) + flagText("data-dir", c.DataDir) + flagText("initial-cluster-state", string(c.State)) +
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
		return Restart{r.member(), o.text("--data-dir"), ClusterState(o.text("--initial-cluster-state")), o.has("--force-new-cluster")}, true
	case "wipe":
		return Wipe{r.member(), o.text("--data-dir")}, true
	}
	return nil, false
}
