package access

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// KnownIssuer reports whether an entry's OIDC issuer could be resolved: only
// then can the condition keys that bind its tokens be told.
func (e *Entry) KnownIssuer() bool { return e.Issuer != "" && !source.HasMark(e.Issuer) }

// Denied looks at the Deny statements beside an Allow of a trust or resource
// policy. dead says that one of them takes everything that the Allow gives
// from everyone; doubts are those that take some of it, or take it under
// conditions. A Deny that names its principals is left out.
func (g *Graph) Denied(doc *iam.Document, allow *iam.Statement) (doubts []Doubt, dead bool) {
	for _, d := range doc.Statements {
		if d.Effect != iam.Deny || !deniesEveryone(d) || !sharesAction(d, allow) {
			continue
		}
		switch {
		case d.Maybe:
			doubts = append(doubts, Doubt{Range: d.Range, Clause: "a Deny beside it is there only under a condition that could not be decided"})
		case len(d.Conditions) > 0:
			doubts = append(doubts, Doubt{Range: d.Range, Clause: fmt.Sprintf("a Deny beside it applies by %s", d.Conditions[0].Key.Show())})
		case d.NotPrincipal || d.HasResource && !coversResources(d, allow) || !coversActions(d, allow):
			doubts = append(doubts, Doubt{Range: d.Range, Clause: "a Deny beside it takes some of it away"})
		default:
			return nil, true
		}
	}
	return append(doubts, unreadBeside(doc, allow)...), false
}

func deniesEveryone(d *iam.Statement) bool {
	if d.NotPrincipal {
		return true
	}
	for _, p := range d.Principals {
		if p.Kind == iam.AnyPrincipal {
			return true
		}
	}
	return false
}

func sharesAction(d, allow *iam.Statement) bool {
	if d.NotAction || allow.NotAction {
		return true
	}
	for _, a := range allow.Actions {
		for _, b := range d.Actions {
			if iam.Overlaps(strings.ToLower(a.Value), strings.ToLower(b.Value)) != iam.No {
				return true
			}
		}
	}
	return false
}

func coversActions(d, allow *iam.Statement) bool {
	if d.NotAction || allow.NotAction {
		return false
	}
	for _, a := range allow.Actions {
		covered := false
		for _, b := range d.Actions {
			covered = covered || iam.Covers(strings.ToLower(b.Value), strings.ToLower(a.Value)) == iam.Yes
		}
		if !covered {
			return false
		}
	}
	return true
}

// Unseen reports whether something that may grant telemetry is attached to an
// identity and its text is not in the scan.
func (g *Graph) Unseen(id *model.Identity) bool {
	if id.Incomplete != "" {
		return true
	}
	for _, p := range id.Inline {
		if unseen(p.Document) {
			return true
		}
	}
	for _, a := range id.Managed {
		if a.To != nil && unseen(a.To.Document) {
			return true
		}
		name, aws := AWSManagedName(a.Policy.Value.Value)
		if a.To == nil && !(aws && cloudwatch.KnownManagedName(name)) {
			return true
		}
	}
	return false
}

// sharingPolicies are those that the CloudWatch console attaches to the
// sharing role ("Cross-account cross-Region CloudWatch console"); full
// read-only access, which it offers too, is left out.
func sharingPolicies() []string {
	return []string{"CloudWatchReadOnlyAccess", "CloudWatchAutomaticDashboardsAccess", "AWSXrayReadOnlyAccess", "AWSXRayReadOnlyAccess", "ViewOnlyAccess"}
}

// SharingPolicy reports whether an attachment is one of the policies that the
// sharing role is documented to hold, or one that touches no telemetry.
func (g *Graph) SharingPolicy(a *model.Attachment) bool {
	name, aws := AWSManagedName(a.Policy.Value.Value)
	if !aws {
		return false
	}
	for _, p := range sharingPolicies() {
		if p == name {
			return true
		}
	}
	_, telemetry := cloudwatch.Managed(name)
	return cloudwatch.KnownManagedName(name) && !telemetry
}

// BeyondSharing are the core actions of a grant that none of the policies
// holds which the sharing role is documented to have.
func (g *Graph) BeyondSharing(gr *Grant) cloudwatch.ActionSet {
	beyond := gr.Actions.Intersect(cloudwatch.Core())
	for _, name := range sharingPolicies() {
		m, ok := cloudwatch.Managed(name)
		if !ok {
			continue
		}
		for _, st := range embedded(m).Document.Statements {
			if st.Effect == iam.Allow {
				must, _ := patterns(st)
				beyond = beyond.Minus(must)
			}
		}
	}
	return beyond
}

// Widest is the value of a condition on the token's subject that binds least:
// the one at fault.
func (e *Entry) Widest(c *iam.Condition) source.String {
	worst, at := UnknownSubject, 0
	for i, v := range c.Values {
		one := *c
		one.Values = []source.String{v}
		if s := e.judge(one); s < worst {
			worst, at = s, i
		}
	}
	return c.Values[at]
}

// OpenSubject is the value of a condition on the token's subject that every
// subject meets, and that therefore binds nothing.
func (e *Entry) OpenSubject() (source.String, bool) {
	for _, c := range e.Statement.Conditions {
		if !strings.EqualFold(c.Key.Value, e.Issuer+":sub") {
			continue
		}
		for _, v := range c.Values {
			if v.Value != "" && strings.Trim(v.Value, "*") == "" {
				return v, true
			}
		}
	}
	return source.String{}, false
}

// LooseEntries are the ways in that trust policies open which stand in files
// of their own, in a fixed order. Of their roles only the file's name is known,
// and nothing that they hold.
func (g *Graph) LooseEntries() []*Entry {
	var out []*Entry
	for _, u := range g.model.Units {
		for _, p := range u.Policies {
			if p.Kind != model.Loose || p.Document == nil || p.Document.Kind != iam.TrustDocument {
				continue
			}
			role := &model.Identity{Entity: p.Entity, Kind: model.Role, Unit: u, Trust: p.Document}
			out = append(out, entries(g, role)...)
		}
	}
	return out
}

// resourceWords names the resources of a statement: at most three and a count.
func resourceWords(st *iam.Statement) string {
	const most = 3
	var names []string
	for _, r := range st.Resources[:min(len(st.Resources), most)] {
		names = append(names, r.Show())
	}
	words := strings.Join(names, ", ")
	if more := len(st.Resources) - most; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	if st.NotResource {
		return "all resources but " + words
	}
	return words
}
