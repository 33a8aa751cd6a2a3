package rules

import (
	"fmt"
	"slices"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// checkUnresolved is IW901: one note for each expression of a file.
func checkUnresolved(p *scanner.Pass) error {
	type key struct{ path, expression string }
	for _, u := range p.Model.Units {
		seen := map[key]bool{}
		for _, x := range slices.Concat(u.Unresolved, p.Access.Absent(u)) {
			k := key{x.Range.Path(), x.Expression}
			if !x.Bears || seen[k] {
				continue
			}
			seen[k] = true
			f := scanner.Finding{
				Confidence: scanner.ConfidenceHigh, Range: x.Range, Label: "unknown", Unit: u,
				Entity: "expression/" + x.Range.Path(), Part: x.Expression, Subject: x.Expression,
				Message: fmt.Sprintf("%s is unknown: %s", x.Expression, x.Missing),
			}
			if x.Assumed != "" {
				f.Message += "; assumed: " + x.Assumed
			}
			p.Report(f)
		}
		unknownKind(p, u)
	}
	return nil
}

// unknownKind notes the resource policies in files of their own that grant
// telemetry and guard nothing that takes a policy, as those of VPC endpoints.
func unknownKind(p *scanner.Pass, u *model.Unit) {
	for _, pol := range u.Policies {
		if pol.Kind != model.Loose || pol.Document == nil || pol.Document.Kind != iam.ResourceDocument {
			continue
		}
		actions := allowed(p, pol.Document)
		if _, ok := guarded(actions); ok || actions.Empty() || actions.Equal(cloudwatch.Core()) {
			continue
		}
		st := pol.Document.Statements[0]
		f := scanner.Finding{
			Confidence: scanner.ConfidenceHigh, Range: st.PrincipalRange, Label: "whose policy is it?", Unit: u,
			Entity: entity("policy", pol.Entity), Part: "kind", Subject: named("policy", pol.Entity),
			Message: fmt.Sprintf("what policy %q guards is unknown: it names principals, and no telemetry resource takes a policy of %s; it is not judged",
				pol.Name.Show(), few(worst(actions))),
		}
		if f.Range.IsZero() {
			f.Range = pol.Range
		}
		p.Report(f)
	}
}

// checkMalformed is IW902.
func checkMalformed(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, id := range u.Identities {
			owner := faulty{u, id.Entity, identityEntity(id), identityNamed(id)}
			owner.report(p, id.Trust, "trust")
			for _, in := range id.Inline {
				owner.Entity = in.Entity
				owner.report(p, in.Document, in.Name.Value)
			}
		}
		for _, pol := range u.Policies {
			if pol.Kind != model.AWSManaged {
				faulty{u, pol.Entity, entity("policy", pol.Entity), named("policy", pol.Entity)}.report(p, pol.Document, "document")
			}
		}
		for _, rp := range u.ResourcePolicies {
			faulty{u, rp.Entity, policyEntity(rp), named(rp.Kind.String(), rp.Entity)}.report(p, rp.Document, "document")
		}
	}
	return nil
}

// A faulty thing is one whose document may have faults.
type faulty struct {
	unit *model.Unit
	model.Entity
	owner, subject string
}

// report reports the faults of one of its documents.
func (o faulty) report(p *scanner.Pass, d *iam.Document, part string) {
	if d == nil {
		return
	}
	for _, fault := range d.Faults {
		f := scanner.Finding{
			Confidence: scanner.ConfidenceHigh, Range: fault.Range, Unit: o.unit, Entity: o.owner, Part: part + " " + fault.Message,
			Subject: o.subject, Label: "here", Message: fault.Message,
		}
		if !o.Block.Contains(fault.Range) {
			f.Related = appendRelated(f.Related, o.Range, "the document is that of "+o.subject)
		}
		f.Related = appendCalls(f.Related, o.Module)
		if f.Range.IsZero() {
			f.Range = d.Range
		}
		switch {
		case fault.Fatal && d.Invalid:
			f.Message += "; AWS refuses the document, so it grants nothing and denies nothing"
		case fault.Fatal:
			f.Message += "; AWS refuses the document"
		}
		p.Report(f)
	}
}
