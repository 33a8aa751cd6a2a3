package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// grantFinding is the finding about one statement, or about the attachment of
// an AWS managed policy.
func grantFinding(j *judged, v verdict) scanner.Finding {
	f := scanner.Finding{
		Confidence: v.confidence, Fix: v.fix, Advice: v.advice, Actions: worst(v.actions), Classes: classes(v.actions),
		Unit: unitOf(j),
	}
	j.place(&f, v)
	f.Subject = j.subject()
	f.Message = j.message(v, f.Actions)
	for _, c := range j.grant.Statement.Conditions {
		f.Remaining = append(f.Remaining, c.Operator.Show()+" "+c.Key.Show())
	}
	f.Related = j.related(v)
	return f
}

func unitOf(j *judged) *model.Unit {
	if j.grant.Managed != nil && len(j.holders) > 0 {
		return j.holders[0].Identity.Unit
	}
	return j.grant.Policy.Unit
}

// place sets the range, and who owns the fault.
func (j *judged) place(f *scanner.Finding, v verdict) {
	g := j.grant
	if g.Managed != nil {
		f.Range, f.Label = g.Attachment.Range, "attached here"
		f.Entity, f.Part = identityEntity(j.holders[0].Identity), g.Managed.Name
		return
	}
	f.Range = g.Statement.ActionRange
	if i := j.pass.Access.Patterns(g.Statement, v.actions); len(i) > 0 && !g.Statement.NotAction {
		f.Range = g.Statement.Actions[i[0]].Range
	}
	if f.Range.IsZero() {
		f.Range = g.Statement.Range
	}
	f.Label = "covers " + few(shortNames(f.Actions))
	owner := inlineOwner(g)
	f.Entity, f.Part = entity("policy", g.Policy.Entity), partOf(j.pass, owner, g)
	if owner != nil {
		f.Entity = identityEntity(owner)
	}
}

// partOf is the identity of a grant's statement; the name of its policy stands
// before it where another inline policy of the same owner has one alike.
func partOf(p *scanner.Pass, owner *model.Identity, g *access.Grant) string {
	id := p.Access.StatementID(g.Policy.Unit, g.Policy.Document, g.Statement)
	if owner == nil {
		return id
	}
	for _, other := range owner.Inline {
		if other == g.Policy || other.Document == nil {
			continue
		}
		alike := func(st *iam.Statement) bool { return p.Access.StatementID(other.Unit, other.Document, st) == id }
		if slices.ContainsFunc(other.Document.Statements, alike) {
			return g.Policy.Name.Value + " " + id
		}
	}
	return id
}

// inlineOwner is the identity that an inline policy is part of.
func inlineOwner(g *access.Grant) *model.Identity {
	if g.Policy.Kind != model.Inline {
		return nil
	}
	for _, h := range g.Holders {
		if h.Via == nil {
			return h.Identity
		}
	}
	return nil
}

func shortNames(actions []string) []string {
	out := make([]string, len(actions))
	for i, a := range actions {
		_, out[i], _ = strings.Cut(a, ":")
	}
	return out
}

// subject names who holds the grant: at most five and a count. An identity of
// which a stack has alternatives is named once.
func (j *judged) subject() string {
	var direct []string
	users := 0
	seen := map[stackIdentity]bool{}
	for _, h := range j.holders {
		if again(seen, h.Identity) {
			continue
		}
		if h.Via != nil && slices.ContainsFunc(j.holders, func(o *access.Holder) bool { return o.Identity == h.Via }) {
			users++
			continue
		}
		direct = append(direct, identityNamed(h.Identity))
	}
	if len(direct) == 0 {
		return named("policy", j.grant.Policy.Entity)
	}
	s := few(direct)
	if users > 0 {
		s += fmt.Sprintf(" (%d %s)", users, plural(users, "user"))
	}
	return s
}

// A stackIdentity is an identity whatever the alternatives of its stack that
// have it.
type stackIdentity struct {
	worlds  *model.Worlds
	kind    model.IdentityKind
	address string
}

// again notes an identity and reports whether another alternative of its stack
// had it before.
func again(seen map[stackIdentity]bool, id *model.Identity) bool {
	if id.Unit == nil || id.Unit.Worlds == nil {
		return false
	}
	key := stackIdentity{id.Unit.Worlds, id.Kind, id.Address}
	before := seen[key]
	seen[key] = true
	return before
}

// message is one sentence: by what, who, can do what, the worst actions, what
// remains and what casts doubt.
func (j *judged) message(v verdict, actions []string) string {
	var b strings.Builder
	g := j.grant
	switch {
	case !g.Attached() && g.Policy.Kind == model.Loose:
		fmt.Fprintf(&b, "the policy lets whoever holds it %s", v.what)
	case !g.Attached():
		fmt.Fprintf(&b, "%s lets whoever it is attached to %s", named("policy", g.Policy.Entity), v.what)
	case g.Managed != nil:
		fmt.Fprintf(&b, "AWS managed policy %q lets %s %s", g.Managed.Name, j.subject(), v.what)
	default:
		fmt.Fprintf(&b, "%s lets %s %s", named("policy", g.Policy.Entity), j.subject(), v.what)
	}
	fmt.Fprintf(&b, ": %s", few(actions))
	if j.everything || j.wide.Intersect(v.actions).Equal(v.actions) {
		b.WriteString(" on every resource" + leftOut(g.Statement))
	}
	if others := j.unscoped.Intersect(anyImpact3()).Minus(v.actions); !others.Empty() {
		fmt.Fprintf(&b, "; it grants %s as well", few(worst(others)))
	}
	if keys := conditionKeys(g); len(keys) > 0 {
		fmt.Fprintf(&b, "; the condition on %s remains", enumerate(keys))
	}
	for _, d := range j.clauses(v) {
		b.WriteString("; " + d)
	}
	return b.String()
}

