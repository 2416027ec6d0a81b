package client_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/internal/runner/document"
)

// TestTranscripts shows what a client does and what it is told.
func TestTranscripts(t *testing.T) { document.Walk(t, "testdata") }
