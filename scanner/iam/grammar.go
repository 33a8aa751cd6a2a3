package iam

import (
	"strings"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// require reports elements that the document's kind asks for or forbids
// ("Grammar of the IAM JSON policy language").
func (r *reader) require(st *Statement, v *source.Value) {
	if st.EffectRange.IsZero() {
		r.fatal(v.Range, "a statement has no Effect")
	}
	if st.ActionRange.IsZero() {
		r.fatal(v.Range, "a statement has no Action")
	}
	kind := r.doc.Kind
	if kind.wantsResource() && !st.HasResource {
		r.fatal(v.Range, "a statement has no Resource")
	}
	switch {
	case kind.wantsPrincipal() && !st.HasPrincipal:
		r.fatal(v.Range, "a statement of this kind of policy has no Principal")
	case !kind.wantsPrincipal() && st.HasPrincipal:
		r.fatal(st.PrincipalRange, "a Principal is not allowed in this kind of policy")
	}
	switch kind {
	case TrustDocument:
		r.trust(st)
	case ResourceControlDocument:
		r.resourceControl(st, v)
	}
	r.actions(st)
	r.resources(st)
	r.empty(st)
}

// wantsResource reports whether a statement must say what it is about.
func (k DocumentKind) wantsResource() bool { return k != TrustDocument && k != ResourceDocument }

// wantsPrincipal reports whether a statement must say whom it is for; in the
// other kinds it must not.
func (k DocumentKind) wantsPrincipal() bool {
	return k == TrustDocument || k == ResourceDocument || k == ResourceControlDocument
}

func (r *reader) trust(st *Statement) {
	if st.HasResource {
		r.refused(st.ResourceRange, "a trust policy has no Resource")
	}
	if st.NotPrincipal {
		r.tolerated(st.PrincipalRange, "a trust policy has no NotPrincipal")
	}
}

// resourceControl reports what a resource control policy may not hold ("RCP
// syntax"). RCPFullAWSAccess, which AWS attaches itself, is let pass.
func (r *reader) resourceControl(st *Statement, v *source.Value) {
	if r.doc.Version.IsZero() || r.doc.Version.Known && !r.doc.Version.Is("2012-10-17") {
		r.fatal(v.Range, "a resource control policy has Version 2012-10-17")
	}
	everything := len(st.Actions) == 1 && st.Actions[0].Is("*")
	if st.Effect == Allow && everything && !st.NotAction && len(st.Conditions) == 0 {
		return
	}
	switch {
	case st.Effect == Allow:
		r.fatal(st.EffectRange, "a resource control policy holds Deny only")
	case st.NotAction:
		r.fatal(st.ActionRange, "a resource control policy has no NotAction")
	case st.NotPrincipal:
		r.fatal(st.PrincipalRange, "a resource control policy has no NotPrincipal")
	}
	for _, p := range st.Principals {
		if p.Kind != AnyPrincipal && p.Value.Known {
			r.fatal(p.Value.Range, "the Principal of a resource control policy is *")
		}
	}
	for _, a := range st.Actions {
		if a.Is("*") && st.Effect == Deny {
			r.fatal(a.Range, "a resource control policy names a service in each action")
		}
	}
}

func (r *reader) sid(st *Statement) {
	s := st.Sid
	if !s.Known || !r.ofIAM() && r.doc.Kind != TrustDocument {
		return
	}
	for i := range len(s.Value) {
		c := lower(s.Value[i])
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			r.refused(s.Range, "the Sid %q holds other characters than letters and digits", s.Value)
			return
		}
	}
}

// actions reports patterns that AWS refuses or that match nothing.
func (r *reader) actions(st *Statement) {
	for _, a := range st.Actions {
		if !a.Known || allStars(a.Value) {
			continue
		}
		_, name, ok := strings.Cut(a.Value, ":")
		switch {
		case !ok:
			r.refused(a.Range, "the action %q has no service prefix", a.Value)
		case wildPrefix(a.Value):
			r.tolerated(a.Range, "the service prefix of %q holds a wildcard", a.Value)
		case name == "" || strings.ContainsAny(a.Value, ", "):
			r.fault(a.Range, "the action %q matches nothing", a.Value)
		}
	}
}

// resources reports patterns that AWS refuses, that match nothing, or that
// match by a wildcard where it is easily missed.
func (r *reader) resources(st *Statement) {
	for _, s := range st.Resources {
		if !s.Known || allStars(s.Value) {
			continue
		}
		r.resource(st, s)
	}
}

func (r *reader) resource(st *Statement, s source.String) {
	var f [6]string
	n := cutARN(s.Value, &f)
	variable := strings.Contains(s.Value, "${")
	switch {
	case n == 1 && variable && !st.LiteralVariables:
		r.fault(s.Range, "the resource %q matches nothing: a variable stands before the fifth colon", s.Value)
	case !glob(f[0], "arn", false) && (r.ofIAM() || n == 1 && r.doc.Kind == ServiceControlDocument):
		r.refused(s.Range, "the resource %q is no ARN", s.Value)
	case st.LiteralVariables && variable:
		r.fault(s.Range, "variables such as those in %q are plain text without Version 2012-10-17", s.Value)
	case strings.Contains(strings.Join(f[:5], ":"), "${"):
		r.fault(s.Range, "the resource %q matches nothing: a variable stands before the fifth colon", s.Value)
	case n < 6:
		r.shortARN(s)
	case hasWildcard(f[2]):
		r.fault(s.Range, "the service field of %q holds a wildcard", s.Value)
	case runsOn(f):
		r.fault(s.Range, "%q matches only by a * that runs past the colon", s.Value)
	case wildType(f):
		r.fault(s.Range, "the resource type of %q holds a wildcard", s.Value)
	}
}

