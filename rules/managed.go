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
	seen := map[*model.Attachment]bool{}
	rule := grantRule{id: "IW216", managed: true}
	for _, g := range p.Access.Grants() {
		if g.Managed == nil || seen[g.Attachment] {
			continue
		}
		seen[g.Attachment] = true
		if f, ok := wideManaged(p, rule, g); ok {
			p.Report(f)
		}
	}
	return nil
}

// wideManaged judges all statements of one attachment together.
func wideManaged(p *scanner.Pass, rule grantRule, first *access.Grant) (scanner.Finding, bool) {
	all := &judged{pass: p, grant: first}
	for _, g := range p.Access.Grants() {
		if g.Attachment != first.Attachment || g.Managed == nil {
			continue
		}
		j, ok := rule.see(p, g)
		if !ok || j.everything {
			return scanner.Finding{}, false
		}
		all.holders = j.holders
		all.unscoped, all.wide = all.unscoped.Union(j.unscoped), all.wide.Union(j.wide)
	}
	v, ok := judgeManaged(all)
	if !ok || len(all.holders) == 0 {
		return scanner.Finding{}, false
	}
	if len(all.doubts()) > 0 {
		v.confidence = v.confidence.Lower()
	}
	f := grantFinding(all, v)
	f.Message = fmt.Sprintf("AWS managed policy %q gives %s %s: %s", first.Managed.Name, all.subject(), v.what, few(f.Actions))
	for _, c := range all.clauses(v) {
		f.Message += "; " + c
	}
	return f, true
}

// judgeManaged holds what IW216 asks of a managed policy's unscoped actions.
func judgeManaged(j *judged) (verdict, bool) {
	v := verdict{
		confidence: scanner.ConfidenceHigh, advice: "attach CloudWatchReadOnlyAccess, or a customer policy with the ARNs of the job",
	}
	var services []string
	for _, s := range wideServices {
		all := cloudwatch.OfService(s)
		if 10*j.unscoped.Intersect(all).Len() >= 9*all.Len() {
			services = append(services, s)
		}
	}
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
	default:
		v.actions, v.what = rest, "power to carry telemetry away, to share it or to blind it"
	}
	return v, true
}
