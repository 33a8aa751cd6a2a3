package rules

import (
	"fmt"
	"strings"
	"sync"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// set is the catalogue's actions that any of some patterns match.
func set(patterns ...string) cloudwatch.ActionSet {
	var s cloudwatch.ActionSet
	for _, p := range patterns {
		s = s.Union(cloudwatch.Match(p))
	}
	return s
}

// lazy is a set that is worked out when it is first asked for.
func lazy(f func() cloudwatch.ActionSet) func() cloudwatch.ActionSet { return sync.OnceValue(f) }

// alarmWrites overwrite or create alarms; predicates that say impact3 leave
// them to IW212.
var alarmWrites = lazy(func() cloudwatch.ActionSet {
	return set("cloudwatch:PutMetricAlarm", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutLogAlarm")
})

// impact3 is the core actions of impact 3 in any of some classes.
func impact3(classes ...cloudwatch.Class) cloudwatch.ActionSet {
	var s cloudwatch.ActionSet
	for _, c := range classes {
		s = s.Union(cloudwatch.ByClass(c, 3))
	}
	return s.Intersect(cloudwatch.Core()).Minus(alarmWrites())
}

var anyImpact3 = lazy(func() cloudwatch.ActionSet {
	return impact3(cloudwatch.ClassRead, cloudwatch.ClassTamper, cloudwatch.ClassBlind, cloudwatch.ClassExfiltrate, cloudwatch.ClassControl, cloudwatch.ClassEscalate)
})

// graveActions are those whose holder blinds, exfiltrates or controls.
var graveActions = lazy(func() cloudwatch.ActionSet {
	return impact3(cloudwatch.ClassBlind, cloudwatch.ClassExfiltrate, cloudwatch.ClassControl)
})

// wideServices are the services with actions of impact 3 (IW202).
func wideServices() []string {
	return []string{"cloudwatch", "logs", "xray", "synthetics", "rum", "oam", "observabilityadmin", "application-signals"}
}

// wideActions are all actions of these.
var wideActions = lazy(func() cloudwatch.ActionSet { return ofServices(cloudwatch.Core(), wideServices()) })

// judgeAdmin is IW201: every action of every service on every resource.
func judgeAdmin(j *judged) (verdict, bool) {
	actions := j.actions.Intersect(anyImpact3().Union(access.SelfEscalation()))
	if !j.everything || actions.Empty() {
		return verdict{}, false
	}
	v := verdict{
		confidence: scanner.ConfidenceHigh, what: "do everything in every service", actions: actions,
		advice: "grant the actions of the job; keep one break-glass role",
	}
	switch {
	case !j.grant.Attached() && j.grant.Policy.Kind != model.Loose:
		v.confidence = scanner.ConfidenceLow
	case j.grant.OnlyMFA:
		v.confidence, v.why = scanner.ConfidenceMedium, "it asks for multi-factor authentication"
	case onlyCloudFormation(j):
		v.confidence, v.why = scanner.ConfidenceMedium, "only CloudFormation can assume it: who may pass it decides"
	}
	return v, true
}

// onlyCloudFormation reports whether CloudFormation alone can assume every
// holder.
func onlyCloudFormation(j *judged) bool {
	for _, h := range j.holders {
		entries := j.pass.Access.Entries(h.Identity)
		for _, e := range entries {
			if e.Kind != access.Service || access.ServiceName(e.Issuer) != "cloudformation" {
				return false
			}
		}
		if len(entries) == 0 {
			return false
		}
	}
	return len(j.holders) > 0
}

// judgeNotAction is IW203: Allow with NotAction that leaves telemetry in.
func judgeNotAction(j *judged) (verdict, bool) {
	grave := j.unscoped.Intersect(anyImpact3())
	if !j.grant.Statement.NotAction || grave.Empty() {
		return verdict{}, false
	}
	n := j.unscoped.Intersect(cloudwatch.Core()).Len()
	excluded := make([]string, 0, len(j.grant.Statement.Actions))
	for _, a := range j.grant.Statement.Actions {
		excluded = append(excluded, a.Show())
	}
	return verdict{
		confidence: scanner.ConfidenceHigh, actions: grave,
		what:   fmt.Sprintf("do all but %s, which leaves in %d CloudWatch-family actions", strings.Join(excluded, ", "), n),
		advice: "list the actions of the job under Action",
	}, true
}

// covered are the services of which a statement's patterns hold at least
// nine tenths and of which the holders keep as much.
func covered(j *judged, kept cloudwatch.ActionSet) []string {
	var out []string
	for _, s := range wideServices() {
		all := cloudwatch.OfService(s)
		reached := j.grant.Reached.Intersect(all)
		if 10*j.grant.Patterns.Intersect(all).Len() < 9*all.Len() || reached.Empty() {
			continue
		}
		if 10*kept.Intersect(all).Len() >= 9*reached.Len() {
			out = append(out, s)
		}
	}
	return out
}

// judgeWildcard is IW202: all actions of a CloudWatch service, unscoped.
func judgeWildcard(j *judged) (verdict, bool) {
	services := covered(j, j.unscoped)
	if len(services) == 0 || j.grant.Statement.NotAction {
		return verdict{}, false
	}
	actions := ofServices(j.unscoped, services)
	return verdict{
		confidence: scanner.ConfidenceHigh, actions: actions,
		what: "do everything in " + servicesInWords(services), why: classCounts(actions),
		advice: "split it into named reads and a statement of writes on named resources",
		fix:    wildcardFix(services),
	}, true
}

func ofServices(actions cloudwatch.ActionSet, services []string) cloudwatch.ActionSet {
	var all cloudwatch.ActionSet
	for _, s := range services {
		all = all.Union(cloudwatch.OfService(s))
	}
	return actions.Intersect(all)
}

// servicesInWords names services as their owners do.
func servicesInWords(services []string) string {
	names := map[string]string{
		"cloudwatch": "CloudWatch", "logs": "CloudWatch Logs", "xray": "X-Ray", "synthetics": "CloudWatch Synthetics", "rum": "CloudWatch RUM",
		"oam": "CloudWatch Observability Access Manager", "observabilityadmin": "CloudWatch Observability Admin", "application-signals": "Application Signals",
	}
	words := make([]string, len(services))
	for i, s := range services {
		words[i] = names[s]
	}
	return enumerate(words)
}

// classCounts says how many actions there are of each exposure class.
func classCounts(actions cloudwatch.ActionSet) string {
	var words []string
	for _, c := range everyClass() {
		if n := actions.Intersect(cloudwatch.ByPrimary(c)).Len(); n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, c))
		}
	}
	return "by class: " + strings.Join(words, ", ")
}

