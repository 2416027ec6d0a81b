package page

// The sentences that the page says by itself. All others come with the Frame.
const (
	emptyFlight  = "Nothing is on its way. Press play, or step with the . key, and messages will be listed here."
	emptyWhy     = "Select a member, a message, an entry of the log or an event, and this card says why it is as it is."
	emptyEvents  = "Nothing has happened yet. Press play, or step with the . key."
	emptyLog     = "No entry yet: the first leader writes one when its term begins."
	emptyKeys    = "The store is empty. Write a key: ✎ Write, or type put /pods/a hello."
	emptyWatches = "Nobody watches. ◉ Watch, or type watch /pods/ --prefix."
	emptyLeases  = "There is no lease. Grant one, or type lease grant 30."
	emptyHistory = "No client has asked for anything yet. ✎ Write, or switch a steady load on."
	emptyMetrics = "Nothing has been measured yet: the members are looked at four times a second of simulated time."
	emptyChecks  = "Nothing has been checked yet: the rules are watched from the first event on."
	emptyTape    = "Nothing was done to this run yet. Whatever you do is written here and travels in the link."

	labelMore = "Disk, clock, membership …"
	noteAdd   = "A learner receives the log but has no vote; its menu promotes it."

	labelSwitches = "Modified Raft: switch rules off …"
	noteSwitches  = "A run without one of these is modified Raft: it shows what the rule is for. The checks say what " +
		"breaks."

	hintFirst  = "Click a member: see why, crash it, cut it off."
	hintCrash  = "Click the member to crash or restart. Esc: leave it."
	hintPause  = "Click the member to pause or resume. Esc: leave it."
	hintStroke = "Draw a line across the picture, or check who is on the other side."

	replayExact   = "this link replays exactly"
	replayDiffers = "the simulator has changed since: this run differs"

	linkHolds = "The link holds the whole run: its seed, its settings and everything that was done to it, up to this " +
		"moment. Whoever opens it sees the same run, event for event. Nothing is stored on a server."
	lettersOn = "Single-letter keys"
)
