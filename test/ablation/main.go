// Command ablation switches off one rule of the protocol after the other and shows what each is for: with the rule off,
// the scenario does the harm that the rule prevents, and a checker finds it; with the rule on, the same scenario does
// none. Its last line is "ablation: N switches, N caught, N safe".
package main

import (
	"fmt"
	"os"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/test/ablation/scenario"
)

func main() {
	all := scenario.All()
	caught, safe := 0, 0
	for _, s := range all {
		off, on := s.Play(rule.Set(0).With(s.Rule)), s.Play(0)
		if off.Harm != "" && off.Err == nil {
			caught++
		}
		if on.Harm == "" && on.Err == nil {
			safe++
		}
		fmt.Printf("%-21s off: %s on: %s\n", s.Rule, off, on)
	}
	fmt.Printf("ablation: %d switches, %d caught, %d safe\n", len(all), caught, safe)
	if caught < len(all) || safe < len(all) {
		os.Exit(1)
	}
}
