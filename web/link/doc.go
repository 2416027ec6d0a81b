// Package link turns a run into the fragment of an address and back: what a person copies to share what they see.
//
// A short run is readable, and can be written by hand:
//
//	#v=1&m=0.1&preset=article&members=3&seed=7&a=1200000+put+/pods/pod1+data1;2000000+crash+n1&t=2500000&h=1f2e3d4c
//
// v is the version of the format, m that of the simulator that made the link. The config keys are those of a script's
// config line. a holds the tape: actions with a semicolon between, each the instant in microseconds and the canonical
// text of the command. t is the instant shown, h a short hash of the state there, s a scenario, panel and select the
// view. A space is "+"; everything in a value that could separate anything, also for the chat program that the link
// passes through, is percent-encoded.
//
// A longer run is packed, into base64url over deflate over msgpack:
//
//	#v=1&m=0.1&z=…
//
// Links come from strangers. Decode reads any text, refuses what is too large before it costs much, and names what is
// wrong and where. Encode refuses what Decode would refuse, so that no link is made that cannot be opened.
//
// Run is what a link holds, Encode and Decode are all there is to do with it. Read run.go and link.go, then readable.go
// and packed.go.
package link
