package iam

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Read turns a tree of values into a document of a kind. What is wrong with
// it becomes a Fault; a string is read as JSON. Nil gives nil.
func Read(v *source.Value, kind DocumentKind) *Document {
	if v == nil {
		return nil
	}
	r := &reader{doc: &Document{Kind: kind, Range: v.Range}}
	switch v.Kind {
	case source.Object:
		r.document(v)
	case source.Str:
		r.text(v)
	case source.Unread:
		r.doc.Unknown, r.doc.Reason = true, v.Scalar.Show()
	default:
		r.fatal(v.Range, "a policy document is an object")
	}
	return r.doc
}

// A reader reads one document.
type reader struct{ doc *Document }

func (r *reader) fault(rng source.Range, format string, args ...any) {
	r.doc.Faults = append(r.doc.Faults, Fault{Range: rng, Message: fmt.Sprintf(format, args...)})
}

// fatal records what AWS would refuse the document for.
func (r *reader) fatal(rng source.Range, format string, args ...any) {
	r.doc.Faults = append(r.doc.Faults, Fault{Range: rng, Message: fmt.Sprintf(format, args...), Fatal: true})
	r.doc.Invalid = true
}

// text reads a document inside a string.
func (r *reader) text(v *source.Value) {
	if !v.Scalar.Known && !strings.HasPrefix(strings.TrimSpace(v.Scalar.Value), "{") {
		r.doc.Unknown, r.doc.Reason = true, v.Scalar.Show()
		return
	}
	t, err := source.PercentDecode(source.JSONText(v.Scalar))
	if err != nil {
		r.fatal(v.Range, "%v", err)
		return
	}
	tree, diags := source.ReadJSON(t)
	if len(diags) > 0 {
		r.fatal(diags[0].Range, "%s", diags[0].Message)
		return
	}
	if tree.Kind != source.Object {
		r.fatal(v.Range, "a policy document is an object")
		return
	}
	r.document(tree)
}

func (r *reader) document(v *source.Value) {
	r.repeated(v)
	for _, m := range v.Members {
		switch m.Name.Value {
		case "Version":
			r.version(m.Value)
		case "Id":
			r.doc.ID = m.Value.Text()
		case "Statement":
		default:
			r.fatal(m.Name.Range, "unknown element %q", source.Show(m.Name.Value))
		}
	}
	list := v.Get("Statement")
	if list == nil {
		r.fatal(v.Range, "the document has no Statement")
		return
	}
	sids := map[string]bool{}
	for i, s := range list.Elements() {
		st := r.statement(s, i)
		if st == nil {
			continue
		}
		st.LiteralVariables = r.doc.Version.IsZero() || r.doc.Version.Is("2008-10-17")
		r.doc.Statements = append(r.doc.Statements, st)
		if sid := st.Sid.Value; sid != "" && st.Sid.Known {
			if sids[sid] && r.doc.Kind == IdentityDocument {
				r.fatal(st.Sid.Range, "the Sid %q stands twice", sid)
			}
			sids[sid] = true
		}
	}
}

func (r *reader) repeated(v *source.Value) {
	for _, m := range v.Repeated() {
		r.fatal(m.Name.Range, "the name %q stands twice in one object", source.Show(m.Name.Value))
	}
}

func (r *reader) version(v *source.Value) {
	r.doc.Version = v.Text()
	if s := r.doc.Version; s.Known && s.Value != "2012-10-17" && s.Value != "2008-10-17" {
		r.fatal(v.Range, "the Version is 2012-10-17 or 2008-10-17, not %q", s.Value)
	}
}

func (r *reader) statement(v *source.Value, index int) *Statement {
	st := &Statement{Index: index, Range: v.Range, Maybe: v.Maybe}
	switch v.Kind {
	case source.Object:
	case source.Unread:
		r.doc.Faults = append(r.doc.Faults, Fault{Range: v.Range, Message: "the statement could not be read: " + v.Scalar.Show()})
		return nil
	default:
		r.fatal(v.Range, "a statement is an object")
		return nil
	}
	r.repeated(v)
	for _, m := range v.Members {
		r.element(st, m)
	}
	r.require(st, v)
	return st
}

// element reads one element of a statement.
func (r *reader) element(st *Statement, m source.Member) {
	rng := m.Name.Range.Join(m.Value.Range)
	switch m.Name.Value {
	case "Sid":
		st.Sid = m.Value.Text()
	case "Effect":
		r.effect(st, m.Value, rng)
	case "Action", "NotAction":
		if !st.ActionRange.IsZero() {
			r.fatal(m.Name.Range, "a statement has Action or NotAction, not both")
		}
		st.ActionRange, st.NotAction = rng, m.Name.Value == "NotAction"
		st.Actions = r.strings(m.Value)
		r.actions(st)
	case "Resource", "NotResource":
		if st.HasResource {
			r.fatal(m.Name.Range, "a statement has Resource or NotResource, not both")
		}
		st.HasResource, st.ResourceRange, st.NotResource = true, rng, m.Name.Value == "NotResource"
		st.Resources = r.strings(m.Value)
	case "Principal", "NotPrincipal":
		st.HasPrincipal, st.PrincipalRange, st.NotPrincipal = true, rng, m.Name.Value == "NotPrincipal"
		st.Principals = r.principals(m.Value)
	case "Condition":
		st.ConditionRange = rng
		st.Conditions = r.conditions(m.Value)
	default:
		r.fatal(m.Name.Range, "unknown element %q in a statement", source.Show(m.Name.Value))
	}
}

func (r *reader) effect(st *Statement, v *source.Value, rng source.Range) {
	st.EffectRange = rng
	switch s := v.Text(); {
	case s.Is("Allow"):
		st.Effect = Allow
	case s.Is("Deny"):
		st.Effect = Deny
	case s.Known:
		r.fatal(v.Range, "the Effect is Allow or Deny, not %q", s.Value)
	}
}

