// Package tidy holds the house rules as tests: who may import whom, what keeps the core deterministic, and the style
// that a reader can rely on. It has no code of its own besides its tests; `go test ./internal/tidy` runs them all.
//
// Each rule is a function from parsed source to findings, and a finding names the replacement. The rules run over the
// whole module, and over small offending sources that show that each of them can fail.
//
// Read policy_test.go first: it is the plan of the house as text. source_test.go loads the source; purity_test.go,
// variable_test.go, style_test.go and lines_test.go hold the rules; offence_test.go breaks them.
package tidy