// judgeEscalation is IW220: the identity can give itself any right.
func judgeEscalation(j *judged) (verdict, bool) {
	if j.everything {
		return verdict{}, false
	}
	var own cloudwatch.ActionSet
	for _, h := range j.holders {
		if h.Identity.Boundary == nil {
			own = own.Union(h.Unscoped)
		}
	}
	if !j.grant.Attached() {
		own = j.unscoped
	}
	own = own.Intersect(access.SelfEscalation())
	if own.Empty() {
		return verdict{}, false
	}
	return verdict{
		confidence: scanner.ConfidenceHigh, actions: own, what: "give itself any right, CloudWatch included",
		advice: "demand a permissions boundary", fix: `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/boundary"}}`,
	}, true
}

// copies send telemetry elsewhere by themselves.
var copies = lazy(func() cloudwatch.ActionSet {
	return set("logs:PutAccountPolicy", "logs:CreateExportTask", "logs:PutIntegration", "logs:CreateScheduledQuery",
		"cloudwatch:PutMetricStream", "observabilityadmin:CreateCentralizationRuleForOrganization", "observabilityadmin:UpdateCentralizationRuleForOrganization")
})

// exfiltrations are copies and what may be one with more.
var exfiltrations = lazy(func() cloudwatch.ActionSet {
	return copies().Union(set("logs:CreateDelivery", "logs:PutDeliveryDestination", "logs:PutSubscriptionFilter"))
})

// judgeExfiltration is IW209: a lasting copy of telemetry can go elsewhere.
func judgeExfiltration(j *judged) (verdict, bool) {
	hits := j.unscoped.Intersect(copies())
	if j.pass.Access.WithinAccount(j.grant) {
		return verdict{}, false
	}
	pair, why := deliveries(j)
	hits = hits.Union(pair)
	v := verdict{
		confidence: scanner.ConfidenceHigh, what: "send a lasting copy of telemetry elsewhere", why: why,
		advice: "name the log groups and the destination",
		fix:    `{"Effect":"Allow","Action":"logs:PutSubscriptionFilter","Resource":["arn:aws:logs:eu-west-1:111122223333:log-group:/app/*:*","arn:aws:logs:eu-west-1:444455556666:destination:central"]}`,
	}
	filter := set("logs:PutSubscriptionFilter")
	if !j.unscoped.Intersect(filter).Empty() {
		switch {
		case j.pass.Access.AnyDestination(j.grant):
			hits = hits.Union(filter)
		case hits.Empty() && !j.pass.Access.NamedDestination(j.grant):
			hits, v.confidence, v.why = filter, scanner.ConfidenceLow, "no destination of another account is among its resources"
		}
	}
	v.actions = hits
	return v, !hits.Empty()
}

