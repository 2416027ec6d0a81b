package ctl

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
)

// noLeader begins what move-leader says when it finds no leader. To give it other endpoints is up to the person
// (move_leader_command.go).
const noLeader = "no leader endpoint given at "

// PrintFailure prints how a command ends that has more to say than a call's error: why, in etcdctl's own words, and
// behind it the error of a member or of the client, if there is one.
func PrintFailure(why, err string) (stdout, stderr string, exit int) {
	p := &printer{}
	exit = ExitError
	if strings.HasPrefix(why, noLeader) {
		exit = ExitBadArgs
	}
	if err != "" {
		why += errorText(err)
	}
	p.fail(exit, why)
	return p.done()
}

// Status is what a file made by snapshot save holds.
type Status struct {
	File     string
	Found    bool
	Hash     uint32
	Revision int64
	Keys     int // that are alive
	Size     int64
	Version  string
}

// PrintStatus prints what etcdutl snapshot status says about a file: it is not in etcdctl any more (etcdutl
// printer*.go, snapshot_command.go).
func PrintStatus(s Status, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	row := []string{memberID(uint64(s.Hash)), decimal(s.Revision), decimal(int64(s.Keys)), Size(s.Size), s.Version}
	switch {
	case !s.Found:
		p.fail(ExitError, "stat "+s.File+": no such file or directory")
	case o.Format == script.Simple:
		p.line(strings.Join(row, ", "))
	case o.Format == script.Fields:
		p.field("Hash", unsigned(uint64(s.Hash)))
		p.field("Revision", decimal(s.Revision))
		p.field("Keys", decimal(int64(s.Keys)))
		p.field("Size", decimal(s.Size))
		p.field("Version", s.Version)
	case o.Format == script.JSON:
		var j text
		j.open('{')
		j.field("hash", unsigned(uint64(s.Hash)))
		j.field("revision", decimal(s.Revision))
		j.field("totalKey", decimal(int64(s.Keys)))
		j.field("totalSize", decimal(s.Size))
		j.field("version", quoted(s.Version))
		j.close('}')
		p.line(string(j))
	case o.Format == script.Table:
		p.grid([]string{"hash", "revision", "total keys", "total size", "version"}, [][]string{row})
	default:
		p.unsupported()
	}
	return p.done()
}

// PrintFileHash prints what etcdutl hashkv says about a file (etcdutl printer*.go).
func PrintFileHash(h api.HashKVReply, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	row := []string{unsigned(uint64(h.Hash)), decimal(h.HashRevision), decimal(h.CompactRevision)}
	switch o.Format {
	case script.Simple:
		p.line(strings.Join(row, ", "))
	case script.Fields:
		for i, name := range []string{"Hash", "Hash revision", "Compact revision"} {
			p.field(name, row[i])
		}
	case script.JSON:
		var j text
		j.open('{')
		for i, name := range []string{"hash", "hashRevision", "compactRevision"} {
			j.field(name, row[i])
		}
		j.close('}')
		p.line(string(j))
	case script.Table:
		p.grid([]string{"hash", "hash revision", "compact revision"}, [][]string{row})
	default:
		p.unsupported()
	}
	return p.done()
}
