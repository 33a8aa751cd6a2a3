package lang

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// textTable holds the functions of the documentation's section "String
// Functions", but for those that search (searchTable).
func (l *library) textTable() map[string]function.Function {
	return map[string]function.Function{
		"chomp":      texts(trimRight("\r\n"), "str"),
		"format":     l.formatFunc(),
		"formatlist": l.formatListFunc(),
		"indent":     l.indentFunc(),
		"join":       l.joinFunc(),
		"lower":      texts(lowerText, "str"),
		"replace":    l.replaceFunc(),
		"split":      l.splitFunc(),
		"strrev":     blind(stdlib.ReverseFunc),
		"substr":     substrFunc(),
		"title":      blind(stdlib.TitleFunc),
		"trim":       texts(trimBoth, "str", "cutset"),
		"trimprefix": trimEnd(hasPrefix, strings.TrimPrefix),
		"trimspace":  texts(trimSpace, "str"),
		"trimsuffix": trimEnd(hasSuffix, strings.TrimSuffix),
		"upper":      blind(stdlib.UpperFunc),
	}
}

func trimRight(cutset string) func([]string) (string, error) {
	return func(args []string) (string, error) { return strings.TrimRight(args[0], cutset), nil }
}

// trimBoth never cuts into a mark: its delimiters are not in any cutset of
// known text.
func trimBoth(args []string) (string, error) {
	if source.HasMark(args[1]) {
		return args[0], nil
	}
	return strings.Trim(args[0], args[1]), nil
}

func trimSpace(args []string) (string, error) { return strings.TrimSpace(args[0]), nil }

// lowerText keeps ids, regions and partitions, which have no capitals.
func lowerText(args []string) (string, error) {
	hasCapitals := func(k source.HoleKind) bool { return mayHold(k, "A") }
	return editText(args[0], strings.ToLower, hasCapitals), nil
}

// trimEnd cuts a part off one end if that end surely is the part.
func trimEnd(ask func(s, part string) verdict, cut func(s, part string) string) function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s, part := args[0].AsString(), args[1].AsString()
		if ask(s, part) == maybe {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		return cty.StringVal(cut(s, part)), nil
	}, param("str", cty.String), param("part", cty.String))
}

// substrFunc cuts marked text only where the cut ends before the first mark.
func substrFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s := args[0].AsString()
		if !source.HasMark(s) {
			return stdlib.Substr(args[0], args[1], args[2])
		}
		head := cty.StringVal(source.Pieces(s)[0].Text)
		size, err := stdlib.Strlen(head)
		if err != nil {
			return cty.NilVal, fmt.Errorf("measure text: %w", err)
		}
		if negative(args[1]) || negative(args[2]) || args[1].Add(args[2]).GreaterThan(size).True() {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		return stdlib.Substr(head, args[1], args[2])
	}, param("str", cty.String), param("offset", cty.Number), param("length", cty.Number))
}

func negative(n cty.Value) bool { return n.LessThan(cty.Zero).True() }

func (l *library) indentFunc() function.Function {
	return checked(stdlib.IndentFunc, func(args []cty.Value) error {
		if !args[0].IsKnown() || !args[1].IsKnown() || args[0].IsNull() || args[1].IsNull() {
			return nil
		}
		spaces, _ := args[0].AsBigFloat().Float64()
		return l.bytes(clampSize(spaces * float64(strings.Count(args[1].AsString(), "\n"))))
	})
}

// clampSize turns a computed size into an int without overflow.
func clampSize(n float64) int {
	const huge = 1 << 40
	return int(min(max(n, 0), huge))
}

// joinFunc keeps what is known: an unknown element becomes a hole.
func (l *library) joinFunc() function.Function {
	lists := lax("lists", cty.List(cty.String))
	return variadic(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) < 2 {
			return cty.NilVal, errors.New("at least one list is required")
		}
		if !args[0].IsKnown() || noneKnown(args[1:]) {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		items, err := joinItems(args[1:])
		if err != nil {
			return cty.NilVal, err
		}
		sep, size := args[0].AsString(), 0
		for _, item := range items {
			size += len(item) + len(sep)
		}
		if err := l.bytes(size); err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(strings.Join(items, sep)), nil
	}, lists, lax("separator", cty.String))
}

