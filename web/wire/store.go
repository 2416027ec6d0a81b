package wire

// Keys is the store of one member, keys by revisions: a window of its keys and a window of its revisions.
type Keys struct {
	Member      string
	Revision    int64  // the newest that it has applied
	Compacted   int64  // reads below are refused; 0: none are
	Compaction  string // how far the one under way is: "3000 of 8000 rows seen"; "": none is
	Read        int64  // what the rows show: Revision, unless an earlier one was asked for
	Error       string // what a read at Read is answered instead
	First, Last int64  // columns
	From        string // the first key of the window; "": the very first
	Next        string // the first key of the next window; "": there is none
	Recent      bool   // the window has the keys that changed within the columns: of so many keys the first say little
	Count       int    // keys that exist now, shown or not
	Heads       []Head
	Rows        []KeyRow
}

// Head is how far a member is; Revision 0: it is down.
type Head struct {
	Name     string
	Revision int64
}

// KeyRow is one key.
type KeyRow struct {
	Key, Value string // Value: at Read
	Found      bool   // it exists at Read
	Pending    string // "put … not yet applied", else ""
	Since      int64  // it existed from here up to its first version in the window, or to the end; 0: it did not
	Versions   []KeyVersion
}

// KeyVersion is a change of a key within the columns.
type KeyVersion struct {
	Revision int64
	Number   int64 // 0: a tombstone
	Fate     VersionFate
	Title    string
}

// Watches is what the clients watch.
type Watches struct {
	Rows []Watch
	Told []Told // what they were told last, newest first
	More int    // watches that are not shown
}

// Watch is one watch of a client, and its watcher at the member.
type Watch struct {
	Name, Member string // "c1 watch 2"
	Range        string // "/pods/ --prefix"
	State        WatchState
	Tone         Tone
	Next         int64 // the revision that it waits for
	Behind       int64 // revisions that it has not been told of
	Queued       int   // responses that wait in its stream
	Events       int   // that it was told of
	Resumes      int
	Err          string // why it ended
	Select       Selection
}

// Told is what a watch was told at once, as etcdctl prints it.
type Told struct {
	At     int64
	Watch  string // "c1 watch 2"
	Text   string
	Select Selection
}

// Leases is the leases as one member sees them.
type Leases struct {
	Member string
	Counts bool // their time runs there: it leads, or believes that it does
	Rows   []Lease
	More   int
}

// Lease is one lease.
type Lease struct {
	ID     string // hexadecimal, as etcdctl prints it
	TTL    int64  // seconds, as granted
	Left   int64  // µs; negative: it has expired and is being revoked. 0 where its time does not run
	Keys   []string
	Select Selection
}

// Databases is the members' database files.
type Databases struct {
	Rows   []Database
	Alarms []string
}

// Database is one member's file.
type Database struct {
	Name             string
	Up               bool
	Size, InUse, Max int64 // bytes; Max: the quota, 0: none
	Free             int   // pages
	Rows             int   // versions of keys
	Compacted        int64
	Note             string // "compaction: 1000 of 3000 rows seen"
}