// strings reads one string or a list of them; what cannot be read stays as a
// hole.
func (r *reader) strings(v *source.Value) []source.String {
	var out []source.String
	for _, e := range v.Elements() {
		switch {
		case e.IsScalar(), e.Kind == source.Unread:
			out = append(out, e.Text())
		case e.Kind == source.Null:
		case e.Kind == source.List:
			out = append(out, r.strings(e)...)
			r.fatal(e.Range, "a list inside a list")
		default:
			r.fatal(e.Range, "expected a string")
		}
	}
	return out
}

// actions reports patterns that AWS refuses or that match nothing.
func (r *reader) actions(st *Statement) {
	for _, a := range st.Actions {
		if !a.Known || a.Value == "*" {
			continue
		}
		service, name, ok := strings.Cut(a.Value, ":")
		switch {
		case !ok:
			r.fatal(a.Range, "the action %q has no service prefix", a.Value)
		case strings.ContainsAny(service, "*?") && a.Value != "*:*":
			r.fault(a.Range, "the service prefix of %q holds a wildcard", a.Value)
		case name == "" || strings.ContainsAny(name, ", "):
			r.fault(a.Range, "the action %q matches nothing", a.Value)
		}
	}
}

var principalKinds = map[string]PrincipalKind{
	"AWS": AWSPrincipal, "Service": ServicePrincipal, "Federated": FederatedPrincipal, "CanonicalUser": CanonicalUserPrincipal,
}

func (r *reader) principals(v *source.Value) []Principal {
	if v.IsScalar() || v.Kind == source.Unread {
		s := v.Text()
		switch {
		case s.Is("*"):
			return []Principal{{AnyPrincipal, s}}
		case !s.Known:
			return []Principal{{AWSPrincipal, s}}
		}
		r.fatal(v.Range, "a Principal is * or an object, not %q", s.Value)
		return nil
	}
	if v.Kind != source.Object {
		r.fatal(v.Range, "a Principal is * or an object")
		return nil
	}
	r.repeated(v)
	var out []Principal
	for _, m := range v.Members {
		kind, ok := principalKinds[m.Name.Value]
		if !ok {
			kind = UnknownPrincipal
			r.fatal(m.Name.Range, "unknown kind of principal %q", source.Show(m.Name.Value))
		}
		for _, s := range r.strings(m.Value) {
			out = append(out, r.principal(kind, s))
		}
	}
	return out
}

func (r *reader) principal(kind PrincipalKind, s source.String) Principal {
	switch {
	case kind == AWSPrincipal && s.Is("*"):
		kind = AnyPrincipal
	case kind == AWSPrincipal && s.Known && strings.ContainsAny(s.Value, "*?"):
		r.fatal(s.Range, "the principal %q holds a wildcard: it names nobody", s.Value)
		kind = UnknownPrincipal
	}
	return Principal{kind, s}
}

func (r *reader) conditions(v *source.Value) []Condition {
	var out []Condition
	if v.Kind == source.Unread {
		return []Condition{{Operator: v.Scalar, Key: v.Scalar, Values: []source.String{v.Scalar}, Range: v.Range}}
	}
	if v.Kind != source.Object {
		if v.Kind != source.Null {
			r.fatal(v.Range, "a Condition is an object")
		}
		return nil
	}
	r.repeated(v)
	for _, op := range v.Members {
		if _, ok := ParseOperator(op.Name.Value); !ok && op.Name.Known {
			r.fatal(op.Name.Range, "unknown condition operator %q", op.Name.Value)
		}
		seen := map[string]bool{}
		for _, key := range op.Value.Members {
			if k := strings.ToLower(key.Name.Value); seen[k] {
				r.fatal(key.Name.Range, "the condition key %q stands twice under one operator", source.Show(key.Name.Value))
			} else {
				seen[k] = true
			}
			values := r.strings(key.Value)
			out = append(out, Condition{
				Operator: op.Name, Key: key.Name, Values: values, Range: key.Name.Range.Join(key.Value.Range),
				EmptyList: key.Value.Kind == source.List && len(values) == 0,
			})
		}
	}
	return out
}

// require reports elements that the document's kind asks for or forbids.
func (r *reader) require(st *Statement, v *source.Value) {
	if st.EffectRange.IsZero() {
		r.fatal(v.Range, "a statement has no Effect")
	}
	if st.ActionRange.IsZero() {
		r.fatal(v.Range, "a statement has no Action")
	}
	switch r.doc.Kind {
	case IdentityDocument, BoundaryDocument, SessionDocument, ServiceControlDocument:
		if !st.HasResource {
			r.fatal(v.Range, "a statement has no Resource")
		}
		if st.HasPrincipal {
			r.fatal(st.PrincipalRange, "a Principal is not allowed in this kind of policy")
		}
	case TrustDocument:
		if st.HasResource {
			r.fatal(st.ResourceRange, "a trust policy has no Resource")
		}
		if !st.HasPrincipal {
			r.fatal(v.Range, "a statement of a trust policy has no Principal")
		}
	case ResourceDocument:
		if !st.HasPrincipal {
			r.fatal(v.Range, "a statement of a resource policy has no Principal")
		}
	}
	if r.doc.Version.Value != "2012-10-17" && r.doc.Version.Known || r.doc.Version.IsZero() {
		r.variables(st)
	}
}

// variables reports variables in a document in which they are plain text.
func (r *reader) variables(st *Statement) {
	for _, s := range st.Resources {
		if s.Known && strings.Contains(s.Value, "${") {
			r.fault(s.Range, "variables such as those in %q are plain text without Version 2012-10-17", s.Value)
		}
	}
}
