package iam

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A binding is what the text of a statement is read with: the kind of
// document, whether it knows variables, and what fills them.
type binding struct {
	kind DocumentKind
	// literal says that ${...} is text, as in documents of 2008.
	literal bool
	values  *evaluation
	self    string
	// set says that the request asks about a set of resources.
	set bool
}

// ResourceMatches reports whether the pattern of a Resource matches a query:
// an ARN, "*" for an action without resource types, or an ARN with wildcards
// that asks for all such resources: then Yes means all of them, No none.
// Fields compare one by one; a * at the end of a field runs past the colon;
// missing fields count as *, as in identity policies; a variable is text
// that is not known, and before the fifth colon matches nothing
// ("IAM JSON policy elements: Resource").
func ResourceMatches(pattern, query string) Verdict {
	var b binding
	return b.resource(pattern, query)
}

func (b *binding) resource(pattern, query string) Verdict {
	switch {
	case allStars(pattern):
		return Yes
	case query == "*":
		return b.everything(pattern)
	case pattern == query && hasMark(pattern) && !strings.Contains(pattern, "${"):
		return Yes
	case b.plain(pattern) && !isQuery(query) && !isShort(pattern):
		return verdict(globARN(pattern, query))
	}
	var pb, qb [96]token
	asked := *b
	asked.set = isQuery(query)
	p, ok := asked.pattern(pb[:0], pattern)
	if !ok {
		return No
	}
	q := queryTokens(qb[:0], query, b.self)
	v := compare(p, q)
	if v != Yes && isShort(pattern) && strings.Contains(pattern, "*:") {
		// The star may stand for the missing fields itself.
		v = max(v, compare(unpadded(p), q))
	}
	return v
}

// unpadded are the tokens of a short pattern as written, without what stands
// for the missing fields.
func unpadded(p []token) []token {
	n := len(p) - 2
	if n < 0 || p[n].char != ':' || p[n+1].kind != many {
		return p
	}
	return p[:n]
}

// everything reports whether a pattern is * and nothing else.
func (b *binding) everything(pattern string) Verdict {
	if !hasMark(pattern) {
		return No
	}
	rest := source.ReplaceMarks(pattern, func(kind source.HoleKind, _ string) string {
		if kind == source.HoleFree {
			return ""
		}
		return "x"
	})
	if strings.Trim(rest, "*") == "" {
		return Maybe
	}
	return No
}

// plain reports whether a pattern holds neither holes nor variables.
func (b *binding) plain(s string) bool {
	return !hasMark(s) && (b.literal || !strings.Contains(s, "${"))
}

// isShort reports whether an ARN pattern has fewer than six fields and does
// not end in *.
func isShort(s string) bool {
	return s != "" && s[len(s)-1] != '*' && strings.Count(s, ":") < 5
}

// isQuery reports whether a request's resource asks for more than one
// resource, or holds what is not known.
func isQuery(s string) bool {
	if isLogGroup(s) {
		s = s[:len(s)-1]
	}
	return hasWildcard(s) || hasMark(s)
}

// isLogGroup reports whether s is the ARN of a log group as log-group
// actions carry it, whose last * is a letter (CloudWatch Logs API Reference:
// LogGroup, arn and logGroupArn).
func isLogGroup(s string) bool {
	if n := len(s); n < 2 || s[n-1] != '*' || s[n-2] != ':' {
		return false
	}
	var f [6]string
	if cutARN(s, &f) < 6 || f[2] != "logs" {
		return false
	}
	name, ok := strings.CutPrefix(strings.TrimSuffix(f[5], ":*"), "log-group:")
	return ok && name != "" && nextColon(name) < 0
}

