package lang

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// jsonEncodeFunc writes an unknown part as a hole in a string, so that the
// rest of a document survives.
func (l *library) jsonEncodeFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		if err := l.renderable(args[0]); err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(encodeJSON(args[0])), nil
	}, anything("val"))
}

// encodeJSON is the compact JSON of v with names in order, as Terraform
// writes it ("jsonencode Function"): <, > and & are escaped.
func encodeJSON(v cty.Value) string {
	var b strings.Builder
	writeJSON(&b, v)
	return b.String()
}

func writeJSON(b *strings.Builder, v cty.Value) {
	if !v.IsKnown() {
		b.WriteString(quoteJSON(lostText()))
		return
	}
	if v.IsNull() {
		b.WriteString("null")
		return
	}
	switch t := v.Type(); {
	case t == cty.String:
		b.WriteString(quoteJSON(v.AsString()))
	case t == cty.Number:
		b.WriteString(v.AsBigFloat().Text('f', -1))
	case t == cty.Bool:
		b.WriteString(map[bool]string{false: "false", true: "true"}[v.True()])
	case t.IsObjectType() || t.IsMapType():
		writeMembers(b, v)
	case iterable(v):
		writeElements(b, v)
	default:
		b.WriteString(quoteJSON(lostText()))
	}
}

func writeMembers(b *strings.Builder, v cty.Value) {
	sep := "{"
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		b.WriteString(sep + quoteJSON(k.AsString()) + ":")
		writeJSON(b, e)
		sep = ","
	}
	b.WriteString(closing(sep, "{", "}"))
}

func writeElements(b *strings.Builder, v cty.Value) {
	sep := "["
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		b.WriteString(sep)
		writeJSON(b, e)
		sep = ","
	}
	b.WriteString(closing(sep, "[", "]"))
}

func closing(sep, open, end string) string {
	if sep == open {
		return open + end
	}
	return end
}

// quoteJSON is s as a JSON string; marks stay as they are.
func quoteJSON(s string) string {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// jsonDecodeFunc reads JSON. Text that is no JSON because a hole stands
// where a value should is unknown.
func (l *library) jsonDecodeFunc() function.Function {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		text := args[0].AsString()
		if err := l.jsonSize(text); err != nil {
			return cty.NilVal, err
		}
		v, err := stdlib.JSONDecode(args[0])
		if err != nil && source.HasMark(text) {
			return cty.DynamicVal, nil
		}
		return v, err
	}, param("str", cty.String))
}

// jsonSize bounds depth and elements before anything is built.
func (l *library) jsonSize(text string) error {
	depth, count, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			count++
		}
		if depth > maxDecodeDepth {
			return fmt.Errorf("%w: JSON nested deeper than %d", ErrLimit, maxDecodeDepth)
		}
	}
	return l.elements(count)
}
