package etcd_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/internal/runner/document"
)

// TestTranscripts shows what a member does and in which order, as a person at the page would see it.
func TestTranscripts(t *testing.T) { document.Walk(t, "testdata") }
