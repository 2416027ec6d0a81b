package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// envPrefix begins the names of the variables that etcdctl takes flags from.
const envPrefix = "ETCDCTL_"

// context reads --command-timeout. What the environment says counts only if etcdctl has looked there before.
func (v *invocation) context() {
	v.timeout = v.Number("command-timeout")
	v.timed = v.Changed("command-timeout") || v.timeout == 0
}

// span returns the timeout as simulated time: 0 if none is given, less if it is over at once.
func (v *invocation) span() sim.Time {
	if !v.timed {
		return 0
	}
	if v.timeout < int64(nanosPerMicro) {
		return -1
	}
	return sim.Time(v.timeout / nanosPerMicro)
}

const nanosPerMicro = 1000

// config reads the global flags, at the moment when etcdctl makes its client (global.go, clientConfigFromCmd;
// client.go, New).
func (v *invocation) config() Flags {
	v.environment()
	f := Flags{Hex: v.Bool("hex"), Client: Name(v.Text("client")), Timeout: v.span()}
	if _, is := f.Client.Client(); f.Client != "" && !is {
		v.refuse(exitError, strconv.Quote(string(f.Client))+" is no client; want a name from c1 to "+
			string(ClientName(ClientsMax)))
	}
	for _, name := range []string{"cert", "key", "cacert"} {
		if v.Changed(name) && v.Text(name) == "" {
			v.refuse(exitBadArgs, "empty string is passed to --"+name+" option")
		}
	}
	f.Format = v.format()
	if key, cert := v.Text("key"), v.Text("cert"); (key == "") != (cert == "") {
		v.refuse(v.unless(exitBadArgs), "KeyFile and CertFile must both be present[key: "+key+", cert: "+cert+"]")
	}
	v.endpoints(&f)
	v.ignored()
	return f
}

// unless returns the code with which a client that cannot be made ends etcdctl, unless it only was to ask for the
// members (ep_command.go, endpointsFromCluster).
func (v *invocation) unless(exit int) int {
	if v.Bool("cluster") {
		return exitError
	}
	return exit
}

// format reads --write-out.
func (v *invocation) format() Format {
	for i, name := range formats {
		if v.Text("write-out") == name {
			return Format(i)
		}
	}
	v.refuse(exitBadFeature, "unsupported output format")
	return Simple
}

// environment takes the global flags that the line does not give from the environment (etcd pkg/flags/flag.go,
// SetPflagsFromEnv and verifyEnv).
func (v *invocation) environment() {
	used := v.FromEnvironment(envPrefix, v.line.Env)
	for _, e := range v.line.Env {
		name, _, _ := strings.Cut(e, "=")
		flag, ours := strings.CutPrefix(name, envPrefix)
		flag = strings.ToLower(strings.ReplaceAll(flag, "_", "-"))
		watches := v.Name == "watch" && (flag == "watch-key" || flag == "watch-range-end")
		switch {
		case !ours || watches || contains(used, flag):
		case v.Inherits(flag) && v.Changed(flag):
			if v.refusal == nil {
				v.refusal = &Refusal{Stderr: `{"level":"fatal","caller":"flags/flag.go:86",` +
					`"msg":"conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))","environment-variable":` +
					strconv.Quote(name) + "}\n", Exit: exitError}
			}
		case flag == "api":
			v.addNote(e + " is understood and means nothing: version 3 is the only one")
		default:
			v.addNote("etcdctl warns of an unrecognized environment variable: " + e)
		}
	}
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}

// ignored notes the flags that mean nothing here.
func (v *invocation) ignored() {
	var list []string
	for _, name := range v.Given() {
		switch name {
		case "cert", "key", "cacert", "insecure-transport", "insecure-skip-tls-verify", "user", "password",
			"insecure-discovery", "discovery-srv",
			"discovery-srv-name", "debug", "dial-timeout", "keepalive-time", "keepalive-timeout", "max-request-bytes",
			"max-recv-bytes":
			list = append(list, "--"+name)
		}
	}
	if len(list) > 0 {
		v.addNote(strings.Join(list, ", ") + " means nothing here and is ignored")
	}
}

// endpoints reads which members are to be asked: --endpoints, or our own --endpoint.
func (v *invocation) endpoints(f *Flags) {
	list := v.List("endpoints")
	if v.Changed("endpoint") {
		list = []string{v.Text("endpoint")}
	} else if !v.Changed("endpoints") {
		return
	}
	if len(list) == 0 {
		v.refuse(v.unless(exitBadConnection), "etcdclient: no available endpoints")
		return
	}
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	f.Endpoints = Endpoints(strings.Join(list, ","))
	list = strings.Split(string(f.Endpoints), ",") // one of them may hold a comma
	members := f.Endpoints.Members()
	for i, m := range members {
		switch text := list[i]; {
		case m == "":
			v.addNote(text + " stands for the client's own endpoint")
		case !strings.Contains(text, string(m)):
			v.addNote(text + " stands for " + string(m))
		}
	}
	if len(members) == 1 {
		f.Endpoint = members[0]
		if string(f.Endpoint) == list[0] {
			f.Endpoints = ""
		}
	}
}

// Endpoints are what a line gives as --endpoints, as it stands there, with commas between; "" if each is but the name
// of the one member that Flags.Endpoint has.
type Endpoints string

// Members returns the member that each of them stands for: the one that it names; of others the first stands for n1,
// the next for n2 and so on, and a single one for the client's own endpoint, which is no name.
func (e Endpoints) Members() []Name {
	var list []Name
	var strange []string
	for text := range strings.SplitSeq(string(e), ",") {
		host := hostOf(text)
		name, _, _ := strings.Cut(host, ".")
		if i := strings.LastIndexByte(name, ':'); i >= 0 {
			name = name[:i]
		}
		if _, is := Name(name).Member(); is {
			list = append(list, Name(name))
			continue
		}
		at := len(strange)
		for i, s := range strange {
			if s == host {
				at = i
			}
		}
		if at == len(strange) {
			strange = append(strange, host)
		}
		list = append(list, MemberName(at+1))
	}
	if len(list) == 1 && len(strange) == 1 {
		list[0] = ""
	}
	return list
}

// hostOf returns an address without its scheme and path.
func hostOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}
