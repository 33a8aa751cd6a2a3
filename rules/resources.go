package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// eachOpenStatement calls f with every statement of the resource policies of
// some kinds that admits everyone without a condition under one of some keys.
func eachOpenStatement(p *scanner.Pass, kinds []model.ResourcePolicyKind, keys []string, f func(*model.ResourcePolicy, *iam.Statement, iam.Principal)) {
	for _, u := range p.Model.Units {
		for _, rp := range slices.Concat(u.ResourcePolicies, loosePolicies(p, u)) {
			if rp.Document == nil || rp.Document.Unknown || rp.Document.Invalid || !slices.Contains(kinds, rp.Kind) {
				continue
			}
			for _, st := range rp.Document.Statements {
				who, open := p.Access.Open(st, keys...)
				if _, dead := p.Access.Denied(rp.Document, st); open && !dead {
					f(rp, st, who)
				}
			}
		}
	}
}

// loosePolicies are the resource policies that stand in files of their own, of
// those whose actions say which telemetry they guard.
func loosePolicies(p *scanner.Pass, u *model.Unit) []*model.ResourcePolicy {
	var out []*model.ResourcePolicy
	for _, pol := range u.Policies {
		if pol.Kind != model.Loose || pol.Document == nil || pol.Document.Kind != iam.ResourceDocument {
			continue
		}
		if kind, ok := guarded(allowed(p, pol.Document)); ok {
			out = append(out, &model.ResourcePolicy{Entity: pol.Entity, Kind: kind, Unit: u, Document: pol.Document})
		}
	}
	return out
}

// allowed is the telemetry actions that a resource policy allows anyone.
func allowed(p *scanner.Pass, d *iam.Document) cloudwatch.ActionSet {
	var actions cloudwatch.ActionSet
	for _, st := range d.Statements {
		if st.Effect != iam.Deny {
			actions = actions.Union(p.Access.ResourceActions(st))
		}
	}
	return actions
}

// guarded tells by its actions what a resource policy guards. A policy of
// every action may be any service's and is left out.
func guarded(actions cloudwatch.ActionSet) (model.ResourcePolicyKind, bool) {
	has := func(s cloudwatch.ActionSet) bool { return !actions.Intersect(s).Empty() }
	switch {
	case actions.Equal(cloudwatch.Core()):
		return 0, false
	case has(set("oam:*")):
		return model.OAMSinkPolicy, true
	case has(set("xray:*")):
		return model.XRayResourcePolicy, true
	case has(set("rum:*")):
		return model.RUMResourcePolicy, true
	case has(set("logs:*")) && actions.Minus(set("logs:PutSubscriptionFilter", "logs:PutAccountPolicy")).Empty():
		return model.LogDestinationPolicy, true
	case has(set("logs:*")):
		return model.LogResourcePolicy, true
	}
	return 0, false
}

// policyEntity names a resource policy as AWS does, else as the input does.
func policyEntity(rp *model.ResourcePolicy) string {
	kind := strings.ReplaceAll(strings.ToLower(rp.Kind.String()), " ", "-")
	if rp.Name.Value == "" || !rp.Name.Known {
		return kind + "/" + rp.Address
	}
	return kind + "/" + rp.Name.Value
}

// resourceFinding fills what findings about resource policies share.
func resourceFinding(p *scanner.Pass, rp *model.ResourcePolicy, st *iam.Statement, who iam.Principal) scanner.Finding {
	actions := p.Access.ResourceActions(st)
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Range: principalRange(st, who), Label: "everyone", Unit: rp.Unit,
		Entity: policyEntity(rp), Part: p.Access.StatementID(rp.Unit, rp.Document, st),
		Subject: named(rp.Kind.String(), rp.Entity), Actions: worst(actions), Classes: classes(actions),
	}
	if rp.Unit.Input == model.PolicyFile {
		f.Confidence = scanner.ConfidenceMedium
	}
	doubts, _ := p.Access.Denied(rp.Document, st)
	if st.Maybe || rp.Maybe || st.Effect == iam.EffectUnknown || len(doubts) > 0 {
		f.Confidence = f.Confidence.Lower()
	}
	f.Related = appendRelated(f.Related, rp.Range, "the policy is declared here")
	for _, d := range doubts {
		f.Related = appendRelated(f.Related, d.Range, d.Clause)
	}
	f.Related = appendRelated(f.Related, who.Value.Origin, "the principal comes from here")
	f.Related = appendCalls(f.Related, rp.Module)
	f.Related = appendWithin(f.Related, st.Within)
	return f
}

// denied says which Denies beside a statement take some of it away, and that
// a document in a file of its own is not attached to anything.
func denied(p *scanner.Pass, rp *model.ResourcePolicy, st *iam.Statement) string {
	doubts, _ := p.Access.Denied(rp.Document, st)
	clauses := ""
	for _, d := range doubts {
		clauses += "; " + d.Clause
	}
	if rp.Unit.Input == model.PolicyFile {
		clauses += "; nothing in the scan attaches it"
	}
	return clauses
}

// checkResourcePolicy is IW501.
func checkResourcePolicy(p *scanner.Pass) error {
	kinds := []model.ResourcePolicyKind{model.LogResourcePolicy, model.LogGroupPolicy, model.XRayResourcePolicy, model.RUMResourcePolicy}
	keys := []string{"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
	eachOpenStatement(p, kinds, keys, func(rp *model.ResourcePolicy, st *iam.Statement, who iam.Principal) {
		actions := p.Access.ResourceActions(st)
		if rp.Kind == model.RUMResourcePolicy && actions.Minus(set("rum:PutRumEvents")).Empty() {
			return
		}
		f := resourceFinding(p, rp, st, who)
		f.Message = fmt.Sprintf("%s lets everyone %s: %s%s", f.Subject, openPower(actions), few(f.Actions), denied(p, rp, st))
		f.Advice = "name the service and bind its source"
		f.Fix = `"Principal":{"Service":"delivery.logs.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceArn":"arn:aws:logs:eu-west-1:111122223333:*"}}`
		p.Report(f)
	})
	return nil
}

// openPower says in words what a resource policy gives away.
func openPower(actions cloudwatch.ActionSet) string {
	write := set("logs:PutLogEvents", "logs:CreateLogStream", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "rum:PutRumEvents")
	read := actions.Intersect(cloudwatch.ByPrimary(cloudwatch.ClassRead))
	switch rest := actions.Minus(write); {
	case rest.Empty():
		return "write telemetry"
	case rest.Minus(read).Empty():
		return "read telemetry"
	}
	return "read or control telemetry"
}

// checkIngestPoint is IW503.
func checkIngestPoint(p *scanner.Pass) error {
	kinds := []model.ResourcePolicyKind{model.LogDestinationPolicy, model.DeliveryDestinationPolicy, model.OAMSinkPolicy}
	keys := []string{"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:sourceaccount"}
	eachOpenStatement(p, kinds, keys, func(rp *model.ResourcePolicy, st *iam.Statement, who iam.Principal) {
		f := resourceFinding(p, rp, st, who)
		f.Message = f.Subject + " lets any account send telemetry here"
		if rp.Kind == model.OAMSinkPolicy && !slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool { return strings.EqualFold(c.Key.Value, "oam:ResourceTypes") }) {
			f.Message += ", of every kind"
		}
		f.Message += denied(p, rp, st)
		f.Classes = []cloudwatch.Class{cloudwatch.ClassTamper}
		f.Advice = "bind the organization or list the accounts"
		f.Fix = `"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`
		p.Report(f)
	})
	return nil
}