// deliveries are the two actions that send logs elsewhere together, when a
// holder has both, be the other one from another statement: the one that sets
// the destination speaks.
func deliveries(j *judged) (pair cloudwatch.ActionSet, why string) {
	to := set("logs:PutDeliveryDestination")
	pair = set("logs:CreateDelivery").Union(to)
	if pair.Minus(j.unscoped).Empty() {
		return pair, ""
	}
	for _, h := range j.holders {
		if !h.Unscoped.Intersect(to).Empty() && pair.Minus(j.pass.Access.Abroad(h.Identity)).Empty() {
			return to, "logs:CreateDelivery is granted by another statement"
		}
	}
	return cloudwatch.ActionSet{}, ""
}

// destructions delete logs or starve them.
var destructions = lazy(func() cloudwatch.ActionSet {
	return set("logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:DeleteAccountPolicy", "logs:PutLogGroupDeletionProtection", "logs:PutRetentionPolicy")
})

// judgeDestruction is IW208: logs can be deleted or starved.
func judgeDestruction(j *judged) (verdict, bool) {
	retention := set("logs:PutRetentionPolicy")
	hits := j.unscoped.Intersect(destructions())
	v := verdict{
		confidence: scanner.ConfidenceHigh, actions: hits, what: "delete logs or cut their retention",
		advice: "scope it to a prefix of log groups", fix: `"Resource":"arn:aws:logs:*:111122223333:log-group:/app/*:*"`,
	}
	if hits.Empty() {
		return v, false
	}
	if hits.Minus(retention).Empty() {
		if onlyWorkloads(j) {
			return v, false
		}
		v.confidence, v.why = scanner.ConfidenceMedium, "retention alone"
	}
	return v, true
}

// onlyWorkloads reports whether every holder is a role for customer code.
func onlyWorkloads(j *judged) bool {
	for _, h := range j.holders {
		if !j.pass.Access.Workload(h.Identity) {
			return false
		}
	}
	return len(j.holders) > 0
}

// blindings delete, mute or force alarms.
var blindings = lazy(func() cloudwatch.ActionSet {
	return set("cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutAlarmMuteRule", "cloudwatch:SetAlarmState", "logs:DeleteMetricFilter")
})

// judgeBlinding is IW207: alarms can be deleted, muted or forced.
func judgeBlinding(j *judged) (verdict, bool) {
	hits := j.unscoped.Intersect(blindings())
	return verdict{
		confidence: scanner.ConfidenceHigh, actions: hits, what: "delete, mute or force alarms",
		advice: "scope it to the alarms of the job", fix: `"Resource":"arn:aws:cloudwatch:*:111122223333:alarm:app-*"`,
	}, !hits.Empty()
}

// judgeScopedWildcard is IW223: all actions of a service on chosen resources.
func judgeScopedWildcard(j *judged) (verdict, bool) {
	services := covered(j, j.actions)
	hits := ofServices(j.actions, services).Intersect(graveActions())
	if len(services) == 0 || hits.Empty() || j.grant.Statement.NotAction {
		return verdict{}, false
	}
	v := verdict{
		confidence: scanner.ConfidenceHigh, actions: hits, what: "do everything in " + servicesInWords(services) + " on the chosen resources",
		advice: "name the actions of the job", fix: `"Action":["logs:CreateLogStream","logs:PutLogEvents"]`,
	}
	if j.pass.Access.ByTag(j.grant) {
		v.confidence, v.why = scanner.ConfidenceLow, "a condition on tags limits it, as AWS documents it"
	}
	return v, true
}

// wildcardFix is a narrower statement for the first of some services.
func wildcardFix(services []string) string {
	switch services[0] {
	case "logs":
		return `{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:eu-west-1:111122223333:log-group:/app/*:*"}`
	case "cloudwatch":
		return `{"Effect":"Allow","Action":["cloudwatch:GetMetricData","cloudwatch:ListMetrics","cloudwatch:DescribeAlarms","cloudwatch:GetDashboard"],"Resource":"*"}`
	}
	return ""
}
