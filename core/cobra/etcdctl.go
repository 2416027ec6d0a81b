package cobra

// etcdctlFlags are the flags that all commands of etcdctl have (etcdctl/ctlv3/ctl.go).
var etcdctlFlags = [...]Flag{
	{Name: "cacert", Kind: String, Usage: "verify certificates of TLS-enabled secure servers using this CA bundle"},
	{Name: "cert", Kind: String, Usage: "identify secure client using this TLS certificate file"},
	{Name: "command-timeout", Kind: Span, Default: "5s",
		Usage: "timeout for short running command (excluding dial timeout)"},
	{Name: "debug", Kind: Bool, Usage: "enable client-side debug logging"},
	{Name: "dial-timeout", Kind: Span, Default: "2s", Usage: "dial timeout for client connections"},
	{Name: "discovery-srv", Short: "d", Kind: String,
		Usage: "domain name to query for SRV records describing cluster endpoints"},
	{Name: "discovery-srv-name", Kind: String, Usage: "service name to query when using DNS discovery"},
	{Name: "endpoints", Kind: List, Default: "[127.0.0.1:2379]", Usage: "gRPC endpoints"},
	{Name: "hex", Kind: Bool, Usage: "print byte strings as hex encoded strings"},
	{Name: "insecure-discovery", Kind: Bool, Default: "true",
		Usage: "accept insecure SRV records describing cluster endpoints"},
	{Name: "insecure-skip-tls-verify", Kind: Bool,
		Usage: "skip server certificate verification " +
			"(CAUTION: this option should be enabled only for testing purposes)"},
	{Name: "insecure-transport", Kind: Bool, Default: "true", Usage: "disable transport security for client connections"},
	{Name: "keepalive-time", Kind: Span, Default: "2s", Usage: "keepalive time for client connections"},
	{Name: "keepalive-timeout", Kind: Span, Default: "6s", Usage: "keepalive timeout for client connections"},
	{Name: "key", Kind: String, Usage: "identify secure client using this TLS key file"},
	{Name: "max-recv-bytes", Kind: Number, Default: "0",
		Usage: "client-side response receive limit in bytes (if 0, it defaults to \"math.MaxInt32\")"},
	{Name: "max-request-bytes", Kind: Number, Default: "0",
		Usage: "client-side request send limit in bytes (if 0, it defaults to 2.0 MiB (2 * 1024 * 1024).)"},
	{Name: "password", Kind: String,
		Usage: "password for authentication (if this option is used, --user option shouldn't include password)"},
	{Name: "user", Kind: String,
		Usage: "username[:password] for authentication (prompt if password is not supplied)"},
	{Name: "write-out", Short: "w", Kind: String, Default: "simple",
		Usage: "set the output format (fields, json, protobuf, simple, table)"},
	{Name: "client", Kind: String, Own: true},
	{Name: "endpoint", Kind: String, Own: true},
}

