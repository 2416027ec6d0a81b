package cli

import "github.com/etcdscope/etcdscope/cmd/etcdscope/article"

// articleClaims measures what the article says that the simulator goes with.
func articleClaims(args []string, s Streams) int {
	if _, err := parse(flags("article", s), args, 0); err != nil {
		return usage
	}
	r := article.Measure(article.Full)
	r.Print(s.Out)
	if _, failures := r.Unmet(); failures > 0 {
		return bad
	}
	return ok
}
