package rules

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// entity names what owns a fault as AWS names it, so that code and live
// account agree; without a known name, as the input does.
func entity(kind string, e model.Entity) string {
	if e.Name.Value == "" || !e.Name.Known || !e.Path.Known && e.Path.Value != "" {
		return kind + "/" + e.Address
	}
	return kind + "/" + model.PathOf(e) + e.Name.Value
}

// named is a thing for people: role "ci".
func named(kind string, e model.Entity) string {
	return kind + " " + e.Quoted()
}

func identityEntity(id *model.Identity) string { return entity(id.Kind.String(), id.Entity) }

func identityNamed(id *model.Identity) string { return named(id.Kind.String(), id.Entity) }

// enumerate joins words: a, b and c.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// few joins at most five words and counts the rest.
func few(words []string) string {
	const most = 5
	if len(words) <= most {
		return enumerate(words)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