func noneKnown(vals []cty.Value) bool {
	for _, v := range vals {
		if v.IsKnown() {
			return false
		}
	}
	return len(vals) > 0
}

func joinItems(lists []cty.Value) ([]string, error) {
	var items []string
	for i, list := range lists {
		if !list.IsKnown() {
			items = append(items, lostText())
			continue
		}
		for j, e := range list.AsValueSlice() {
			if e.IsNull() {
				return nil, function.NewArgErrorf(i+1, "element %d is null; cannot concatenate null values", j)
			}
			items = append(items, textOrHole(e))
		}
	}
	return items, nil
}

func textOrHole(v cty.Value) string {
	if !v.IsKnown() {
		return lostText()
	}
	return v.AsString()
}

// splitFunc treats a mark as one character. Marked text without a separator
// in its known part is unknown if the hidden part may hold one.
func (l *library) splitFunc() function.Function {
	ret := cty.List(cty.String)
	return static(ret, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		sep, s := args[0].AsString(), args[1].AsString()
		items, known := splitText(s, sep)
		if !known {
			return cty.UnknownVal(ret).RefineNotNull(), nil
		}
		if err := l.elements(len(items)); err != nil {
			return cty.NilVal, err
		}
		if len(items) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		vals := make([]cty.Value, len(items))
		for i, item := range items {
			vals[i] = cty.StringVal(item)
		}
		return cty.ListVal(vals), nil
	}, param("separator", cty.String), param("str", cty.String))
}

func splitText(s, sep string) (items []string, known bool) {
	switch {
	case !source.HasMark(s) && !source.HasMark(sep):
		return strings.Split(s, sep), true
	case sep == "" || source.HasMark(sep):
		return nil, false
	}
	items = []string{""}
	hidden := false
	for _, p := range source.Pieces(s) {
		last := len(items) - 1
		if p.IsHole() {
			items[last] += source.Hole(p.Kind, p.Label)
			hidden = hidden || mayHold(p.Kind, sep)
			continue
		}
		parts := strings.Split(p.Text, sep)
		items[last] += parts[0]
		items = append(items, parts[1:]...)
	}
	return items, len(items) > 1 || !hidden
}

// replaceFunc replaces in the known text. A search wrapped in slashes is a
// regular expression, which is not tried on marked text.
func (l *library) replaceFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s, search, by := args[0].AsString(), args[1].AsString(), args[2].AsString()
		if len(search) > 1 && search[0] == '/' && search[len(search)-1] == '/' {
			return l.replacePattern(s, search[1:len(search)-1], by)
		}
		if source.HasMark(search) && !strings.Contains(s, search) {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		count := strings.Count(s, search)
		if err := l.bytes(clampSize(float64(len(s)) + float64(count)*float64(len(by)))); err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(replaceText(s, search, by)), nil
	}, param("str", cty.String), param("substr", cty.String), param("replace", cty.String))
}

func replaceText(s, search, by string) string {
	if source.HasMark(search) || !source.HasMark(s) {
		return strings.ReplaceAll(s, search, by)
	}
	edit := func(t string) string { return strings.ReplaceAll(t, search, by) }
	return editText(s, edit, func(k source.HoleKind) bool { return mayHold(k, search) })
}

func (l *library) replacePattern(s, pattern, by string) (cty.Value, error) {
	if source.HasMark(s) || source.HasMark(pattern) {
		return cty.UnknownVal(cty.String).RefineNotNull(), nil
	}
	re, err := compilePattern(pattern, s)
	if err != nil {
		return cty.NilVal, err
	}
	var out []byte
	last, work := 0, 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, s[last:m[0]]...)
		out = re.ExpandString(out, by, s, m)
		last = m[1]
		if work += len(by); work > l.MaxStringBytes || len(out) > l.MaxStringBytes {
			return cty.NilVal, l.bytes(l.MaxStringBytes + 1)
		}
	}
	out = append(out, s[last:]...)
	if !utf8.Valid(out) {
		return cty.NilVal, fmt.Errorf("replace text: result is not valid UTF-8")
	}
	return cty.StringVal(string(out)), nil
}
