package wire

import "github.com/etcdscope/etcdscope/core/mark"

// Frame is everything that is shown at one instant, ready to be laid out. Names are "n1" for members, "c1" for clients.
// Times are µs of simulated time unless a field says otherwise. Texts are plain text, never HTML.
type Frame struct {
	Run      Run
	Playback Playback
	// one paragraph that says in words what is on the stage (for screen readers, and the page's description)
	Summary  string
	Pills    []Pill // the status line above the stage
	Members  []Member
	Clients  []Client
	Links    []Link
	Groups   [][]string // the sides of the current split; empty: none
	Messages []Message  // in flight, held, or just lost
	Loads    []Load     // steady loads that run
	Grants   []string   // ids of leases, to write keys with

	Panel   string   // the ID of the one that is shown
	Content *Content // what it shows; nil: what came before is to stay

	Events   []Event       // the newest records up to now, oldest first
	Why      *Why          // the card about what is selected; nil: nothing is
	Timeline Timeline      `msgpack:"-"` // as it is; what is sent is Changed
	Changed  TimelineDelta // of Timeline, since the frame before

	Branches []Branch // every line of history, whatever the panel; one or none: there is no choice
	Branch   int      // the one that is shown
	Verdict  Pill     // what the checks say, whatever the panel: "18 rules hold · linearizable"
}

// Content is what a panel shows, encoded: the panel alone knows its type.
type Content struct{ Data []byte }

// Run says which run this is.
type Run struct {
	Title    string
	Preset   string
	Seed     uint64
	Members  int
	Clients  int
	Modified []string // names of the rules that are switched off
	Replay   Replay   // whether the state of the link that was opened was met
}

// Catalog is what never changes.
type Catalog struct {
	Presets  []Preset // what can be chosen for a fresh run
	Switches []Rule   // the rules that a fresh run can be without
	Model    string   // "models etcd 3.6"
	Version  string   // of the simulator
}

// Preset is a choice for a fresh run.
type Preset struct{ Name, Text string }

// Playback says where in the run we are and how it goes.
type Playback struct {
	Now     int64
	End     int64  // how far this branch has been computed
	Seq     uint64 // of the newest record
	Turn    uint64 // how many events have happened
	Working string // long work that is under way: "computing 43 %", else ""
	Playing bool
	Speed   int64  // simulated µs per wall second that were asked for, FlatOut or Adaptive
	Text    string // "1/40 of real time", "real time", "60× real time"
	Behind  string // "" or "0.4× of the speed asked"
	Live    bool   // Now is the end
	Stopped string // why the run cannot go on (a broken rule), else ""
	Full    string // why no more time passes (memory is short), else ""
	Hash    string // of the state shown
	CanUndo string // the command that Undo would take back, else ""
}

// Pill is a short fact in the status line. Label is quiet, Value is strong: {"quorum", "2 of 3"}.
type Pill struct {
	Label, Value string
	Tone         Tone
}

// Member is one etcd member on the stage.
type Member struct {
	Name     string
	Role     Role
	Term     uint64
	Leader   string // whom it believes to lead, "" for nobody
	Vote     string
	Up       bool
	Paused   bool
	Standing Standing // of a machine that is down
	Believes bool     // a leader whose term is over elsewhere: it leads only in its own belief
	Note     Note
	Timer    Timer
	Votes    string // "2 of 3" while it campaigns
	Queue    int    // proposals that wait for a leader
	Disk     Disk
	Commit   uint64
	Applied  uint64
	Last     uint64
	Revision int64
	Peers    []Peer // a leader's view of the others
}

// Timer is how far a member's election timer has run; a leader's is its quorum check.
type Timer struct {
	Elapsed int64 // µs
	Timeout int64 // what Elapsed runs up to; 0: no timer runs
}

// Note is the line under a member's name.
type Note struct {
	Text  string // "leader", "follower · fsync 6ms", "steps down in 41ms"
	Brief string // the same without the role: "fsync 6ms"
	Tone  Tone
}

// Disk is a member's write-ahead log device.
type Disk struct {
	Syncing bool
	Left    int64  // µs until the running fsync is done
	Entries int    // entries that are written but not yet synced
	Text    string // "fsync 6 ms", "idle"
}

// Peer is what a leader knows of another member.
type Peer struct {
	Name          string
	State         string // "probe", "replicate", "snapshot"
	Match, Next   uint64
	Inflight      int
	Active, Pause bool
}

