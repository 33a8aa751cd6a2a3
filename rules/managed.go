package rules

import (
	"fmt"
	"slices"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// namedPolicies say in their name that they are about CloudWatch.
func namedPolicies() []string {
	return []string{"CloudWatchFullAccess", "CloudWatchFullAccessV2", "CloudWatchLogsFullAccess", "OAMFullAccess", "AWSXrayFullAccess", "AWSXRayFullAccess", "CloudWatchSyntheticsFullAccess"}
}

// checkManaged is IW216: one finding an attachment.
func checkManaged(p *scanner.Pass) error {
	for _, grants := range byAttachment(p.Access.Grants()) {
		if f, ok := wideManaged(p, grants); ok {
			p.Report(f)
		}
	}
	return nil
}

// byAttachment groups the grants of AWS managed policies by what attaches
// them, in the order of the grants.
func byAttachment(grants []*access.Grant) [][]*access.Grant {
	place := map[*model.Attachment]int{}
	var out [][]*access.Grant
	for _, g := range grants {
		if g.Managed == nil {
			continue
		}
		i, ok := place[g.Attachment]
		if !ok {
			i = len(out)
			place[g.Attachment], out = i, append(out, nil)
		}
		out[i] = append(out[i], g)
	}
	return out
}

// wideManaged judges all statements of one attachment together. What the
// sharing role holds is IW304's to judge.
func wideManaged(p *scanner.Pass, grants []*access.Grant) (scanner.Finding, bool) {
	merged := *grants[0]
	all := &judged{pass: p, grant: &merged}
	for _, g := range grants {
		j, ok := grantRule{managed: true}.see(p, g)
		if !ok || j.everything || p.Access.SharingRole(j.holders[0].Identity) {
			return scanner.Finding{}, false
		}
		all.holders = j.holders
		all.unscoped, all.wide = all.unscoped.Union(j.unscoped), all.wide.Union(j.wide)
		merged.Patterns, merged.Reached = merged.Patterns.Union(g.Patterns), merged.Reached.Union(g.Reached)
	}
	v, ok := judgeManaged(all)
	if !ok {
		return scanner.Finding{}, false
	}
	if len(all.doubts()) > 0 {
		v.confidence = v.confidence.Lower()
	}
	f := grantFinding(all, v)
	f.Remaining = nil
	f.Message = fmt.Sprintf("AWS managed policy %q gives %s %s: %s", merged.Managed.Name, all.subject(), v.what, few(f.Actions))
	for _, c := range append(all.clauses(v), withdrawn(merged.Managed)...) {
		f.Message += "; " + c
	}
	return f, true
}

// withdrawn says what there is instead of a policy that AWS no longer keeps up.
func withdrawn(m *cloudwatch.ManagedPolicy) []string {
	switch {
	case m.Deprecated && m.Successor != "":
		return []string{"AWS has withdrawn it in favour of " + m.Successor}
	case m.Deprecated:
		return []string{"AWS has withdrawn it"}
	case m.Successor != "":
		return []string{"AWS names " + m.Successor + " in its place"}
	}
	return nil
}

// linksAnywhere reports whether unscoped actions link the account to any
// monitoring account: the link itself, and telemetry to share by it.
func linksAnywhere(unscoped cloudwatch.ActionSet) bool {
	shares := set("cloudwatch:Link", "logs:Link", "xray:Link", "applicationinsights:Link", "internetmonitor:Link", "application-signals:Link")
	return !unscoped.Intersect(set("oam:CreateLink")).Empty() && !unscoped.Intersect(shares).Empty()
}

// judgeManaged holds what IW216 asks of a managed policy's unscoped actions.
func judgeManaged(j *judged) (verdict, bool) {
	v := verdict{
		confidence: scanner.ConfidenceHigh, advice: "attach CloudWatchReadOnlyAccess, or a customer policy with the ARNs of the job",
	}
	services := covered(j, j.unscoped)
	alarms := set("cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutAlarmMuteRule", "cloudwatch:SetAlarmState")
	retention := set("logs:PutRetentionPolicy")
	grave := j.unscoped.Intersect(impact3(cloudwatch.ClassExfiltrate, cloudwatch.ClassControl, cloudwatch.ClassBlind))
	switch rest := grave.Minus(alarms).Minus(retention); {
	case len(services) > 0:
		v.actions, v.what = ofServices(j.unscoped, services), "everything in "+servicesInWords(services)
		if !slices.Contains(namedPolicies(), j.grant.Managed.Name) {
			v.why = "its name does not say so"
		}
	case grave.Empty():
		return v, false
	case rest.Empty():
		v.actions, v.confidence, v.what = grave, scanner.ConfidenceLow, "power to weaken alarms or retention"
	case rest.Minus(set("logs:PutResourcePolicy")).Empty():
		v.actions, v.confidence, v.what = rest, scanner.ConfidenceLow, "power over who may reach logs"
		if onlyWorkloads(j) {
			v.confidence = scanner.ConfidenceMedium
		}
	case linksAnywhere(j.unscoped):
		v.actions, v.what = rest, "power to share the account's telemetry with any sink"
	default:
		v.actions, v.what = rest, "power to carry telemetry away, to share it or to blind it"
	}
	return v, true
}
