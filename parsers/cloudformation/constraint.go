package cloudformation

import (
	"regexp"
	"regexp/syntax"
	"strconv"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	// maxPattern bounds an AllowedPattern in bytes, maxPatternParts what its
	// repetitions make of it. A larger one is not tried.
	maxPattern, maxPatternParts = 1024, 4096
	// patternStep is how many parts of a pattern, tried at one character each,
	// cost as much as a value.
	patternStep = 32
)

// lets reports whether the constraints of a parameter let a value through
// ("CloudFormation template Parameters syntax", MinLength and its kin). Those
// of lists and of names in the parameter store say nothing about the value.
func (t *template) lets(p *parameter, text string) bool {
	declared := t.root.Get("Parameters").Get(p.name.Value)
	if isList(p.typ) || isParameterStore(p.typ) {
		return true
	}
	return within64(float64(utf8.RuneCountInString(text)), declared, "MinLength", "MaxLength") &&
		(p.typ != "Number" || numberWithin(text, declared)) && t.matches(declared, text)
}

func numberWithin(text string, declared *source.Value) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && within64(n, declared, "MinValue", "MaxValue")
}

func within64(n float64, declared *source.Value, least, most string) bool {
	if l, err := strconv.ParseFloat(declared.Get(least).Text().Value, 64); err == nil && n < l {
		return false
	}
	m, err := strconv.ParseFloat(declared.Get(most).Text().Value, 64)
	return err != nil || n <= m
}

// matches reports whether an AllowedPattern matches the whole of a text. One
// that is no regular expression here, or too large, lets everything through.
func (t *template) matches(declared *source.Value, text string) bool {
	pattern := declared.Get("AllowedPattern").Text().Value
	if pattern == "" || len(pattern) > maxPattern {
		return true
	}
	key := [2]string{pattern, text}
	if matched, ok := t.matched[key]; ok {
		return matched
	}
	if t.matched == nil {
		t.matched = map[[2]string]bool{}
	}
	t.matched[key] = t.tryPattern("^(?:"+pattern+")$", text)
	return t.matched[key]
}

func (t *template) tryPattern(pattern, text string) bool {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return true
	}
	parts := patternParts(tree)
	if parts > maxPatternParts || !t.spend(1+parts*(1+len(text))/patternStep) {
		return true
	}
	re, err := regexp.Compile(pattern)
	return err != nil || re.MatchString(text)
}

// patternParts is about how many parts a pattern has once its repetitions are
// written out.
func patternParts(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, s := range re.Sub {
		n += patternParts(s)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}
