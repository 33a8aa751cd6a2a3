package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Read turns a tree of values into a document of a kind. It never fails: what
// is wrong becomes a Fault with the range of the token, and a document that
// AWS would not store is Invalid. A string is read as JSON text,
// percent-encoded or not (IAM API Reference: policy documents are
// URL-encoded). A value that could not be read gives an Unknown document, no
// value gives nil.
func Read(v *source.Value, kind DocumentKind) *Document {
	if v == nil || v.Kind == source.Null {
		return nil
	}
	r := &reader{doc: &Document{Kind: kind, Range: v.Range}}
	switch v.Kind {
	case source.Object:
		r.document(v)
	case source.Str:
		r.text(v)
	case source.Unread:
		r.unknown(v.Scalar)
	default:
		r.fatal(v.Range, "a policy document is an object")
	}
	r.doc.prepare()
	return r.doc
}

// ReadStrict reads as Read does, for what is to be judged as AWS would judge
// it: a document with a Void fault is Invalid. Read lets such a document stay
// in force, so that a grant in configuration is not overlooked.
func ReadStrict(v *source.Value, kind DocumentKind) *Document {
	d := Read(v, kind)
	if d != nil && slices.ContainsFunc(d.Faults, func(f Fault) bool { return f.Void }) {
		d.Invalid = true
	}
	return d
}

// A reader reads one document.
type reader struct{ doc *Document }

// add records a fault; one without a place, as of a document that is empty,
// stands at the document.
func (r *reader) add(f Fault, format string, args []any) {
	if f.Range.IsZero() {
		f.Range = r.doc.Range
	}
	f.Message = fmt.Sprintf(format, args...)
	r.doc.Faults = append(r.doc.Faults, f)
}

// fault records what has no effect, or not the one that is meant.
func (r *reader) fault(rng source.Range, format string, args ...any) {
	r.add(Fault{Range: rng}, format, args)
}

// fatal records what AWS would refuse the document for, and what leaves its
// meaning open: the document counts for nothing.
func (r *reader) fatal(rng source.Range, format string, args ...any) {
	r.add(Fault{Range: rng, Fatal: true, Void: true}, format, args)
	r.doc.Invalid = true
}

// refused records what AWS would refuse the document for, but what is clear
// enough that a scan takes the document as written, so that a grant in an old
// or unfinished one is not overlooked.
func (r *reader) refused(rng source.Range, format string, args ...any) {
	r.add(Fault{Range: rng, Fatal: true, Void: true}, format, args)
}

// tolerated records what AWS would refuse too, but what has a meaning of its
// own all the same: nobody, everyone, a test that is not known.
func (r *reader) tolerated(rng source.Range, format string, args ...any) {
	r.add(Fault{Range: rng, Fatal: true}, format, args)
}

func (r *reader) unknown(s source.String) { r.doc.Unknown, r.doc.Reason = true, s.Show() }

// text reads a document inside a string. Where holes stand for more than a
// value nothing can be told of it.
func (r *reader) text(v *source.Value) {
	t, err := source.PercentDecode(source.JSONText(v.Scalar))
	if err != nil {
		r.fatal(v.Range, "%v", err)
		return
	}
	tree, diags := source.ReadJSON(source.QuoteHoles(t))
	switch {
	case len(diags) > 0 && !v.Scalar.Known:
		r.unknown(v.Scalar)
	case len(diags) > 0:
		r.fatal(diags[0].Range, "%s", diags[0].Message)
	case tree.Kind != source.Object:
		r.fatal(v.Range, "a policy document is an object")
	default:
		r.document(tree)
	}
}

func (r *reader) document(v *source.Value) {
	r.repeated(v)
	var unread []*source.Value
	var nameless []source.String
	for _, m := range v.Members {
		switch r.elementName(m.Name, "Version", "Id", "Statement") {
		case "Version":
			r.version(m.Value)
		case "Id":
			r.doc.ID = m.Value.Text()
			if r.ofIAM() {
				r.fault(m.Name.Range, "an Id belongs in resource policies only")
			}
		case "Statement":
		default:
			if m.Name.Known {
				r.refused(m.Name.Range, "unknown element %q", source.Show(m.Name.Value))
			} else {
				unread, nameless = append(unread, supposed(m)...), append(nameless, m.Name)
			}
		}
	}
	list := append(r.statements(v), unread...)
	switch {
	case len(list) > 0:
	case len(nameless) > 0:
		r.unknown(nameless[0])
		return
	default:
		r.fatal(v.Range, "the document has no Statement")
		return
	}
	for i, s := range list {
		r.statement(s, i)
	}
	r.finish(v)
}

