package cloudformation

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxLabel is the longest text of an expression, in bytes, that is a label as
// it is. Of a longer one the label is the beginning and a sum of the whole.
const maxLabel = 100

// label is the call that is being worked out as text: the same for equal calls
// wherever and however they are written, another for any other call. Calls in
// nested templates have their prefix.
func (e *evaluator) label() string { return e.spelled(e.calling) }

// spelled is label for any value as written.
func (e *evaluator) spelled(v *source.Value) string { return e.t.prefix + e.spell(v) }

// spell is a value as text, without a prefix.
func (e *evaluator) spell(v *source.Value) string {
	s := speller{e: e}
	s.value(v)
	text := s.out.String()
	if len(text) <= maxLabel {
		return text
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(text)) // it never fails
	end := maxLabel
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%08x)", text[:end], sum.Sum32())
}

// A speller writes values as written in one way for JSON and every form of
// YAML: calls as the function and its argument, lists in brackets, objects in
// braces with their members sorted. Texts are quoted where they could be taken for anything else.
type speller struct {
	e   *evaluator
	out strings.Builder
}

func (s *speller) value(v *source.Value) {
	if v == nil || !s.e.t.spend(1) || !s.e.spendText(len(v.Scalar.Value)) {
		return
	}
	fn, arg, call := intrinsic(v)
	switch {
	case call && fn == "Fn::GetAtt" && plainParts(arg):
		id, attribute := getAttParts(arg)
		s.out.WriteString(fn + " " + id + "." + attribute)
	case call:
		s.out.WriteString(fn + " ")
		s.value(arg)
	case v.Kind == source.Object:
		s.object(v)
	case v.Kind == source.List:
		s.list(v)
	case v.IsScalar():
		s.scalar(v.Text().Value)
	}
}

// plainParts reports whether an argument of Fn::GetAtt is texts alone.
func plainParts(arg *source.Value) bool {
	for _, i := range arg.Items {
		if !i.IsScalar() {
			return false
		}
	}
	return arg.IsScalar() || len(arg.Items) > 0
}

func (s *speller) object(v *source.Value) {
	s.out.WriteByte('{')
	members := slices.Clone(v.Members)
	slices.SortFunc(members, func(a, b source.Member) int { return strings.Compare(a.Name.Value, b.Name.Value) })
	for i, m := range members {
		if i > 0 {
			s.out.WriteString(", ")
		}
		s.scalar(m.Name.Value)
		s.out.WriteString(": ")
		s.value(m.Value)
	}
	s.out.WriteByte('}')
}

func (s *speller) list(v *source.Value) {
	s.out.WriteByte('[')
	for i, item := range v.Items {
		if i > 0 {
			s.out.WriteString(", ")
		}
		s.value(item)
	}
	s.out.WriteByte(']')
}

// scalar writes a text. What a dynamic reference names is not shown.
func (s *speller) scalar(text string) {
	for {
		start := strings.Index(text, dynamicReference)
		if start < 0 {
			break
		}
		end := strings.Index(text[start:], "}}")
		if end < 0 {
			end = len(text) - start
		} else {
			end += len("}}")
		}
		text = text[:start] + "<" + s.e.secret(text[start:start+end]) + ">" + text[start+end:]
	}
	text = source.Show(text)
	if !plainWord(text) {
		text = strconv.Quote(text)
	}
	s.out.WriteString(text)
}

// plainWord reports whether a text needs no quotes: it has nothing that parts values,
// and no braces but those of variables.
func plainWord(text string) bool {
	if text == "" || strings.ContainsAny(text, " ,[]\"\t\r\n") || strings.HasSuffix(text, ":") {
		return false
	}
	variables := strings.Count(text, "${")
	return variables == strings.Count(text, "{") && variables == strings.Count(text, "}")
}
