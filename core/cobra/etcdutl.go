package cobra

// etcdutlFlags are the flags that all commands of etcdutl have (etcdutl/ctl.go).
var etcdutlFlags = [...]Flag{
	{Name: "write-out", Short: "w", Kind: String, Default: "simple",
		Usage: "set the output format (fields, json, protobuf, simple, table)"},
	{Name: "client", Kind: String, Own: true},
}

// etcdutl are its commands (etcdutl/etcdutl).
var etcdutl = [...]Command{
	{
		Use:   "completion [bash|zsh|fish|powershell]",
		Short: "Generate completion script",
		Bare:  true,
		Exact: 1,
		Only:  []string{"bash", "zsh", "fish", "powershell"},
	},
	{
		Use:   "defrag",
		Short: "Defragments the storage of the etcd",
		Flags: []Flag{
			{Name: "data-dir", Kind: String, Required: true,
				Usage: "Required. Defragments a data directory not in use by etcd."},
		},
	},
	{
		Use:   "hashkv <filename>",
		Short: "Prints the KV history hash of a given file",
		Exact: 1,
		Flags: []Flag{
			{Name: "rev", Kind: Number, Default: "0", Usage: "maximum revision to hash (default: latest revision)"},
		},
	},
	{
		Use:   "migrate",
		Short: "Migrates schema of etcd data dir files to make them compatible with different etcd version",
		Flags: []Flag{
			{Name: "data-dir", Kind: String, Required: true, Usage: "Path to the etcd data dir"},
			{Name: "force", Kind: Bool,
				Usage: "Ignore migration failure and forcefully override storage version. Not recommended."},
			{Name: "target-version", Kind: String, Required: true,
				Usage: "Target etcd version to migrate contents of data dir. Minimal value 3.5. " +
					"Format \"X.Y\" for example 3.6."},
		},
	},
	{
		Use:   "snapshot <subcommand>",
		Short: "Manages etcd node snapshots",
		Sub:   snapshotCommands,
	},
	{
		Use:   "version",
		Short: "Prints the version of etcdutl",
	},
}

// snapshotCommands are those of etcdutl snapshot.
var snapshotCommands = []Command{
	{
		Use:   "restore <filename> --data-dir {output dir} [options]",
		Short: "Restores an etcd member snapshot to an etcd directory",
		Flags: []Flag{
			{Name: "bump-revision", Kind: Unsigned, Default: "0",
				Usage: "How much to increase the latest revision after restore"},
			{Name: "data-dir", Kind: String, Usage: "Path to the output data directory"},
			{Name: "initial-advertise-peer-urls", Kind: String, Default: "http://localhost:2380",
				Usage: "List of this member's peer URLs to advertise to the rest of the cluster"},
			{Name: "initial-cluster", Kind: String, Default: "default=http://localhost:2380",
				Usage: "Initial cluster configuration for restore bootstrap"},
			{Name: "initial-cluster-token", Kind: String, Default: "etcd-cluster",
				Usage: "Initial cluster token for the etcd cluster during restore bootstrap"},
			{Name: "initial-memory-map-size", Kind: Unsigned, Default: "10737418240",
				Usage: "Initial memory map size of the database in bytes. " +
					"It uses the default value if not defined or defined to 0"},
			{Name: "mark-compacted", Kind: Bool,
				Usage: "Mark the latest revision after restore as the point of scheduled compaction " +
					"(required if --bump-revision > 0, disallowed otherwise)"},
			{Name: "name", Kind: String, Default: "default", Usage: "Human-readable name for this member"},
			{Name: "skip-hash-check", Kind: Bool,
				Usage: "Ignore snapshot integrity hash value (required if copied from data directory)"},
			{Name: "wal-dir", Kind: String, Usage: "Path to the WAL directory (use --data-dir if none given)"},
		},
	},
	{
		Use:   "status <filename>",
		Short: "Gets backend snapshot status of a given file",
		Long: "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\n" +
			"The items in the lists are hash, revision, total keys, total size.\n",
	},
}