// shortARN reports an ARN with fewer than six fields.
func (r *reader) shortARN(s source.String) {
	organisation := r.doc.Kind == ServiceControlDocument || r.doc.Kind == ResourceControlDocument
	switch {
	case strings.HasSuffix(s.Value, "*"):
		r.fault(s.Range, "the ARN %q is short: its last * stands for the fields that follow", s.Value)
	case organisation:
		r.fatal(s.Range, "the ARN %q is short of fields", s.Value)
	default:
		r.fault(s.Range, "the ARN %q is short of fields", s.Value)
	}
}

// runsOn reports whether an ARN pattern has a * at a field's end that must
// run past the colon for it to match: its account is none.
func runsOn(f [6]string) bool {
	account := f[4]
	if account == "" || account == "aws" || IsAccountID(account) || hasWildcard(account) || hasMark(account) {
		return false
	}
	for _, s := range f[1:4] {
		if strings.HasSuffix(s, "*") {
			return true
		}
	}
	return false
}

// wildType reports whether a wildcard stands within the resource type with
// text behind it, where AWS does not allow one.
func wildType(f [6]string) bool {
	i := strings.IndexAny(f[5], "*?")
	if i < 0 || hasNoType(f[2]) || i == len(f[5])-1 && f[5][i] == '*' {
		return false
	}
	return !strings.ContainsAny(f[5][:i], ":/") && strings.ContainsAny(f[5][i:], ":/")
}

// empty reports lists that make a statement apply to nothing (Access
// Analyzer policy checks: empty array).
func (r *reader) empty(st *Statement) {
	switch {
	case r.doc.Invalid:
	case !st.ActionRange.IsZero() && len(st.Actions) == 0:
		r.fault(st.ActionRange, "an empty list of actions applies to nothing")
	case st.HasResource && len(st.Resources) == 0:
		r.fault(st.ResourceRange, "an empty list of resources applies to nothing")
	case st.HasPrincipal && len(st.Principals) == 0:
		r.fault(st.PrincipalRange, "an empty list of principals names nobody")
	}
}

// finish reports what shows only in the whole document.
func (r *reader) finish(v *source.Value) {
	r.repeatedSids()
	if r.ofIAM() || r.doc.Kind == TrustDocument {
		r.characters(v)
	}
	r.size(v)
}

// repeatedSids reports a Sid that stands twice, which Access Analyzer calls
// an error in identity policies (policy checks: Unique Sids required).
func (r *reader) repeatedSids() {
	if !r.ofIAM() {
		return
	}
	seen := make(map[string]int, len(r.doc.Statements))
	for _, st := range r.doc.Statements {
		sid := st.Sid.Value
		if sid == "" || !st.Sid.Known {
			continue
		}
		if first, ok := seen[sid]; ok && first != st.Index {
			r.tolerated(st.Sid.Range, "the Sid %q stands twice", sid)
		}
		seen[sid] = st.Index
	}
}

// characters reports characters that IAM does not take.
func (r *reader) characters(v *source.Value) {
	for _, m := range v.Members {
		r.character(m.Name)
		r.characters(m.Value)
	}
	for _, i := range v.Items {
		r.characters(i)
	}
	if v.IsScalar() {
		r.character(v.Scalar)
	}
}

func (r *reader) character(s source.String) {
	if !s.Known {
		return
	}
	for _, c := range s.Value {
		if c > 0xFF || c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			r.refused(s.Range, "IAM does not take the character %U", c)
			return
		}
	}
}

// maxSize is how many characters a document of a kind may have at most,
// and whether white space counts ("IAM and AWS STS quotas"; "Quotas for AWS
// Organizations", 2025). Limits grow, so exceeding one is advice. Of an
// identity policy that of managed policies is taken: a role's inline policies
// may be larger, a user's and a group's not as large.
func maxSize(k DocumentKind) (limit int, blanks bool) {
	switch k {
	case IdentityDocument, BoundaryDocument:
		return 6144, false
	case SessionDocument:
		return 2048, false
	case TrustDocument:
		return 4096, false
	case ServiceControlDocument, ResourceControlDocument:
		return 5120, true
	}
	return 0, false
}

func (r *reader) size(v *source.Value) {
	limit, blanks := maxSize(r.doc.Kind)
	n := compactSize(v)
	if text := v.Range.Text(); blanks && strings.HasPrefix(text, "{") {
		n = utf8.RuneCountInString(text)
	}
	if limit > 0 && n > limit {
		r.fault(v.Range, "the document has %d characters; the quota is %d", n, limit)
	}
}

// compactSize is the number of characters of a value as JSON without white
// space, escapes counted as what they stand for and holes as nothing.
func compactSize(v *source.Value) int {
	n := 0
	switch v.Kind {
	case source.Object:
		n = 2 + max(0, len(v.Members)-1)
		for _, m := range v.Members {
			n += textSize(m.Name.Value) + 3 + compactSize(m.Value)
		}
	case source.List:
		n = 2 + max(0, len(v.Items)-1)
		for _, i := range v.Items {
			n += compactSize(i)
		}
	case source.Str:
		n = textSize(v.Scalar.Value) + 2
	case source.Bool, source.Number, source.Null:
		n = len(v.Scalar.Value)
	}
	return n
}

// textSize leaves white space out, as IAM does.
func textSize(s string) int {
	n := 0
	for _, c := range source.ReplaceMarks(s, func(source.HoleKind, string) string { return "" }) {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			n++
		}
	}
	return n
}
