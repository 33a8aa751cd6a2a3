package terraform

import (
	"bytes"
	"maps"
	"strings"
)

// mentioned are the attribute names that may be read off whole objects in a
// root module, in order.
func (t *tree) mentioned(root string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if list := t.mentions[root]; list != nil {
		return list
	}
	names := map[string]bool{"arn": true, "id": true, "name": true}
	for _, dir := range t.reached[root] {
		maps.Copy(names, t.configs[dir].mentioned())
	}
	t.mentions[root] = sortedKeys(names)
	return t.mentions[root]
}

// mentioned are the attribute names that may be read off an object which is
// referred to as a whole, such as u.name in a for expression. They are told
// from the text alone; a comment may add some, which does no harm.
func (c *config) mentioned() map[string]bool {
	c.mentionOnce.Do(func() {
		c.mentions = map[string]bool{}
		for _, f := range c.files {
			mentionIn(f.Bytes(), c.mentions)
		}
	})
	return c.mentions
}

// mentionIn notes the names behind the dots of a text. The first steps of a
// reference to something that is declared are none: they name the thing.
func mentionIn(text []byte, names map[string]bool) {
	for i := bytes.IndexByte(text, '.'); i >= 0; {
		end := i + 1
		if end < len(text) && isIdentStart(text[end]) {
			for end < len(text) && isIdent(text[end]) {
				end++
			}
			if readsAttribute(text[:i]) {
				names[string(text[i+1:end])] = true
			}
		}
		n := bytes.IndexByte(text[end:], '.')
		if n < 0 {
			return
		}
		i = end + n
	}
}

// readsAttribute reports whether a step behind a text may read an attribute
// off an object.
func readsAttribute(before []byte) bool {
	i := len(before)
	for i > 0 && isIdent(before[i-1]) {
		i--
	}
	return i == len(before) || i > 0 && before[i-1] == '.' || !isRoot(string(before[i:]))
}

// isRoot reports whether a name is one of the language's own roots, whose
// first step is no attribute of an object.
func isRoot(name string) bool {
	switch name {
	case "var", "local", "data", "module", "path", "terraform", "each", "count", "self":
		return true
	}
	return strings.Contains(name, "_")
}