// etcdctlFirst are the commands of etcdctl up to endpoint, in alphabetical order (etcdctl/ctlv3/command).
var etcdctlFirst = [...]Command{
	{
		Use:   "alarm <subcommand>",
		Short: "Alarm related commands",
		Sub: []Command{
			{
				Use:   "disarm",
				Short: "Disarms all alarms",
			},
			{
				Use:   "list",
				Short: "Lists all alarms",
			},
		},
	},
	{
		Use:   "auth <enable or disable>",
		Short: "Enable or disable authentication",
		Sub: []Command{
			{
				Use:   "disable",
				Short: "Disables authentication",
			},
			{
				Use:   "enable",
				Short: "Enables authentication",
			},
			{
				Use:   "status",
				Short: "Returns authentication status",
			},
		},
	},
	{
		Use:   "check <subcommand>",
		Short: "commands for checking properties of the etcd cluster",
		Sub: []Command{
			{
				Use:   "datascale [options]",
				Short: "Check the memory usage of holding data for different workloads on a given server endpoint.",
				Long: "If no endpoint is provided, localhost will be used. If multiple endpoints are provided, " +
					"first endpoint will be used.",
				Flags: []Flag{
					{Name: "auto-compact", Kind: Bool,
						Usage: "Compact storage with last revision after test is finished."},
					{Name: "auto-defrag", Kind: Bool, Usage: "Defragment storage after test is finished."},
					{Name: "load", Kind: String, Default: "s",
						Usage: "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), " +
							"xl(xLarge)"},
					{Name: "prefix", Kind: String, Default: "/etcdctl-check-datascale/",
						Usage: "The prefix for writing the datascale check's keys."},
				},
			},
			{
				Use:   "perf [options]",
				Short: "Check the performance of the etcd cluster",
				Flags: []Flag{
					{Name: "auto-compact", Kind: Bool,
						Usage: "Compact storage with last revision after test is finished."},
					{Name: "auto-defrag", Kind: Bool, Usage: "Defragment storage after test is finished."},
					{Name: "load", Kind: String, Default: "s",
						Usage: "The performance check's workload model. Accepted workloads: s(small), m(medium), " +
							"l(large), xl(xLarge). Different workload models use different configurations in terms of " +
							"number of clients and expected throughput."},
					{Name: "prefix", Kind: String, Default: "/etcdctl-check-perf/",
						Usage: "The prefix for writing the performance check's keys."},
				},
			},
		},
	},
	{
		Use:   "compaction [options] <revision>",
		Short: "Compacts the event history in etcd",
		Flags: []Flag{
			{Name: "physical", Kind: Bool,
				Usage: "'true' to wait for compaction to physically remove all old revisions"},
		},
	},
	{
		Use: "completion [bash|zsh|fish|powershell]", Bare: true, Exact: 1,
		Only:  []string{"bash", "zsh", "fish", "powershell"},
		Short: "Generate completion script",
		Long: "To load completions:\n" +
			"\n" +
			"Bash:\n" +
			"\n" +
			"  $ source <(etcdctl completion bash)\n" +
			"\n" +
			"  # To load completions for each session, execute once:\n" +
			"  # Linux:\n" +
			"  $ etcdctl completion bash > /etc/bash_completion.d/etcdctl\n" +
			"  # macOS:\n" +
			"  $ etcdctl completion bash > /usr/local/etc/bash_completion.d/etcdctl\n" +
			"\n" +
			"Zsh:\n" +
			"\n" +
			"  # If shell completion is not already enabled in your environment,\n" +
			"  # you will need to enable it.  You can execute the following once:\n" +
			"\n" +
			"  $ echo \"autoload -U compinit; compinit\" >> ~/.zshrc\n" +
			"\n" +
			"  # To load completions for each session, execute once:\n" +
			"  $ etcdctl completion zsh > \"${fpath[1]}/_etcdctl\"\n" +
			"\n" +
			"  # You will need to start a new shell for this setup to take effect.\n" +
			"\n" +
			"fish:\n" +
			"\n" +
			"  $ etcdctl completion fish | source\n" +
			"\n" +
			"  # To load completions for each session, execute once:\n" +
			"  $ etcdctl completion fish > ~/.config/fish/completions/etcdctl.fish\n" +
			"\n" +
			"PowerShell:\n" +
			"\n" +
			"  PS> etcdctl completion powershell | Out-String | Invoke-Expression\n" +
			"\n" +
			"  # To load completions for every new session, run:\n" +
			"  PS> etcdctl completion powershell > etcdctl.ps1\n" +
			"  # and source this file from your PowerShell profile.\n",
	},
	{
		Use:   "defrag",
		Short: "Defragments the storage of the etcd members with given endpoints",
		Inherited: []Flag{
			{Name: "cluster", Kind: Bool, Usage: "use all endpoints from the cluster member list"},
		},
	},
	{
		Use:   "del [options] <key> [range_end]",
		Short: "Removes the specified key or range of keys [key, range_end)",
		Flags: []Flag{
			{Name: "from-key", Kind: Bool,
				Usage: "delete keys that are greater than or equal to the given key using byte compare"},
			{Name: "prefix", Kind: Bool, Usage: "delete keys with matching prefix"},
			{Name: "prev-kv", Kind: Bool, Usage: "return deleted key-value pairs"},
			{Name: "range", Kind: Bool, Usage: "delete range of keys"},
		},
	},
	{
		Use:   "downgrade <TARGET_VERSION>",
		Short: "Downgrade related commands",
		Sub: []Command{
			{
				Use:   "cancel",
				Short: "Cancel the ongoing downgrade action to cluster",
			},
			{
				Use:   "enable <TARGET_VERSION>",
				Short: "Start a downgrade action to cluster",
			},
			{
				Use:   "validate <TARGET_VERSION>",
				Short: "Validate downgrade capability before starting downgrade",
			},
		},
	},
	{
		Use:   "elect <election-name> [proposal]",
		Short: "Observes and participates in leader election",
		Flags: []Flag{
			{Name: "listen", Short: "l", Kind: Bool, Usage: "observation mode"},
		},
	},
	{
		Use:   "endpoint <subcommand>",
		Short: "Endpoint related commands",
		Inherited: []Flag{
			{Name: "cluster", Kind: Bool, Usage: "use all endpoints from the cluster member list"},
		},
		Sub: []Command{
			{
				Use:   "hashkv",
				Short: "Prints the KV history hash for each endpoint in --endpoints",
				Inherited: []Flag{
					{Name: "rev", Kind: Number, Default: "0",
						Usage: "maximum revision to hash (default: latest revision)"},
				},
			},
			{
				Use:   "health",
				Short: "Checks the healthiness of endpoints specified in `--endpoints` flag",
			},
			{
				Use:   "status",
				Short: "Prints out the status of endpoints specified in `--endpoints` flag",
				Long: "When --write-out is set to simple, this command prints out comma-separated status lists " +
					"for each endpoint.\n" +
					"The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft " +
					"term, raft index, raft applied index, errors.\n",
			},
		},
	},
}
