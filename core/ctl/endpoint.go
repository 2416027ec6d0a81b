package ctl

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Answer is what came from one endpoint.
type Answer struct {
	Endpoint string
	Reply    api.Reply
	Err      string // "": all is well
	Took     sim.Time
}

// PrintEndpoints prints what endpoint status, endpoint hashkv and defrag got from the endpoints that they asked
// (ep_command.go, defrag_command.go).
func PrintEndpoints(call api.Call, list []Answer, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	switch call.(type) {
	case api.Status:
		good := p.complain("Failed to get the status of endpoint ", list)
		p.statuses(good)
	case api.HashKV:
		good := p.complain("Failed to get the hash of endpoint ", list)
		p.hashes(good)
		for _, a := range list {
			if a.Err != "" && p.exit != ExitBadFeature {
				p.lastError(list)
				break
			}
		}
	case api.Defragment:
		p.defragmented(list)
	}
	return p.done()
}

// complain tells on standard error which endpoints failed, and returns the others.
func (p *printer) complain(what string, list []Answer) []Answer {
	var good []Answer
	for _, a := range list {
		if a.Err == "" {
			good = append(good, a)
			continue
		}
		p.err.WriteString(what + a.Endpoint + " (" + errorText(a.Err) + ")\n")
		p.exit = ExitError
	}
	return good
}

// lastError prints the error that came last.
func (p *printer) lastError(list []Answer) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Err != "" {
			p.fail(ExitError, errorText(list[i].Err))
			return
		}
	}
}

func (p *printer) defragmented(list []Answer) {
	for _, a := range list {
		if a.Err != "" {
			p.err.WriteString("Failed to defragment etcd member[" + a.Endpoint + "]. took " + span(a.Took) + ". (" +
				errorText(a.Err) + ")\n")
			p.exit = ExitError
			continue
		}
		p.line("Finished defragmenting etcd member[", a.Endpoint, "]. took ", span(a.Took))
	}
}

var statusHeader = []string{"endpoint", "ID", "version", "storage version", "db size", "in use",
	"percentage not in use", "quota", "is leader",
	"is learner", "raft term", "raft index", "raft applied index", "errors", "downgrade target version",
	"downgrade enabled"}

func (p *printer) statuses(list []Answer) {
	switch p.Format {
	case script.Protobuf:
		p.unsupported()
	case script.Simple:
		for _, a := range list {
			p.line(strings.Join(statusRow(a), ", "))
		}
	case script.Fields:
		for _, a := range list {
			p.fieldsStatus(a)
		}
	case script.JSON:
		p.list(list, jsonStatus)
	case script.Table:
		var rows [][]string
		for _, a := range list {
			rows = append(rows, statusRow(a))
		}
		p.grid(statusHeader, rows)
	}
}

func statusRow(a Answer) []string {
	s := a.Reply.Body.(api.StatusReply)
	id := a.Reply.Header.MemberID
	return []string{a.Endpoint, memberID(id), s.Version, s.StorageVersion, Size(s.DBSize), Size(s.DBSizeInUse),
		decimal(100-s.DBSizeInUse*100/max(s.DBSize, 1)) + "%", Size(s.DBSizeQuota), boolean(s.Leader == id),
		boolean(s.Learner),
		unsigned(s.RaftTerm), unsigned(s.RaftIndex), unsigned(s.RaftAppliedIndex), strings.Join(s.Errors, ", "), "", "false"}
}

func (p *printer) fieldsStatus(a Answer) {
	s := a.Reply.Body.(api.StatusReply)
	p.fieldsHeader(a.Reply.Header)
	p.field("Version", `"`+s.Version+`"`)
	p.field("StorageVersion", `"`+s.StorageVersion+`"`)
	p.field("DBSize", decimal(s.DBSize))
	p.field("DBSizeInUse", decimal(s.DBSizeInUse))
	p.field("DBSizeQuota", decimal(s.DBSizeQuota))
	p.field("Leader", unsigned(s.Leader))
	p.field("IsLearner", boolean(s.Learner))
	p.field("RaftIndex", unsigned(s.RaftIndex))
	p.field("RaftAppliedIndex", unsigned(s.RaftAppliedIndex))
	p.field("Errors", "["+strings.Join(s.Errors, " ")+"]")
	p.field("Endpoint", `"`+a.Endpoint+`"`)
	p.field("DowngradeTargetVersion", `""`)
	p.field("DowngradeEnabled", "false")
	p.line()
}

// list prints a JSON list; encoding/json prints null for a list that was never made.
func (p *printer) list(list []Answer, one func(*text, Answer)) {
	if len(list) == 0 {
		p.line("null")
		return
	}
	var j text
	j.open('[')
	for _, a := range list {
		j.open('{')
		j.field("Endpoint", quoted(a.Endpoint))
		one(&j, a)
		j.close('}')
	}
	j.close(']')
	p.line(string(j))
}

