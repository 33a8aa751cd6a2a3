package lang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// maxFormatSize bounds the width and precision of a verb.
const maxFormatSize = 1000

func (l *library) formatFunc() function.Function {
	return variadic(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		return l.format(args[0].AsString(), args[1:])
	}, anything("args"), lax("format", cty.String))
}

// A verb is one directive of a format string (Terraform documentation,
// "format Function": % flags width .precision [index] verb).
type verb struct {
	start, end int    // place in the format string
	flags      string // flags, width and precision
	arg        int    // index of the argument, -1 for %%
	letter     byte
}

// format formats args; where one of them is marked or unknown its text is
// written into the format itself, so that the mark survives.
func (l *library) format(format string, args []cty.Value) (cty.Value, error) {
	verbs, err := scanVerbs(format)
	if err != nil {
		return cty.NilVal, err
	}
	if err := l.formatSize(format, verbs, args); err != nil {
		return cty.NilVal, err
	}
	if anySpecial(args) {
		format, args = inlineSpecial(format, verbs, args)
	}
	return stdlib.Format(cty.StringVal(format), args...)
}

func (l *library) formatSize(format string, verbs []verb, args []cty.Value) error {
	sizes := make([]int, len(args))
	for i, a := range args {
		n, err := l.textSize(a)
		if err != nil {
			return err
		}
		sizes[i] = n
	}
	size := len(format)
	for _, v := range verbs {
		if v.flags != "" {
			size += maxFormatSize
		}
		if v.arg >= 0 && v.arg < len(args) {
			size += sizes[v.arg]
		}
	}
	return l.bytes(size)
}

func isText(v cty.Value) bool { return v.Type() == cty.String && v.IsKnown() && !v.IsNull() }

// scanVerbs finds the directives. Errors are left to the formatter, but for
// sizes that it must not see.
func scanVerbs(format string) ([]verb, error) {
	var out []verb
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		v := scanVerb(format, i, next)
		if tooWide(v.flags) {
			return nil, fmt.Errorf("%w: format directive %q", ErrLimit, format[v.start:v.end])
		}
		if v.arg >= 0 {
			next = v.arg + 1
		}
		out, i = append(out, v), v.end-1
	}
	return out, nil
}

func scanVerb(format string, start, next int) verb {
	v := verb{start: start, arg: next}
	i := start + 1
	for i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
		i++
	}
	v.flags = format[start+1 : i]
	if i < len(format) && format[i] == '[' {
		if n := strings.IndexByte(format[i:], ']'); n > 0 {
			v.arg = max(indexOf(format[i+1:i+n]), 0)
			i += n + 1
		}
	}
	if i < len(format) {
		v.letter = format[i]
		i++
	}
	if v.letter == '%' {
		v.arg = -1
	}
	v.end = i
	return v
}

func indexOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n > maxFormatSize {
		return maxFormatSize
	}
	return n - 1
}

func tooWide(flags string) bool {
	for _, part := range strings.FieldsFunc(flags, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(part); err != nil || n > maxFormatSize {
			return true
		}
	}
	return false
}

func anySpecial(args []cty.Value) bool {
	for _, a := range args {
		if isSpecial(a) {
			return true
		}
	}
	return false
}

// isSpecial includes null without a type, which Terraform takes as unknown.
func isSpecial(v cty.Value) bool {
	return !v.IsWhollyKnown() || v.Type() == cty.DynamicPseudoType || holdsMark(v)
}

// inlineSpecial writes marked and unknown arguments into the format string
// and gives every other directive its explicit index.
func inlineSpecial(format string, verbs []verb, args []cty.Value) (string, []cty.Value) {
	plain := make([]cty.Value, len(args))
	for i, a := range args {
		plain[i] = a
		if isSpecial(a) {
			plain[i] = cty.StringVal("")
		}
	}
	var b strings.Builder
	last := 0
	for _, v := range verbs {
		b.WriteString(format[last:v.start])
		last = v.end
		if v.arg < 0 || v.arg >= len(args) {
			b.WriteString(format[v.start:v.end])
			continue
		}
		index := "[" + strconv.Itoa(v.arg+1) + "]"
		if !isSpecial(args[v.arg]) {
			b.WriteString("%" + v.flags + index + string(v.letter))
			continue
		}
		b.WriteString(strings.ReplaceAll(specialText(v, args[v.arg]), "%", "%%") + "%" + index + "s")
	}
	b.WriteString(format[last:])
	return b.String(), plain
}

// specialText is what a directive prints for a marked or unknown argument.
func specialText(v verb, arg cty.Value) string {
	marked := isMarkedText(arg)
	switch {
	case v.flags != "" || !strings.ContainsRune("svq", rune(v.letter)):
		return lostText()
	case marked && v.letter != 'q':
		return arg.AsString()
	case marked:
		return quoteJSON(arg.AsString())
	case v.letter == 'v' && arg.IsKnown():
		return encodeJSON(arg)
	}
	return lostText()
}

// formatListFunc applies format to each set of elements.
func (l *library) formatListFunc() function.Function {
	ret := cty.List(cty.String)
	return variadic(ret, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := listLength(args[1:])
		if err != nil {
			return cty.NilVal, err
		}
		if n < 0 || !args[0].IsKnown() {
			return cty.UnknownVal(ret).RefineNotNull(), nil
		}
		if err := l.elements(n); err != nil {
			return cty.NilVal, err
		}
		return l.formatRows(args[0].AsString(), columns(args[1:]), n)
	}, anything("args"), lax("format", cty.String))
}

func (l *library) formatRows(format string, cols [][]cty.Value, n int) (cty.Value, error) {
	if n == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	rows, size := make([]cty.Value, n), 0
	for i := range rows {
		row := make([]cty.Value, len(cols))
		for j, col := range cols {
			row[j] = col[min(i, len(col)-1)]
		}
		v, err := l.format(format, row)
		if err != nil {
			return cty.NilVal, fmt.Errorf("format element %d: %w", i, err)
		}
		if size += len(textOrHole(v)); size > l.MaxStringBytes {
			return cty.NilVal, l.bytes(size)
		}
		rows[i] = v
	}
	return cty.ListVal(rows), nil
}

// listLength is the common length of the lists among args, 1 if there is no
// list, and -1 if it is not known.
func listLength(args []cty.Value) (int, error) {
	n, first, unknown := -1, 0, false
	for i, a := range args {
		if !isSequence(a) {
			unknown = unknown || a.Type() == cty.DynamicPseudoType && !a.IsKnown()
			continue
		}
		if !a.IsKnown() || !a.Length().IsKnown() {
			unknown = true
			continue
		}
		if n >= 0 && a.LengthInt() != n {
			return 0, function.NewArgErrorf(i+1,
				"argument %d has length %d, which is inconsistent with argument %d of length %d", i+2, a.LengthInt(), first+2, n)
		}
		if n < 0 {
			n, first = a.LengthInt(), i
		}
	}
	if unknown {
		return -1, nil
	}
	if n < 0 {
		n = 1
	}
	return n, nil
}

func isSequence(v cty.Value) bool {
	t := v.Type()
	return !v.IsNull() && (t.IsListType() || t.IsTupleType() || t.IsSetType())
}

func columns(args []cty.Value) [][]cty.Value {
	out := make([][]cty.Value, len(args))
	for i, a := range args {
		out[i] = []cty.Value{a}
		if isSequence(a) && a.LengthInt() > 0 {
			out[i] = a.AsValueSlice()
		}
	}
	return out
}