// leftOut names what a NotResource leaves out.
func leftOut(st *iam.Statement) string {
	if !st.NotResource {
		return ""
	}
	var names []string
	for _, r := range st.Resources {
		names = append(names, r.Show())
	}
	return " but " + few(names)
}

func conditionKeys(g *access.Grant) []string {
	var keys []string
	for _, c := range g.Statement.Conditions {
		keys = append(keys, c.Key.Show())
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (j *judged) clauses(v verdict) []string {
	var out []string
	if v.why != "" {
		out = append(out, v.why)
	}
	for _, d := range slices.Concat(j.doubts(), j.exceptions()) {
		out = append(out, d.Clause)
	}
	if !j.grant.Attached() {
		out = append(out, "nothing in the scan attaches it")
	}
	return slices.Compact(out)
}

// related are the places that belong to a grant: attachment, the origin of
// what is at fault, module calls, Denies.
func (j *judged) related(v verdict) []scanner.Related {
	g := j.grant
	out := j.attachments()
	atFault := j.pass.Access.Patterns(g.Statement, v.actions)
	for i, a := range g.Statement.Actions {
		if g.Statement.NotAction || slices.Contains(atFault, i) {
			out = appendRelated(out, a.Origin, "the action comes from here")
		}
	}
	out = appendCalls(out, g.Policy.Module)
	out = appendWithin(out, g.Statement.Within)
	for _, h := range j.holders {
		if h.Attachment != nil {
			out = appendCalls(out, h.Attachment.Module)
		}
	}
	for _, d := range slices.Concat(j.doubts(), j.exceptions()) {
		out = appendRelated(out, d.Range, d.Clause)
	}
	return out
}

// attachments are the places that give a grant to those who hold it.
func (j *judged) attachments() []scanner.Related {
	const most = 5
	var out []scanner.Related
	g := j.grant
	for _, h := range j.holders {
		if h.Via != nil || len(out) >= most {
			continue
		}
		out = appendRelated(out, attachedAt(g, h), "attached to "+identityNamed(h.Identity)+" here")
		if h.Attachment != nil {
			out = appendRelated(out, h.Attachment.Policy.Value.Origin, "the ARN comes from here")
		}
	}
	if outside := !g.Policy.Block.Contains(g.Statement.Range); outside && g.Managed == nil {
		out = appendRelated(out, g.Policy.Range, named("policy", g.Policy.Entity)+" is declared here")
	}
	return out
}

// attachedAt is the place that gives a policy to a holder: the attachment, the
// resource of an inline policy that stands apart, else the identity.
func attachedAt(g *access.Grant, h *access.Holder) source.Range {
	apart := !g.Policy.Range.IsZero() && !h.Identity.Block.Contains(g.Policy.Range)
	switch {
	case g.Managed != nil:
		return h.Identity.Range
	case h.Attachment != nil:
		return h.Attachment.Range
	case apart && !h.Identity.Block.IsZero():
		return g.Policy.Range
	}
	return h.Identity.Range
}

// appendCalls adds the module calls that brought something about.
func appendCalls(list []scanner.Related, calls []model.Cause) []scanner.Related {
	for _, c := range calls {
		list = appendRelated(list, c.Range, c.Message)
	}
	return list
}

// appendRelated adds a place once.
func appendRelated(list []scanner.Related, r source.Range, message string) []scanner.Related {
	const most = 20
	if r.IsZero() || len(list) >= most || strings.HasPrefix(r.Path(), "aws-managed/") {
		return list
	}
	for _, have := range list {
		if have.Range == r {
			return list
		}
	}
	return append(list, scanner.Related{Range: r, Message: message})
}

// appendWithin adds the calls that bring a statement about, outermost first.
func appendWithin(list []scanner.Related, c *source.Call) []scanner.Related {
	if c == nil {
		return list
	}
	return appendRelated(appendWithin(list, c.Outer), c.Range, c.Message)
}

// worst are the names of some actions, gravest first.
func worst(actions cloudwatch.ActionSet) []string {
	ids := actions.IDs()
	slices.SortStableFunc(ids, func(a, b cloudwatch.ActionID) int { return weight(b) - weight(a) })
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = cloudwatch.ActionByID(id).String()
	}
	return out
}

// weight orders actions for messages: core before related, by impact, then by
// how grave the class is.
func weight(id cloudwatch.ActionID) int {
	a := cloudwatch.ActionByID(id)
	order := []cloudwatch.Class{
		cloudwatch.ClassRead, cloudwatch.ClassTamper, cloudwatch.ClassEscalate, cloudwatch.ClassControl,
		cloudwatch.ClassExfiltrate, cloudwatch.ClassBlind,
	}
	w := 100*a.Impact + 1 + slices.Index(order, a.Primary())
	if a.Core {
		w += 50
	}
	return w
}

// classes are the exposure classes of some actions in the catalogue's order.
func classes(actions cloudwatch.ActionSet) []cloudwatch.Class {
	var out []cloudwatch.Class
	for c := cloudwatch.ClassRead; c <= cloudwatch.ClassEscalate; c++ {
		if c != cloudwatch.ClassRecon && !cloudwatch.ByPrimary(c).Intersect(actions).Empty() {
			out = append(out, c)
		}
	}
	return out
}
