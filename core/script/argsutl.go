package script

import "github.com/etcdscope/etcdscope/core/cobra"

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
	}
	return v.absent()
}

// restore reads a snapshot restore.
func (v *invocation) restore() Command {
	v.count(1, "snapshot restore requires exactly one argument")
	if (v.Number("bump-revision") != 0) != v.Bool("mark-compacted") {
		v.refuse(exitBadArgs, "--mark-compacted required if --revision-bump > 0")
	}
	given := func(name string) string {
		if v.Changed(name) {
			return v.Text(name)
		}
		return ""
	}
	return SnapshotRestore{
		File: v.arg(0), Name: given("name"), DataDir: v.Text("data-dir"), InitialCluster: given("initial-cluster"), Token: given("initial-cluster-token"),
		PeerURLs: given("initial-advertise-peer-urls"), SkipHashCheck: v.Bool("skip-hash-check"), Bump: v.Number("bump-revision"),
		MarkCompacted: v.Bool("mark-compacted"), Flags: Flags{Client: Name(v.Text("client"))},
	}
}
