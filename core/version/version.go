// Package version is the one place that names the version of etcdscope. The first heading of CHANGELOG.md names it too,
// and a test of internal/tidy compares them.
package version

// Current is the version that this source is, or becomes when it is released.
const Current = "0.1"