func jsonStatus(j *text, a Answer) {
	s := a.Reply.Body.(api.StatusReply)
	j.name("Status")
	j.open('{')
	j.header(a.Reply.Header)
	j.string("version", s.Version)
	j.int("dbSize", s.DBSize)
	j.uint("leader", s.Leader)
	j.uint("raftIndex", s.RaftIndex)
	j.uint("raftTerm", s.RaftTerm)
	j.uint("raftAppliedIndex", s.RaftAppliedIndex)
	j.strings("errors", s.Errors)
	j.int("dbSizeInUse", s.DBSizeInUse)
	j.bool("isLearner", s.Learner)
	j.string("storageVersion", s.StorageVersion)
	j.int("dbSizeQuota", s.DBSizeQuota)
	j.field("downgradeInfo", "{}")
	j.close('}')
}

func (p *printer) hashes(list []Answer) {
	switch p.Format {
	case script.Protobuf:
		p.unsupported()
	case script.Simple:
		for _, a := range list {
			p.line(strings.Join(hashRow(a), ", "))
		}
	case script.Fields:
		for _, a := range list {
			h := a.Reply.Body.(api.HashKVReply)
			p.fieldsHeader(a.Reply.Header)
			p.field("Endpoint", `"`+a.Endpoint+`"`)
			p.field("Hash", unsigned(uint64(h.Hash)))
			p.field("HashRevision", decimal(h.HashRevision))
			p.line()
		}
	case script.JSON:
		p.list(list, jsonHash)
	case script.Table:
		var rows [][]string
		for _, a := range list {
			rows = append(rows, hashRow(a))
		}
		p.grid([]string{"endpoint", "hash", "hash_revision"}, rows)
	}
}

func hashRow(a Answer) []string {
	h := a.Reply.Body.(api.HashKVReply)
	return []string{a.Endpoint, unsigned(uint64(h.Hash)), decimal(h.HashRevision)}
}

func jsonHash(j *text, a Answer) {
	h := a.Reply.Body.(api.HashKVReply)
	j.name("HashKV")
	j.open('{')
	j.header(a.Reply.Header)
	j.uint("hash", uint64(h.Hash))
	j.int("compact_revision", h.CompactRevision)
	j.int("hash_revision", h.HashRevision)
	j.close('}')
}

// PrintHealth prints what endpoint health found: Err of an Answer says why an endpoint is not healthy. What HealthOf
// returns for alarms is such a reason.
func PrintHealth(list []Answer, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	switch o.Format {
	case script.Protobuf:
		p.unsupported()
		return p.done()
	case script.Simple:
		p.simpleHealth(list)
	case script.Fields:
		for _, a := range list {
			p.field("Endpoint", `"`+a.Endpoint+`"`)
			p.field("Health", boolean(a.Err == ""))
			p.field("Took", span(a.Took))
			p.field("Error", healthError(a))
			p.line()
		}
	case script.JSON:
		p.jsonHealth(list)
	case script.Table:
		var rows [][]string
		for _, a := range list {
			rows = append(rows, []string{a.Endpoint, boolean(a.Err == ""), span(a.Took), healthError(a)})
		}
		p.grid([]string{"endpoint", "health", "took", "error"}, rows)
	}
	for _, a := range list {
		if a.Err != "" {
			p.fail(ExitError, "unhealthy cluster")
			break
		}
	}
	return p.done()
}

func (p *printer) simpleHealth(list []Answer) {
	for _, a := range list {
		if a.Err == "" {
			p.line(a.Endpoint, " is healthy: successfully committed proposal: took = ", span(a.Took))
		} else {
			p.err.WriteString(a.Endpoint + " is unhealthy: failed to commit proposal: " + healthError(a) + "\n")
		}
	}
}

func (p *printer) jsonHealth(list []Answer) {
	if len(list) == 0 {
		p.line("null")
		return
	}
	var j text
	j.open('[')
	for _, a := range list {
		j.open('{')
		j.field("endpoint", quoted(a.Endpoint))
		j.field("health", boolean(a.Err == ""))
		j.field("took", quoted(span(a.Took)))
		j.string("error", healthError(a))
		j.close('}')
	}
	j.close(']')
	p.line(string(j))
}

// UnknownAlarms is why an endpoint is not healthy that does not tell its alarms.
const UnknownAlarms = "Unable to fetch the alarm list"

const activeAlarms = "Active Alarm(s): "

// HealthOf returns why an endpoint with alarms is not healthy; "" if there are none.
func HealthOf(b api.AlarmReply) string {
	if len(b.Alarms) == 0 {
		return ""
	}
	why := activeAlarms
	for _, a := range b.Alarms {
		why += alarmNames[a.Alarm] + " "
	}
	return why
}

// healthError returns the reason as etcdctl has it: its own words, or an error of the client.
func healthError(a Answer) string {
	if a.Err == "" || a.Err == UnknownAlarms || strings.HasPrefix(a.Err, activeAlarms) {
		return a.Err
	}
	return errorText(a.Err)
}
