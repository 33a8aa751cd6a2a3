package source

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// QuoteHoles returns a JSON text in which every hole is a string or a part of
// one: a hole that stands where a value does becomes a string that is that
// hole, and a quote in a hole's label ends no string. Texts that a template
// makes need it: what the template would fill in is not known to be JSON.
func QuoteHoles(t Text) Text {
	if !HasMark(t.Value) {
		return t
	}
	var b TextBuilder
	inside := false
	for i := 0; i < len(t.Value); {
		j := strings.IndexRune(t.Value[i:], markOpen)
		n := strings.IndexRune(t.Value[i+max(j, 0):], markClose)
		if j < 0 || n < 0 {
			b.Append(t, i, len(t.Value))
			break
		}
		inside = endsInString(t.Value[i:i+j], inside)
		b.Append(t, i, i+j)
		end := i + j + n + utf8.RuneLen(markClose)
		b.Opaque(quotedHole(t.Value[i+j:end], inside), t.Range(i+j, end))
		i = end
	}
	return b.Text()
}

// quotedHole is a mark as it stands in a JSON string, or as one.
func quotedHole(mark string, inside bool) string {
	quoted, err := jsontext.AppendQuote(nil, mark)
	if err != nil {
		return mark
	}
	if inside {
		quoted = quoted[1 : len(quoted)-1]
	}
	return string(quoted)
}

// endsInString reports whether a run of JSON text ends in a string, if it
// begins in one or not.
func endsInString(run string, inside bool) bool {
	for i := 0; i < len(run); i++ {
		switch {
		case run[i] == '\\' && inside:
			i++
		case run[i] == '"':
			inside = !inside
		}
	}
	return inside
}
