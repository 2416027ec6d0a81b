package script

import "strings"

// suggestVerb returns what to say about a word that is no verb: the verb it was probably meant to be, or what verbs
// look like.
func suggestVerb(text string) string {
	for _, s := range synonyms {
		if s.word == text {
			return "did you mean " + s.verb + "?"
		}
	}
	var all []string
	for _, v := range verbs {
		first, _, _ := strings.Cut(v.Name, " ")
		all = append(all, first) // the lines of a script too
	}
	if near := nearest(text, all); near != "" {
		return "did you mean " + near + "?"
	}
	return "want a command such as put or crash"
}

// suggest returns the candidate that is nearest to text, if one is near, else all of them.
func suggest(text string, candidates []string) string {
	if near := nearest(text, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return "want one of " + strings.Join(candidates, ", ")
}

func nearest(text string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		if d := distance(strings.ToLower(text), c); d < least && d < len(c) {
			best, least = c, d
		}
	}
	return best
}

// distance counts the single-character changes (insert, delete, replace, swap of neighbours) from a to b. Beyond a few
// dozen characters nothing is near, and the work would only serve whoever sent it.
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(replace, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
