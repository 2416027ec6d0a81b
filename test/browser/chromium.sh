#!/usr/bin/env bash
# Prints the path of a Chromium, and installs Debian's when there is none and we may. CHROMIUM=/path chooses one.
set -euo pipefail

find_chromium() {
	local name
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
		"/Applications/Chromium.app/Contents/MacOS/Chromium"; do
		if [ -n "$name" ] && command -v "$name"; then return 0; fi
	done
	return 1
}

find_chromium && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "no Chromium found: installing Debian's" >&2
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >&2
	find_chromium && exit 0
fi

cat >&2 <<'TXT'
The browser tests need Chromium (or Chrome), version 120 or newer. Install one:
  Debian:  sudo apt-get update && sudo apt-get install chromium
  Ubuntu:  sudo snap install chromium
  Fedora:  sudo dnf install chromium
  macOS:   brew install --cask chromium
or name it: CHROMIUM=/path/to/chrome make test
TXT
exit 1
