package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/cobra"
)

// etcdutl reads the commands of etcdutl.
func (v *invocation) etcdutl() Command {
	client := Name(v.Text("client"))
	switch v.Name {
	case "version":
		v.refusal = &Refusal{Stdout: "etcdutl version: " + cobra.Version + "\nAPI version: " + cobra.APIVersion + "\n"}
		return nil
	case "snapshot status":
		v.count(1, "snapshot status requires exactly one argument")
		return SnapshotStatus{v.arg(0), Flags{Format: v.format(), Client: client}}
	case "hashkv":
		return FileHash{v.arg(0), v.Number("rev"), Flags{Format: v.format(), Client: client}}
	case "snapshot restore":
		return v.restore()
	case "defrag":
		return OfflineDefrag{v.Text("data-dir"), client}
	case "migrate":
		return v.migrate(client)
	}
	return v.absent()
}

// restore reads a snapshot restore.
func (v *invocation) restore() Command {
	v.count(1, "snapshot restore requires exactly one argument")
	if (v.Number("bump-revision") != 0) != v.Bool("mark-compacted") {
		v.refuse(exitBadArgs, "--mark-compacted required if --revision-bump > 0")
	}
	empty := func(name string) bool { return v.Changed(name) && v.Text(name) == "" }
	switch { // what is empty is not what is left out (v3_snapshot.go, Restore)
	case empty("initial-advertise-peer-urls"):
		v.urls("")
	case empty("name"), empty("initial-cluster"):
		v.refuse(exitError, "couldn't find local name "+strconv.Quote(v.Text("name"))+" in the initial cluster configuration")
	}
	given := func(name string) string {
		if v.Changed(name) {
			return v.Text(name)
		}
		return ""
	}
	return SnapshotRestore{
		File: v.arg(0), Name: given("name"), DataDir: v.Text("data-dir"), InitialCluster: given("initial-cluster"),
		Token:    given("initial-cluster-token"),
		PeerURLs: given("initial-advertise-peer-urls"), SkipHashCheck: v.Bool("skip-hash-check"),
		Bump:          v.Number("bump-revision"),
		MarkCompacted: v.Bool("mark-compacted"), Flags: Flags{Client: Name(v.Text("client"))},
	}
}

// The versions of a database that are known: what etcd 3.5 reads, and what 3.6 writes (storage/schema).
const (
	knownMajor = 3
	leastMinor = 5
	knownMinor = 6
)

// migrate reads a migrate (migrate_command.go, Config).
func (v *invocation) migrate(client Name) Command {
	text := v.Text("target-version")
	if strings.Count(text, ".") != 1 {
		v.refuse(exitBadArgs, `wrong target version format, expected "X.Y", got `+strconv.Quote(text))
		return nil
	}
	var parts [2]int64
	if at := strings.IndexAny(text, "+-"); at >= 0 {
		v.refuse(exitBadArgs, "failed to parse target version: "+text[:at]+" is not in dotted-tri format")
	}
	for i, part := range strings.Split(text, ".") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			v.refuse(exitBadArgs, "failed to parse target version: "+err.Error())
		}
		parts[i] = n
	}
	c := Migrate{DataDir: v.Text("data-dir"), Major: parts[0], Minor: parts[1], Client: client}
	if c.Major < knownMajor || c.Major == knownMajor && c.Minor < leastMinor {
		v.refuse(exitBadArgs, "target version "+strconv.Quote(c.target())+` not supported. Minimal "3.5"`)
	}
	if v.Bool("force") && c.Unknown() != "" {
		v.refuse(exitError, "etcdutl migrate --force to a version that this etcd does not know is not modelled here")
	}
	return c
}
