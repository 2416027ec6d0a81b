#!/usr/bin/env bash
# staticcheck for both systems that the code is compiled for, then functions that neither a program nor a test reaches.
# What only another module of this repository uses (test/*) is reached, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
deadcode=golang.org/x/tools/cmd/deadcode@v0.52.0

go run "$staticcheck" -matrix ./... <<'MATRIX'
native:
js: GOOS=js GOARCH=wasm
MATRIX

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
GOBIN=$tools go install "$deadcode"
native=$("$tools/deadcode" -test ./... | sort)
browser=$(GOOS=js GOARCH=wasm "$tools/deadcode" ./wasm | sort)
failed=0
while read -r where _ _ name; do
	last=${name##*.}
	if [ -n "$name" ] && ! git grep -qw -- "$last" test cmd/etcdscope; then
		echo "$where $name is reached by no program and no test"
		failed=1
	fi
done < <(comm -12 <(echo "$native") <(echo "$browser"); grep '_js\.go:' <<<"$browser" || true)
exit "$failed"