// supposed are the statements that a member of an unknown name may hold. What
// can be no statement is that of another element.
func supposed(m source.Member) []*source.Value {
	var out []*source.Value
	for _, s := range m.Value.Elements() {
		if s.Kind == source.Object || isUnread(s) {
			out = append(out, s)
		}
	}
	return out
}

// statements are the elements of Statement, the last where it stands twice.
func (r *reader) statements(v *source.Value) []*source.Value {
	for i := len(v.Members) - 1; i >= 0; i-- {
		if strings.EqualFold(v.Members[i].Name.Value, "Statement") {
			return slices.Clip(v.Members[i].Value.Elements())
		}
	}
	return nil
}

// elementName is the name of an element in its documented spelling. Old
// documents hold names of another case, which IAM no longer takes.
func (r *reader) elementName(name source.String, known ...string) string {
	for _, k := range known {
		if name.Value == k {
			return k
		}
	}
	for _, k := range known {
		if strings.EqualFold(name.Value, k) {
			r.refused(name.Range, "the element %q is written %s", name.Value, k)
			return k
		}
	}
	return name.Value
}

// ofIAM reports whether the document is one that IAM itself stores.
func (r *reader) ofIAM() bool {
	switch r.doc.Kind {
	case IdentityDocument, BoundaryDocument, SessionDocument:
		return true
	}
	return false
}

func (r *reader) repeated(v *source.Value) {
	for _, m := range v.Repeated() {
		if !m.Name.Known {
			continue
		}
		r.fatal(m.Name.Range, "the name %q stands twice in one object", source.Show(m.Name.Value))
	}
}

func (r *reader) version(v *source.Value) {
	r.doc.Version = v.Text()
	s := r.doc.Version
	if !v.IsScalar() && v.Kind != source.Unread || s.Known && s.Value != "2012-10-17" && s.Value != "2008-10-17" {
		r.fatal(v.Range, "the Version is 2012-10-17 or 2008-10-17, not %q", s.Value)
	}
}

// literalVariables reports whether ${...} is text in the document.
func (r *reader) literalVariables() bool {
	return r.doc.Version.IsZero() || r.doc.Version.Is("2008-10-17")
}

func (r *reader) statement(v *source.Value, index int) {
	st := &Statement{Index: index, Range: v.Range, Within: v.Within, Maybe: v.Maybe, LiteralVariables: r.literalVariables()}
	switch {
	case v.Kind == source.Object:
	case isUnread(v):
		r.doc.Statements = append(r.doc.Statements, unreadStatement(st, v, r.doc.Kind))
		return
	default:
		r.fatal(v.Range, "a statement is an object")
		return
	}
	r.repeated(v)
	for _, m := range v.Members {
		r.element(st, m)
	}
	r.suppose(st, v)
	r.require(st, v)
	r.doc.Statements = append(r.doc.Statements, certain(st, v)...)
}

// suppose takes a member of an unknown name for each element that the
// statement must have and has not: it may be that one.
func (r *reader) suppose(st *Statement, v *source.Value) {
	i := slices.IndexFunc(v.Members, func(m source.Member) bool { return !m.Name.Known && m.Value.Kind != source.Null })
	if i < 0 {
		return
	}
	name := v.Members[i].Name
	rng := name.Range.Join(v.Members[i].Value.Range)
	if st.EffectRange.IsZero() {
		st.EffectRange = rng
	}
	if st.ActionRange.IsZero() {
		st.ActionRange, st.Actions = rng, []source.String{name}
	}
	if !st.HasResource && r.doc.Kind.wantsResource() {
		st.HasResource, st.ResourceRange, st.Resources = true, rng, []source.String{name}
	}
	if !st.HasPrincipal && r.doc.Kind.wantsPrincipal() {
		st.HasPrincipal, st.PrincipalRange, st.Principals = true, rng, []Principal{{AWSPrincipal, name}}
	}
}

