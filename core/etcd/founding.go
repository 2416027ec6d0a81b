package etcd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Founding is what the members of a new cluster are told of each other: --initial-cluster and --initial-cluster-token.
type Founding struct {
	Token   string // "": etcd's default
	Members []Founder
}

// Founder is one of its members. Its machine stands for its name.
type Founder struct {
	Machine  int
	PeerURLs string // in order, with commas between; "": where the machine listens
}

// Founders returns the founding of a cluster of so many machines, each at its own address.
func Founders(machines int) (f Founding) {
	for i := range machines {
		f.Members = append(f.Members, Founder{Machine: i + 1})
	}
	return f
}

// Bootstrap is what etcd and etcdutl are told about a member of a new cluster, as it stands in the flags.
type Bootstrap struct {
	Name, InitialCluster, AdvertisePeerURLs string
}

// etcdutl's defaults (etcdutl/snapshot_command.go).
const (
	defaultName      = "default"
	defaultPeerURL   = "http://localhost:2380"
	defaultFounders  = defaultName + "=" + defaultPeerURL
	urlSchemeMessage = "URL scheme must be http, https, unix, or unixs: "
)

// named is a member of --initial-cluster with its addresses.
type named struct {
	name string
	urls []string
}

// Founding returns what the flags say, and etcd's error if they are no good (etcdutl/snapshot, v3_snapshot.go, Restore;
// config/config.go, VerifyBootstrap). A member whose name is not that of a machine cannot be set up here; the error
// says so.
func (b Bootstrap) Founding(token string) (f Founding, wrong string) {
	if b.Name == "" {
		b.Name = defaultName
	}
	if b.AdvertisePeerURLs == "" {
		b.AdvertisePeerURLs = defaultPeerURL
	}
	if b.InitialCluster == "" {
		b.InitialCluster = defaultFounders
	}
	advertised, wrong := parseURLs(strings.Split(b.AdvertisePeerURLs, ","))
	if wrong != "" {
		return f, wrong
	}
	members, wrong := parseCluster(b.InitialCluster)
	if wrong != "" {
		return f, wrong
	}
	if wrong = b.verify(members, advertised); wrong != "" {
		return f, wrong
	}
	f.Token = token
	for _, x := range members {
		h, ok := sim.ParseHost(x.name)
		if !ok || !h.IsMember() {
			return f, "there is no machine " + x.name + ": this run's are called n1 to n9"
		}
		f.Members = append(f.Members, Founder{h.Number(), strings.Join(x.urls, ",")})
	}
	return f, ""
}

// parseCluster reads "n1=http://n1:2380,n2=http://n2:2380" (pkg/types/urlsmap.go, NewURLsMap). The members come in the
// order of their names.
func parseCluster(text string) (members []named, wrong string) {
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		name, url, _ := strings.Cut(part, "=")
		at := slices.IndexFunc(members, func(m named) bool { return m.name == name })
		if at < 0 {
			at, members = len(members), append(members, named{name: name})
		}
		members[at].urls = append(members[at].urls, url)
	}
	for i := range members {
		if members[i].urls, wrong = parseURLs(members[i].urls); wrong != "" {
			return nil, wrong
		}
	}
	slices.SortStableFunc(members, func(a, b named) int { return strings.Compare(a.name, b.name) })
	return members, ""
}

// parseURLs checks addresses and puts them in order (pkg/types/urls.go, NewURLs).
func parseURLs(list []string) (sorted []string, wrong string) {
	for _, url := range list {
		url = strings.TrimSpace(url)
		scheme, rest, ok := strings.Cut(url, "://")
		host, path, slash := strings.Cut(rest, "/")
		switch {
		case noScheme(url):
			return nil, "parse " + strconv.Quote(url) + ": first path segment in URL cannot contain colon"
		case !ok || (scheme != "http" && scheme != "https"):
			return nil, urlSchemeMessage + url
		case !strings.Contains(host, ":"):
			return nil, `URL address does not have the form "host:port": ` + url
		case slash || path != "":
			return nil, "URL must not contain a path: " + url
		}
		sorted = append(sorted, url)
	}
	slices.Sort(sorted)
	return sorted, ""
}

// noScheme reports whether an address begins as no scheme can, with a digit, and has a colon before any slash: net/url
// does not read it.
func noScheme(url string) bool {
	first, _, _ := strings.Cut(url, "/")
	return first != "" && first[0] >= '0' && first[0] <= '9' && strings.Contains(first, ":")
}

// verify checks that the member is one of the cluster, with the addresses that it advertises, and that no two share
// one.
func (b Bootstrap) verify(members []named, advertised []string) string {
	at := slices.IndexFunc(members, func(m named) bool { return m.name == b.Name })
	if at < 0 {
		return `couldn't find local name "` + b.Name + `" in the initial cluster configuration`
	}
	if wrong := b.advertises(members[at].urls, advertised); wrong != "" {
		return wrong
	}
	var all, used []string
	for _, m := range members {
		for _, url := range m.urls {
			all, used = append(all, m.name+"="+url), append(used, url)
		}
	}
	slices.Sort(all)
	slices.Sort(used)
	if len(slices.Compact(slices.Clone(used))) != len(used) {
		return "initial cluster " + strings.Join(all, ",") + " has duplicate url"
	}
	return ""
}

// advertises compares the addresses of both flags (config/config.go, advertiseMatchesCluster; netutil.go,
// URLStringsEqual).
func (b Bootstrap) advertises(own, advertised []string) string {
	if slices.Equal(own, advertised) {
		return ""
	}
	why := "len(" + quotedList(advertised) + ") != len(" + quotedList(own) + ")"
	for i := range own {
		if len(own) == len(advertised) && own[i] != advertised[i] {
			why = "resolved urls: " + strconv.Quote(advertised[i]) + " != " + strconv.Quote(own[i])
			break
		}
	}
	list := strings.Join(advertised, ",")
	if missing := missingFrom(advertised, own); len(missing) > 0 {
		return "--initial-cluster has " + pairs(b.Name, missing) + " but missing from --initial-advertise-peer-urls=" + list +
			" (" + why + ")"
	}
	if missing := missingFrom(own, advertised); len(missing) > 0 {
		return "--initial-advertise-peer-urls has " + strings.Join(missing, ",") + " but missing from --initial-cluster=" +
			pairs(b.Name, advertised)
	}
	return "failed to resolve " + list + " to match --initial-cluster=" + pairs(b.Name, advertised) + " (" + why + ")"
}

// quotedList writes a list as Go's %q does.
func quotedList(list []string) string {
	quoted := make([]string, len(list))
	for i, x := range list {
		quoted[i] = strconv.Quote(x)
	}
	return "[" + strings.Join(quoted, " ") + "]"
}

// missingFrom returns what of a list is not in the first.
func missingFrom(list, of []string) (missing []string) {
	for _, x := range of {
		if !slices.Contains(list, x) && !slices.Contains(missing, x) {
			missing = append(missing, x)
		}
	}
	return missing
}

func pairs(name string, urls []string) string {
	list := make([]string, len(urls))
	for i, url := range urls {
		list[i] = name + "=" + url
	}
	return strings.Join(list, ",")
}
