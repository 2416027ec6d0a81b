package script

import "testing"

// TestSettings: each setting has a key of its own, a text, and limits that are limits.
func TestSettings(t *testing.T) {
	for i, s := range Settings() {
		if s.Key == "" || s.Text == "" || SettingOf(s.Key) != &Settings()[i] {
			t.Errorf("setting %d, %q: want a key of its own and a text", i, s.Key)
		}
		if limited := s.Kind == Number || s.Kind == Size || s.Kind == Span; limited != (s.Most != 0) || (s.Most > 0 &&
			s.Least > s.Most) {
			t.Errorf("%s: from %d to %d", s.Key, s.Least, s.Most)
		}
	}
	if SettingOf("size") != nil {
		t.Error("there is a setting that is none")
	}
}
