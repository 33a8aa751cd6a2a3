package cloudwatch

import (
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Match is the set of catalogue actions that an Action pattern matches: "*",
// "*:*", "logs:*", "cloudwatch:*Alarm?". Case does not matter; * is any run of
// characters, empty included, ? one character. A wildcard in the prefix, which
// IAM refuses, matches as text ("IAM JSON policy elements: Action").
func Match(pattern string) ActionSet {
	c := load()
	if set, ok := c.memo.get(pattern); ok {
		return set
	}
	set := c.match(strings.ToLower(pattern))
	c.memo.put(pattern, set)
	return set
}

// MatchHoley is Match for a pattern that may hold holes (see source.Hole):
// must is what it matches whatever fills them, which is nothing once there is
// a hole, since that may be filled with text that no action has; may is what it
// matches with some filling. Without holes both are Match.
func MatchHoley(pattern string) (must, may ActionSet) {
	if !source.HasMark(pattern) {
		must = Match(pattern)
		return must, must
	}
	// A hole may hold the colon, so the pattern is matched as a whole.
	glob := strings.ToLower(source.ReplaceMarks(pattern, func(source.HoleKind, string) string { return "*" }))
	c := load()
	for i := range c.actions {
		if matchGlob(glob, c.actions[i].Service+":"+c.lower[i]) {
			may.Add(ActionID(i))
		}
	}
	return ActionSet{}, may
}

// match takes a pattern in lower case.
func (c *catalogue) match(pattern string) ActionSet {
	var set ActionSet
	prefix, name, ok := strings.Cut(pattern, ":")
	if !ok {
		if pattern != "" && strings.Trim(pattern, "*") == "" {
			set.addRange(0, len(c.actions))
		}
		return set
	}
	if !strings.ContainsAny(prefix, "*?") {
		if sp, ok := c.first[prefix]; ok {
			c.matchIn(&set, sp, name)
		}
		return set
	}
	for _, s := range c.services {
		if matchGlob(prefix, s.Prefix) {
			c.matchIn(&set, c.first[s.Prefix], name)
		}
	}
	return set
}

// matchIn adds the actions of one service that a name pattern matches. The
// names are sorted, so those with the pattern's literal head are one run.
func (c *catalogue) matchIn(set *ActionSet, sp span, pattern string) {
	head, rest := pattern, ""
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		head, rest = pattern[:i], pattern[i:]
	}
	names := c.lower[sp.from:sp.to]
	from := sort.SearchStrings(names, head)
	for i := from; i < len(names) && strings.HasPrefix(names[i], head); i++ {
		if rest == "*" || matchGlob(rest, names[i][len(head):]) {
			set.Add(ActionID(sp.from + i))
		}
	}
}

// matchGlob reports whether * and ? of p can be filled to give s. It goes back
// to the last star only, so its cost is at most the product of both lengths.
func matchGlob(p, s string) bool {
	star, mark, i, j := -1, 0, 0, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(p[i:], "*") == ""
}

// memoLimit and memoLength bound what hostile input can make the memo hold.
const (
	memoLimit  = 8192
	memoLength = 128
)

// A memo keeps the sets of patterns; it is safe for concurrent use.
type memo struct {
	sets  sync.Map // string -> *ActionSet
	count atomic.Int64
}

func (m *memo) get(pattern string) (ActionSet, bool) {
	v, ok := m.sets.Load(pattern)
	if !ok {
		return ActionSet{}, false
	}
	set, ok := v.(*ActionSet)
	if !ok {
		return ActionSet{}, false
	}
	return *set, true
}

func (m *memo) put(pattern string, set ActionSet) {
	if len(pattern) > memoLength || m.count.Load() >= memoLimit {
		return
	}
	if _, had := m.sets.LoadOrStore(strings.Clone(pattern), &set); !had {
		m.count.Add(1)
	}
}