// isUnread reports whether a value may be of any kind: nothing of it is known,
// or only the place of a text that an input brings.
func isUnread(v *source.Value) bool {
	return v.Kind == source.Unread || v.Kind == source.Str && !v.Scalar.Known
}

// unreadStatement stands for a statement of which nothing is known. Like an
// unknown document, it may allow and is taken to hold no Deny.
func unreadStatement(st *Statement, v *source.Value, kind DocumentKind) *Statement {
	st.Effect, st.Maybe, st.Unread = Allow, true, true
	st.Actions = []source.String{v.Scalar}
	if kind != TrustDocument {
		st.HasResource, st.Resources = true, []source.String{v.Scalar}
	}
	if kind.wantsPrincipal() {
		st.HasPrincipal, st.Principals = true, []Principal{{AWSPrincipal, v.Scalar}}
	}
	return st
}

// element reads one element of a statement.
func (r *reader) element(st *Statement, m source.Member) {
	if m.Value.Kind == source.Null {
		return
	}
	rng := m.Name.Range.Join(m.Value.Range)
	name := r.elementName(m.Name, "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")
	switch name {
	case "Sid":
		st.Sid = m.Value.Text()
		r.sid(st)
	case "Effect":
		r.effect(st, m.Value, rng)
	case "Action", "NotAction":
		if !st.ActionRange.IsZero() {
			r.fatal(m.Name.Range, "a statement has Action or NotAction, not both")
		}
		st.ActionRange, st.NotAction = rng, name == "NotAction"
		st.Actions = r.strings(m.Value, "an action")
	case "Resource", "NotResource":
		if st.HasResource {
			r.fatal(m.Name.Range, "a statement has Resource or NotResource, not both")
		}
		st.HasResource, st.ResourceRange, st.NotResource = true, rng, name == "NotResource"
		st.Resources = r.strings(m.Value, "a resource")
	case "Principal", "NotPrincipal":
		if st.HasPrincipal {
			r.fatal(m.Name.Range, "a statement has Principal or NotPrincipal, not both")
		}
		st.HasPrincipal, st.PrincipalRange, st.NotPrincipal = true, rng, name == "NotPrincipal"
		st.Principals = r.principals(m.Value)
	case "Condition":
		st.ConditionRange = rng
		st.Conditions = r.conditions(st, m.Value)
	default:
		// What is unread or mistyped may be meant to narrow the statement.
		st.Maybe = true
		if !m.Name.Known {
			return
		}
		r.refused(m.Name.Range, "unknown element %q in a statement", source.Show(m.Name.Value))
	}
}

func (r *reader) effect(st *Statement, v *source.Value, rng source.Range) {
	st.EffectRange = rng
	switch s := v.Text(); {
	case s.Is("Allow"):
		st.Effect = Allow
	case s.Is("Deny"):
		st.Effect = Deny
	case s.IsZero() || s.Known:
		r.fatal(v.Range, "the Effect is Allow or Deny, not %q", s.Value)
	}
}

// strings reads one string or a list of them; what cannot be read stays as a
// hole.
func (r *reader) strings(v *source.Value, what string) []source.String {
	var out []source.String
	for _, e := range v.Elements() {
		switch e.Kind {
		case source.Str, source.Unread:
			out = append(out, e.Text())
		case source.Null:
		default:
			r.fatal(e.Range, "%s is a string", what)
		}
	}
	return out
}

// values reads condition values, which may be numbers and booleans too.
func (r *reader) values(v *source.Value) []source.String {
	var out []source.String
	for _, e := range v.Elements() {
		switch {
		case e.IsScalar() || e.Kind == source.Unread:
			out = append(out, e.Text())
		case e.Kind != source.Null:
			r.fatal(e.Range, "a condition value is a string, a number or a boolean")
		}
	}
	return out
}

func principalKind(name string) (PrincipalKind, bool) {
	switch name {
	case "AWS":
		return AWSPrincipal, true
	case "Service":
		return ServicePrincipal, true
	case "Federated":
		return FederatedPrincipal, true
	case "CanonicalUser":
		return CanonicalUserPrincipal, true
	}
	return UnknownPrincipal, false
}