// pattern adds the tokens of a resource pattern. It is false when the
// pattern matches nothing.
func (b *binding) pattern(out []token, s string) ([]token, bool) {
	var f [6]string
	n := cutARN(s, &f)
	l := lexer{wild: true, variables: !b.literal, values: b.values, self: b.self}
	adrift := false
	for i := range n {
		if i > 0 {
			out = append(out, token{char: ':'})
		}
		start := len(out)
		l.fold = i >= 1 && i <= 4
		if i < 5 && !adrift && !b.literal && leadsWithVariable(f[i]) {
			return out, false
		}
		var ok bool
		if out, ok = l.text(out, f[i]); !ok {
			return out, false
		}
		// Behind a hole that may hold colons it is not known which
		// field one stands in.
		adrift = adrift || hasFreeHole(out[start:])
		switch {
		case i == 5 || adrift:
		case b.set && n == 6 && !runsOn(f):
			// Among all resources some have names that only a star
			// that runs on would reach: nobody asks for these.
			bound(out[start:])
		default:
			narrow(out[start:])
		}
	}
	switch {
	case n == 6 || strings.HasSuffix(s, "*"):
		return out, true
	case adrift:
		return append(out, token{kind: hole}), true
	}
	return b.short(out, s)
}

// leadsWithVariable reports whether a field holds a variable with no hole
// before it.
func leadsWithVariable(field string) bool {
	i := strings.Index(field, "${")
	return i >= 0 && !hasMark(field[:i])
}

// hasFreeHole reports whether a hole may hold any text, colons included.
func hasFreeHole(ts []token) bool {
	for _, t := range ts {
		if t.kind == hole && t.class == anyChar {
			return true
		}
	}
	return false
}

// narrow keeps the wildcards of a field within it, except a * at its end.
func narrow(field []token) {
	for i := range field {
		wild := field[i].kind == one || field[i].kind == many && i < len(field)-1
		if wild {
			field[i].class = noColon
		}
	}
}

// short completes an ARN pattern of fewer than six fields: in identity
// policies the missing fields are *, in resource policies only where the
// pattern has a wildcard; service control policies refuse it.
func (b *binding) short(out []token, s string) ([]token, bool) {
	switch b.kind {
	case ResourceDocument, TrustDocument:
		if !hasWildcard(s) && !hasMark(s) {
			return out, true
		}
	case ServiceControlDocument, ResourceControlDocument:
		return out, true
	}
	return append(out, token{char: ':'}, token{kind: many}), true
}

// queryTokens adds the tokens of a request's resource.
func queryTokens(out []token, s, self string) []token {
	var f [6]string
	n := cutARN(s, &f)
	literalStar := isLogGroup(s)
	l := lexer{wild: true, self: self}
	for i := range n {
		if i > 0 {
			out = append(out, token{char: ':'})
		}
		start := len(out)
		l.fold = i >= 1 && i <= 4
		out, _ = l.text(out, f[i])
		if i < 5 && i < n-1 {
			bound(out[start:])
		}
	}
	if literalStar {
		// The name of a log group holds no colon.
		bound(out)
		out[len(out)-1] = token{char: '*'}
	}
	return out
}

// bound keeps all wildcards of a query's field within it.
func bound(field []token) {
	for i := range field {
		if field[i].kind == one || field[i].kind == many {
			field[i].class = noColon
		}
	}
}

// ResourceCovers reports whether a resource pattern covers every resource of
// an ARN template with each ${Var} left open, such as
// arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*.
// A fixed partition or region is no scope, nor is the account the policy is
// deployed to (a hole of kind self).
func ResourceCovers(pattern, template string) Verdict {
	var b binding
	return b.resourceCovers(pattern, template, nil)
}

func (b *binding) resourceCovers(pattern, template string, own []string) Verdict {
	if allStars(pattern) {
		return Yes
	}
	if template == "*" {
		return b.everything(pattern)
	}
	if b.isOne(pattern) && strings.Contains(template, "${") {
		return No
	}
	var pb, qb [96]token
	q := templateTokens(qb[:0], template)
	wide := widen(pattern, template, own)
	p, ok := b.pattern(pb[:0], wide)
	switch {
	case !ok:
		return No
	case covers(p, q):
		return Yes
	case foreignAccount(pattern, own) == Maybe || hasOpenHole(p):
		wide, _ = openAccount(wide)
		p, _ = b.pattern(pb[:0], wide)
		if covers(openFree(p), q) {
			return Maybe
		}
	}
	return No
}

// isOne reports whether a pattern names resources of one length at most: it
// covers no type whose names are open.
func (b *binding) isOne(pattern string) bool {
	var f [6]string
	return cutARN(pattern, &f) == 6 && !strings.Contains(f[5], "*") && !strings.HasSuffix(f[3], "*") && !strings.HasSuffix(f[4], "*") && b.plain(pattern)
}

