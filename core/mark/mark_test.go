package mark

import "testing"

func TestClasses(t *testing.T) {
	of := map[Class][]Kind{Elections: {Election}, Violations: {Violation}, Commands: {Command},
		Faults: {Crash, Restart, Pause, Resume, Split, Heal, Fault}}
	for class, kinds := range of {
		want := map[Kind]bool{}
		for _, k := range kinds {
			want[k] = true
		}
		for k := Election; k <= Fault; k++ {
			if class.Has(k) != want[k] || !Any.Has(k) {
				t.Errorf("class %d has kind %d: %v, any: %v", class, k, class.Has(k), Any.Has(k))
			}
		}
	}
}