func (r *reader) principals(v *source.Value) []Principal {
	if s := v.Text(); !s.IsZero() {
		switch {
		case s.Is("*"):
			return []Principal{{AnyPrincipal, s}}
		case s.Known:
			r.fatal(v.Range, "a Principal is * or an object, not %q", s.Value)
		}
		return []Principal{{AWSPrincipal, s}}
	}
	if v.Kind != source.Object {
		r.fatal(v.Range, "a Principal is * or an object")
		return nil
	}
	r.repeated(v)
	var out []Principal
	for _, m := range v.Members {
		kind, ok := principalKind(r.elementName(m.Name, "AWS", "Service", "Federated", "CanonicalUser"))
		if !ok && m.Name.Known {
			r.fatal(m.Name.Range, "unknown kind of principal %q", m.Name.Value)
		}
		for _, s := range r.strings(m.Value, "a principal") {
			out = append(out, r.principal(kind, s))
		}
	}
	return out
}

func (r *reader) principal(kind PrincipalKind, s source.String) Principal {
	if kind != AWSPrincipal {
		return Principal{kind, s}
	}
	a, ok := ParseARN(s.Value)
	switch {
	case s.Is("*"):
		kind = AnyPrincipal
	case s.Known && hasWildcard(s.Value):
		r.tolerated(s.Range, "the principal %q holds a wildcard: it names nobody", s.Value)
	case ok && strings.HasPrefix(a.Resource, "group/"):
		r.tolerated(s.Range, "a group is no principal: %q names nobody", s.Show())
	}
	return Principal{kind, s}
}

// conditions reads a Condition block. A part that could not be read is a test
// of unknown operator and key, and leaves the statement in doubt.
func (r *reader) conditions(st *Statement, v *source.Value) []Condition {
	switch {
	case v.Kind == source.Object:
	case isUnread(v):
		return unreadCondition(st, v.Scalar, v.Range)
	default:
		r.fatal(v.Range, "a Condition is an object")
		return nil
	}
	r.repeated(v)
	var out []Condition
	for _, op := range v.Members {
		if _, ok := ParseOperator(op.Name.Value); !ok && op.Name.Known {
			r.tolerated(op.Name.Range, "unknown condition operator %q", op.Name.Value)
		}
		out = append(out, r.keys(st, op)...)
	}
	return out
}

// malformed reports values that the operator cannot compare.
func (r *reader) malformed(name source.String, values []source.String) {
	op, ok := ParseOperator(name.Value)
	if !ok {
		return
	}
	for _, s := range values {
		if s.Known && op.malformed(s.Value) {
			r.tolerated(s.Range, "%q is no value for %s", s.Value, name.Value)
		}
	}
}

func unreadCondition(st *Statement, s source.String, rng source.Range) []Condition {
	st.Maybe = true
	return []Condition{{Operator: s, Key: s, Values: []source.String{s}, Range: rng}}
}

// keys reads the keys and values under one operator.
func (r *reader) keys(st *Statement, op source.Member) []Condition {
	switch {
	case op.Value.Kind == source.Object:
	case op.Value.Kind == source.Null:
		return nil
	case isUnread(op.Value):
		return unreadCondition(st, op.Value.Scalar, op.Name.Range.Join(op.Value.Range))
	default:
		r.fatal(op.Value.Range, "under a condition operator stands an object of keys")
		return nil
	}
	var out []Condition
	for i, key := range op.Value.Members {
		for _, earlier := range op.Value.Members[:i] {
			if strings.EqualFold(earlier.Name.Value, key.Name.Value) {
				r.fatal(key.Name.Range, "the condition key %q stands twice under one operator", source.Show(key.Name.Value))
				break
			}
		}
		values := r.values(key.Value)
		r.malformed(op.Name, values)
		out = append(out, Condition{
			Operator: op.Name, Key: key.Name, Values: values, Range: key.Name.Range.Join(key.Value.Range),
			EmptyList: key.Value.Kind == source.List && len(values) == 0,
		})
	}
	return out
}
