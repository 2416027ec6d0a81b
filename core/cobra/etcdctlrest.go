package cobra

// etcdctlRest are the commands of etcdctl from get on.
var etcdctlRest = [...]Command{
	{
		Use:   "get [options] <key> [range_end]",
		Short: "Gets the key or a range of keys",
		Flags: []Flag{
			{Name: "consistency", Kind: String, Default: "l", Usage: "Linearizable(l) or Serializable(s)"},
			{Name: "count-only", Kind: Bool, Usage: "Get only the count"},
			{Name: "from-key", Kind: Bool,
				Usage: "Get keys that are greater than or equal to the given key using byte compare"},
			{Name: "keys-only", Kind: Bool, Usage: "Get only the keys"},
			{Name: "limit", Kind: Number, Default: "0", Usage: "Maximum number of results"},
			{Name: "max-create-rev", Kind: Number, Default: "0", Usage: "Maximum create revision"},
			{Name: "max-mod-rev", Kind: Number, Default: "0", Usage: "Maximum modification revision"},
			{Name: "min-create-rev", Kind: Number, Default: "0", Usage: "Minimum create revision"},
			{Name: "min-mod-rev", Kind: Number, Default: "0", Usage: "Minimum modification revision"},
			{Name: "order", Kind: String, Usage: "Order of results; ASCEND or DESCEND (ASCEND by default)"},
			{Name: "prefix", Kind: Bool, Usage: "Get keys with matching prefix"},
			{Name: "print-value-only", Kind: Bool,
				Usage: "Only write values when using the \"simple\" output format"},
			{Name: "rev", Kind: Number, Default: "0", Usage: "Specify the kv revision"},
			{Name: "sort-by", Kind: String, Usage: "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION"},
		},
	},
	{
		Use:   "lease <subcommand>",
		Short: "Lease related commands",
		Sub: []Command{
			{
				Use:   "grant <ttl>",
				Short: "Creates leases",
			},
			{
				Use:   "keep-alive [options] <leaseID>",
				Short: "Keeps leases alive (renew)",
				Flags: []Flag{
					{Name: "once", Kind: Bool,
						Usage: "Resets the keep-alive time to its original value and cobrautl.Exits immediately"},
				},
			},
			{
				Use:   "list",
				Short: "List all active leases",
			},
			{
				Use:   "revoke <leaseID>",
				Short: "Revokes leases",
			},
			{
				Use:   "timetolive <leaseID> [options]",
				Short: "Get lease information",
				Flags: []Flag{
					{Name: "keys", Kind: Bool, Usage: "Get keys attached to this lease"},
				},
			},
		},
	},
	{
		Use:   "lock <lockname> [exec-command arg1 arg2 ...]",
		Short: "Acquires a named lock",
		Flags: []Flag{
			{Name: "ttl", Kind: Number, Default: "10", Usage: "timeout for session"},
		},
	},
	{
		Use:   "make-mirror [options] <destination>",
		Short: "Makes a mirror at the destination etcd cluster",
		Flags: []Flag{
			{Name: "dest-cacert", Kind: String,
				Usage: "Verify certificates of TLS enabled secure servers using this CA bundle"},
			{Name: "dest-cert", Kind: String,
				Usage: "Identify secure client using this TLS certificate file for the destination cluster"},
			{Name: "dest-insecure-transport", Kind: Bool, Default: "true",
				Usage: "Disable transport security for client connections"},
			{Name: "dest-key", Kind: String, Usage: "Identify secure client using this TLS key file"},
			{Name: "dest-password", Kind: String,
				Usage: "Destination password for authentication (if this option is used, --user option shouldn't " +
					"include password)"},
			{Name: "dest-prefix", Kind: String,
				Usage: "destination prefix to mirror a prefix to a different prefix in the destination cluster"},
			{Name: "dest-user", Kind: String,
				Usage: "Destination username[:password] for authentication (prompt if password is not supplied)"},
			{Name: "max-txn-ops", Kind: Unsigned, Default: "128",
				Usage: "Maximum number of operations permitted in a transaction during syncing updates."},
			{Name: "no-dest-prefix", Kind: Bool,
				Usage: "mirror key-values to the root of the destination cluster"},
			{Name: "prefix", Kind: String, Usage: "Key-value prefix to mirror"},
			{Name: "rev", Kind: Number, Default: "0", Usage: "Specify the kv revision to start to mirror"},
		},
	},
	{
		Use:   "member <subcommand>",
		Short: "Membership related commands",
		Sub: []Command{
			{
				Use:   "add <memberName> [options]",
				Short: "Adds a member into the cluster",
				Flags: []Flag{
					{Name: "learner", Kind: Bool, Usage: "indicates if the new member is raft learner"},
					{Name: "peer-urls", Kind: String, Usage: "comma separated peer URLs for the new member."},
				},
			},
			{
				Use:   "list",
				Short: "Lists all members in the cluster",
				Long: "When --write-out is set to simple, this command prints out comma-separated member lists " +
					"for each endpoint.\n" +
					"The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.\n",
				Flags: []Flag{
					{Name: "consistency", Kind: String, Default: "l",
						Usage: "Linearizable(l) or Serializable(s)"},
				},
			},
			{
				Use:   "promote <memberID>",
				Short: "Promotes a non-voting member in the cluster",
				Long:  "Promotes a non-voting learner member to a voting one in the cluster.\n",
			},
			{
				Use:   "remove <memberID>",
				Short: "Removes a member from the cluster",
			},
			{
				Use:   "update <memberID> [options]",
				Short: "Updates a member in the cluster",
				Flags: []Flag{
					{Name: "peer-urls", Kind: String,
						Usage: "comma separated peer URLs for the updated member."},
				},
			},
		},
	},
	{
		Use:   "move-leader <transferee-member-id>",
		Short: "Transfers leadership to another etcd cluster member.",
	},
	{
		Use:   "put [options] <key> <value> (<value> can also be given from stdin)",
		Short: "Puts the given key into the store",
		Long: "\n" +
			"Puts the given key into the store.\n" +
			"\n" +
			"When <value> begins with '-', <value> is interpreted as a flag.\n" +
			"Insert '--' for workaround:\n" +
			"\n" +
			"$ put <key> -- <value>\n" +
			"$ put -- <key> <value>\n" +
			"\n" +
			"If <value> isn't given as a command line argument and '--ignore-value' is not specified,\n" +
			"this command tries to read the value from standard input.\n" +
			"\n" +
			"If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,\n" +
			"this command tries to read the value from standard input.\n" +
			"\n" +
			"For example,\n" +
			"$ cat file | put <key>\n" +
			"will store the content of the file to <key>.\n",
		Flags: []Flag{
			{Name: "ignore-lease", Kind: Bool, Usage: "updates the key using its current lease"},
			{Name: "ignore-value", Kind: Bool, Usage: "updates the key using its current value"},
			{Name: "lease", Kind: String, Default: "0",
				Usage: "lease ID (in hexadecimal) to attach to the key"},
			{Name: "prev-kv", Kind: Bool, Usage: "return the previous key-value pair before modification"},
		},
	},
	{
		Use:   "role <subcommand>",
		Short: "Role related commands",
		Sub: []Command{
			{
				Use:   "add <role name>",
				Short: "Adds a new role",
			},
			{
				Use:   "delete <role name>",
				Short: "Deletes a role",
			},
			{
				Use:   "get <role name>",
				Short: "Gets detailed information of a role",
			},
			{
				Use:   "grant-permission [options] <role name> <permission type> <key> [endkey]",
				Short: "Grants a key to a role",
				Flags: []Flag{
					{Name: "from-key", Kind: Bool,
						Usage: "grant a permission of keys that are greater than or equal to the given key using byte " +
							"compare"},
					{Name: "prefix", Kind: Bool, Usage: "grant a prefix permission"},
				},
			},
			{
				Use:   "list",
				Short: "Lists all roles",
			},
			{
				Use:   "revoke-permission <role name> <key> [endkey]",
				Short: "Revokes a key from a role",
				Flags: []Flag{
					{Name: "from-key", Kind: Bool,
						Usage: "revoke a permission of keys that are greater than or equal to the given key using byte " +
							"compare"},
					{Name: "prefix", Kind: Bool, Usage: "revoke a prefix permission"},
				},
			},
		},
	},
	{
		Use:   "snapshot <subcommand>",
		Short: "Manages etcd node snapshots",
		Example: "  # Save snapshot to a given file\n" +
			"  etcdctl snapshot save /backup/etcd-snapshot.db\n" +
			"  \n" +
			"  # Get snapshot from given address and save it to file\n" +
			"  etcdctl snapshot save --endpoints=127.0.0.1:3000 /backup/etcd-snapshot.db\n" +
			"  \n" +
			"  # Get snapshot from given address with certificates\n" +
			"  etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/ca.crt " +
			"--cert=/etc/etcd/etcd.crt --key=/etc/etcd/etcd.key snapshot save /backup/etcd-snapshot.db\n" +
			"  \n" +
			"  # Get snapshot wih certain user and password\n" +
			"  etcdctl --user=root --password=password123 snapshot save /backup/etcd-snapshot.db\n" +
			"  \n" +
			"  # Get snapshot from given address with timeout\n" +
			"  etcdctl --endpoints=https://127.0.0.1:2379 --dial-timeout=20s snapshot save " +
			"/backup/etcd-snapshot.db\n" +
			"  \n" +
			"  # Save snapshot with desirable time format\n" +
			"  etcdctl snapshot save /mnt/backup/etcd/backup_$(date +%Y%m%d_%H%M%S).db",
		Sub: []Command{
			{
				Use:   "save <filename>",
				Short: "Stores an etcd node backend snapshot to a given file",
				Example: "  # Save snapshot to a given file\n" +
					"  etcdctl snapshot save /backup/etcd-snapshot.db\n" +
					"  \n" +
					"  # Get snapshot from given address and save it to file\n" +
					"  etcdctl snapshot save --endpoints=127.0.0.1:3000 /backup/etcd-snapshot.db\n" +
					"  \n" +
					"  # Get snapshot from given address with certificates\n" +
					"  etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/ca.crt " +
					"--cert=/etc/etcd/etcd.crt --key=/etc/etcd/etcd.key snapshot save /backup/etcd-snapshot.db\n" +
					"  \n" +
					"  # Get snapshot wih certain user and password\n" +
					"  etcdctl --user=root --password=password123 snapshot save /backup/etcd-snapshot.db\n" +
					"  \n" +
					"  # Get snapshot from given address with timeout\n" +
					"  etcdctl --endpoints=https://127.0.0.1:2379 --dial-timeout=20s snapshot save " +
					"/backup/etcd-snapshot.db\n" +
					"  \n" +
					"  # Save snapshot with desirable time format\n" +
					"  etcdctl snapshot save /mnt/backup/etcd/backup_$(date +%Y%m%d_%H%M%S).db",
			},
		},
	},
	{
		Use:   "txn [options]",
		Short: "Txn processes all the requests in one transaction",
		Long: "Txn reads multiple etcd requests from standard input and applies them as a single atomic " +
			"transaction.\n" +
			"\n" +
			"A transaction consists of three components:\n" +
			"1) a list of conditions,\n" +
			"2) a list of requests to apply if all the conditions are true,\n" +
			"3) a list of requests to apply if any condition is false.\n" +
			"\n" +
			"Example interactive stdin usage:\n" +
			"\n" +
			"---\n" +
			"etcdctl txn -i\n" +
			"# compares:\n" +
			"mod(\"key1\") > \"0\"\n" +
			"\n" +
			"# success requests (get, put, delete):\n" +
			"put key1 \"overwrote-key1\"\n" +
			"\n" +
			"# failure requests (get, put, delete):\n" +
			"put key1 \"created-key1\"\n" +
			"put key2 \"some extra key\"\n" +
			"---\n" +
			"\n" +
			"Refer to https://github.com/etcd-io/etcd/blob/main/etcdctl/README.md#txn-options.",
		Flags: []Flag{
			{Name: "interactive", Short: "i", Kind: Bool, Usage: "Input transaction in interactive mode"},
		},
	},
	{
		Use:   "user <subcommand>",
		Short: "User related commands",
		Sub: []Command{
			{
				Use:   "add <user name or user:password> [options]",
				Short: "Adds a new user",
				Flags: []Flag{
					{Name: "interactive", Kind: Bool, Default: "true",
						Usage: "Read password from stdin instead of interactive terminal"},
					{Name: "new-user-password", Kind: String,
						Usage: "Supply password from the command line flag"},
					{Name: "no-password", Kind: Bool,
						Usage: "Create a user without password (CN based auth only)"},
				},
			},
			{
				Use:   "delete <user name>",
				Short: "Deletes a user",
			},
			{
				Use:   "get <user name> [options]",
				Short: "Gets detailed information of a user",
				Flags: []Flag{
					{Name: "detail", Kind: Bool, Usage: "Show permissions of roles granted to the user"},
				},
			},
			{
				Use:   "grant-role <user name> <role name>",
				Short: "Grants a role to a user",
			},
			{
				Use:   "list",
				Short: "Lists all users",
			},
			{
				Use:   "passwd <user name> [options]",
				Short: "Changes password of user",
				Flags: []Flag{
					{Name: "interactive", Kind: Bool, Default: "true",
						Usage: "If true, read password from stdin instead of interactive terminal"},
				},
			},
			{
				Use:   "revoke-role <user name> <role name>",
				Short: "Revokes a role from a user",
			},
		},
	},
	{
		Use:   "version",
		Short: "Prints the version of etcdctl",
	},
	{
		Use:   "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
		Short: "Watches events stream on keys or prefixes",
		Flags: []Flag{
			{Name: "interactive", Short: "i", Kind: Bool, Usage: "Interactive mode"},
			{Name: "prefix", Kind: Bool, Usage: "Watch on a prefix if prefix is set"},
			{Name: "prev-kv", Kind: Bool, Usage: "get the previous key-value pair before the event happens"},
			{Name: "progress-notify", Kind: Bool,
				Usage: "get periodic watch progress notification from server"},
			{Name: "rev", Kind: Number, Default: "0", Usage: "Revision to start watching"},
			{Name: "watch-key", Kind: String, Own: true},
			{Name: "watch-range-end", Kind: String, Own: true},
			{Name: "filter-put", Kind: Bool, Own: true}, {Name: "filter-delete", Kind: Bool, Own: true},
			{Name: "fragment", Kind: Bool, Own: true},
			{Name: "watchers", Kind: Number, Own: true},
		},
	},
}

// Operations is what etcdctl's txn reads its operations with: a program without a name, with the commands put, get and
// del (txn_command.go, parseRequestUnion).
func Operations() *Program {
	p := Tool("etcdctl")
	var sub []Command
	for _, c := range p.root.Sub {
		if name := c.Name(); name == "put" || name == "get" || name == "del" {
			sub = append(sub, c)
		}
	}
	return &Program{root: Command{Sub: sub}, plain: true}
}