// widen replaces what is no scope by *: the partition, a region where the
// template has one, and the own account. A field that ends in * may run on,
// so that in a pattern of fewer than six fields those behind an open service
// are not told apart.
func widen(pattern, template string, own []string) string {
	var f, t [6]string
	n := cutARN(pattern, &f)
	if n < 2 || cutARN(template, &t) < 6 {
		return pattern
	}
	f[1] = "*"
	told := n == 6 || n > 2 && !strings.HasSuffix(f[2], "*")
	if told && t[3] != "" && f[3] != "" {
		f[3] = "*"
	}
	if told && t[4] != "" && isOwn(f[4], own) {
		f[4] = "*"
	}
	return strings.Join(f[:n], ":")
}

// isOwn reports whether an account field admits one of the own accounts.
func isOwn(field string, own []string) bool {
	switch {
	case field == "":
		return false
	case isSelf(field), strings.Trim(field, "?") == "" && len(field) == 12:
		return true
	case strings.Trim(field, "*?") == "":
		return strings.Contains(field, "*") && strings.Count(field, "?") <= 12
	}
	return slices.ContainsFunc(own, func(id string) bool { return glob(field, id, false) })
}

// foreignAccount is Maybe when a pattern names an account of which it is not
// known whether it is the own one.
func foreignAccount(pattern string, own []string) Verdict {
	var f [6]string
	if cutARN(pattern, &f) < 6 || len(own) > 0 {
		return No
	}
	if IsAccountID(f[4]) {
		return Maybe
	}
	return No
}

func openAccount(pattern string) (string, bool) {
	var f [6]string
	if cutARN(pattern, &f) < 6 {
		return pattern, false
	}
	if IsAccountID(f[4]) || hasMark(f[4]) {
		f[4] = "*"
	}
	return strings.Join(f[:], ":"), true
}

// hasOpenHole reports whether a hole could be filled with a wildcard. The
// name of a resource cannot.
func hasOpenHole(p []token) bool {
	for _, t := range p {
		if t.kind == hole && t.class != noColon {
			return true
		}
	}
	return false
}

func openFree(p []token) []token {
	for i := range p {
		if p[i].kind == hole && p[i].class != noColon {
			p[i] = token{kind: many, class: p[i].class}
		}
	}
	return p
}

// templateTokens adds the tokens of an ARN template: a variable is one
// character or more.
func templateTokens(out []token, s string) []token {
	var f [6]string
	n := cutARN(s, &f)
	for i := range n {
		if i > 0 {
			out = append(out, token{char: ':'})
		}
		out = templateField(out, f[i], i >= 1 && i <= 4)
	}
	return out
}

func templateField(out []token, s string, fold bool) []token {
	for i := 0; i < len(s); {
		if n := skipped(s[i:]); s[i] == '$' && n > 0 {
			out = append(out, token{kind: one, class: noColon}, token{kind: many, class: noColon})
			i += n + 1
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		out = append(out, token{char: r, fold: fold})
		i += n
	}
	return out
}

// isDoubtful reports whether a match of a pattern with a resource rests on a
// wildcard in the service field or within the resource type, where AWS does
// not allow one ("Amazon Resource Names (ARNs)": wildcards). A * that stands
// for the whole sixth field, or behind a whole type, is none such.
func isDoubtful(pattern, resource string) bool {
	if allStars(pattern) {
		return false
	}
	var p, r [6]string
	n := cutARN(pattern, &p)
	if n >= 3 && hasWildcard(p[2]) {
		return true
	}
	if n < 6 || cutARN(resource, &r) < 6 || hasNoType(r[2]) || allStars(p[5]) {
		return false
	}
	i := strings.IndexAny(p[5], "*?")
	if i < 0 {
		return false
	}
	end := strings.IndexAny(r[5], ":/")
	if end < 0 {
		end = len(r[5])
	}
	return i < end && !strings.ContainsAny(p[5][:i], ":/")
}

// hasNoType reports whether the ARNs of a service hold no resource type.
func hasNoType(service string) bool {
	switch strings.ToLower(service) {
	case "s3", "sns", "sqs", "apigateway", "execute-api":
		return true
	}
	return false
}