// Client is a client on the stage.
type Client struct {
	Name     string
	Endpoint string // the member it talks to
	Doing    string // "put /pods/pod1", or "idle"
	Note     string // "waiting 1.9 s", "acknowledged: revision 12", "in doubt: …"
	Tone     Tone
	Since    int64 // when the running operation began; -1: none runs
}

// Load is a steady load that a client makes.
type Load struct {
	Client string
	Text   string // "1000/s"
}

// Link is a direction between two machines that does not carry; all others do.
type Link struct {
	From, To string
	By       Cut
}

// Message is a message between two machines that has not arrived.
type Message struct {
	ID       uint64 // for the commands drop m17, delay m17 50ms, …
	From, To string
	Class    Class
	Label    string // short, on the glyph: "App 11–12", "✓ 11", "♥", "vote? t4", "put"
	Text     string // one sentence
	Term     uint64
	Sent     int64
	Due      int64 // when it arrives; -1: it is held or lost
	Fate     Fate
	Negative bool // a refusal
}

// Log is the log of every member, aligned by index.
type Log struct {
	First, Last uint64 // columns
	Compacted   uint64 // entries up to here are in a snapshot everywhere (0: none)
	Rows        []LogRow
	Hidden      uint64 // how many columns before First are not shown
}

// LogRow is one member's log.
type LogRow struct {
	Name   string
	Role   Role
	Stale  bool    // a leader in its own belief only
	Cells  []Cell  // one per column
	Match  []Match // on the leader's row: where each follower's log is known to agree, and what is sent next
	Commit uint64
}

// Cell is one entry of one member.
type Cell struct {
	Index uint64
	Term  uint64
	Kind  EntryKind
	Text  string // "put a", "∅", "+n3"
	State EntryState
	Title string // for a tooltip and screen readers: "index 7, term 3, put /pods/a = x: committed"
}

// Match is a follower's position on the leader's row.
type Match struct {
	Name        string
	Match, Next uint64
}

// History is what the clients did and were told.
type History struct {
	Rows          []Op
	Acknowledged  int
	Failed        int
	Indeterminate int
	Waiting       int
}

// Op is one operation of a client.
type Op struct {
	ID       uint64
	Client   string
	Endpoint string
	Text     string // "put /pods/pod1 data1"
	Call     int64
	Return   int64 // -1: not yet
	Outcome  Outcome
	Told     string    // what the client was told: "OK, revision 12", "etcdserver: request timed out"
	Select   Selection // what to select to have it explained
}

// Checks is what is known of the rules.
type Checks struct {
	Rows    []Check
	Summary string // "18 rules hold · linearizable"
	Good    bool
}

// Check is one rule that is watched.
type Check struct {
	Name, Sentence, Ref string
	State               Verdict
	Detail              string // "412 events checked", or what broke it
}

// Tape is the commands of this run and its branches.
type Tape struct {
	Rows     []TapeRow
	Branches []Branch
	Current  int
}

// TapeRow is one command.
type TapeRow struct {
	At     int64
	Text   string
	Future bool // it lies ahead of the moment shown
}

// Branch is one line of history.
type Branch struct {
	Name   string // "1", "2"
	Forked int64  // when it left its parent; -1: the first
	Parent int
	Text   string // the command that began it
	End    int64
}

// Event is a record of the journal, as a line.
type Event struct {
	Seq    uint64
	At     int64
	Where  string // "n2", "c1", "net"
	Verb   string // "committed": strong
	Text   string // the rest
	Tone   Tone
	Select Selection
}

// Why is the card that explains what is selected.
type Why struct {
	Subject Selection // what was selected
	Title   string    // "Why did n2 vote for n1?"
	Text    []string  // paragraphs
	Facts   []Fact
	Stages  []Stage // of an operation: what it waited for, in order
	Rules   []Rule
	Causes  []Event  // from the nearest cause back to the first
	Actions []Button // what can be done to it
	At      int64    // when it happened; -1: it is a state, not an event
}

// Fact is a labelled value on a card.
type Fact struct{ Label, Value string }

// Rule cites a rule.
type Rule struct{ Name, Sentence, Ref string }

// Button offers a command, shown by its text.
type Button struct{ Label, Command string }

// Timeline is the whole branch, painted.
type Timeline struct {
	End    int64
	Spans  []Span
	Marks  []Mark
	Writes []int64 // instants of writes, thinned when there are many
}

// Span is a stretch of time under one leader, or under none.
type Span struct {
	From, To int64
	Term     uint64
	Leader   string // "": nobody led
}

// Mark is an instant worth jumping to.
type Mark struct {
	At   int64
	Kind mark.Kind
	Text string
	Seq  uint64
}
