package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A roleUse is an action by which a caller makes a service act with a role
// that the caller passes to it.
type roleUse struct {
	action string
	// resource is what the action is asked on, with P and A for partition and
	// account.
	resource string
	// limited says that the service runs nothing of the caller's own: with the
	// role it does one thing that the service defines.
	limited bool
}

// roleUses are the actions that make use of a passed role, by service
// principal without domain ("Actions, resources, and condition keys for AWS
// services": the actions with iam:PassRole as a dependent action; services
// that run code or calls of the caller's).
func roleUses() map[string][]roleUse {
	uses := map[string][]roleUse{
		"lambda": {
			{action: "lambda:CreateFunction", resource: "arn:P:lambda:*:A:function:*"},
			{action: "synthetics:CreateCanary", resource: "arn:P:synthetics:*:A:canary:*"},
		},
		"ec2": {
			{action: "ec2:RunInstances", resource: "arn:P:ec2:*:A:instance/*"},
			{action: "ec2:AssociateIamInstanceProfile", resource: "arn:P:ec2:*:A:instance/*"},
		},
		"ecs-tasks": {
			{action: "ecs:RunTask", resource: "arn:P:ecs:*:A:task-definition/*"},
			{action: "ecs:CreateService", resource: "arn:P:ecs:*:A:service/*"},
			{action: "batch:RegisterJobDefinition", resource: "arn:P:batch:*:A:job-definition/*"},
		},
		"codebuild":       {{action: "codebuild:CreateProject", resource: "arn:P:codebuild:*:A:project/*"}},
		"glue":            {{action: "glue:CreateJob", resource: "arn:P:glue:*:A:job/*"}},
		"sagemaker":       {{action: "sagemaker:CreateNotebookInstance", resource: "arn:P:sagemaker:*:A:notebook-instance/*"}},
		"cloudformation":  {{action: "cloudformation:CreateStack", resource: "arn:P:cloudformation:*:A:stack/*"}},
		"states":          {{action: "states:CreateStateMachine", resource: "arn:P:states:*:A:stateMachine:*"}},
		"ssm":             {{action: "ssm:StartAutomationExecution", resource: "arn:P:ssm:*:A:automation-definition/*"}},
		"scheduler":       {{action: "scheduler:CreateSchedule", resource: "arn:P:scheduler:*:A:schedule/*"}},
		"tasks.apprunner": {{action: "apprunner:CreateService", resource: "arn:P:apprunner:*:A:service/*"}},
		"pods.eks":        {{action: "eks:CreatePodIdentityAssociation", resource: "arn:P:eks:*:A:cluster/*"}},
	}
	for _, a := range cloudwatch.Actions() {
		service := ServiceName(a.PassService)
		if !a.Core || service == "" || service == "lambda" {
			continue
		}
		uses[service] = append(uses[service], roleUse{action: a.String(), resource: "*", limited: true})
	}
	return uses
}

// passed are the services that a role trusts and to which a caller may pass
// it for something, as the trust policy writes them.
func (b *becoming) passed(role *model.Identity) []*Entry {
	w := b.ways[role]
	if w == nil {
		return nil
	}
	var out []*Entry
	for _, e := range w.outside {
		if e.Kind == Service && e.AssumeRole && len(b.uses[ServiceName(e.Issuer)]) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// passes reports whether an identity may pass a role to a service that the
// role trusts and make the service use it. Of several services the surest
// counts, then the first.
func (b *becoming) passes(id, role *model.Identity) (best Edge, ok bool) {
	if id == role || !sharesHome(id, role) {
		return best, false
	}
	p := b.graph.Policies(id)
	for _, entry := range b.passed(role) {
		e, may := b.passesTo(p, id, entry)
		if may && (!ok || e.better(best)) {
			best, ok = e, true
		}
	}
	return best, ok
}

func (b *becoming) passesTo(p iam.Policies, id *model.Identity, entry *Entry) (Edge, bool) {
	role := entry.Role
	e := Edge{From: identityNode(id), To: identityNode(role), Kind: PassesRole, Action: "iam:PassRole", Service: entry.Issuer}
	r := b.caller(id, e.Action, role)
	r.Context.Keys = []iam.ContextKey{{Name: "iam:PassedToService", Values: []string{entry.Issuer}}}
	e, ok := b.edge(e, iam.Decide(p, r, cloudwatch.Facts{}), id, nil)
	if !ok {
		return e, false
	}
	var best Edge
	found := false
	for _, use := range b.uses[ServiceName(entry.Issuer)] {
		more, may := b.usedWith(e, p, id, role, use)
		if may && (!found || more.better(best)) {
			best, found = more, true
		}
	}
	return best.unsure(role, id), found
}

// better reports whether an edge gives more than another, or more surely.
func (e Edge) better(o Edge) bool {
	if e.Limited != o.Limited {
		return o.Limited
	}
	return e.Verdict > o.Verdict
}

// usedWith adds to an edge the action that makes use of the passed role.
func (b *becoming) usedWith(e Edge, p iam.Policies, id, role *model.Identity, use roleUse) (Edge, bool) {
	r := b.caller(id, use.action, role)
	r.Resource = strings.NewReplacer(":P:", ":"+partitionOf(id.Unit)+":", ":A:", ":"+accountID(id.Unit)+":").Replace(use.resource)
	if use.limited {
		r.Resource = b.anyResource(use.action, id)
	}
	e.With = use.action
	e, ok := b.also(e, someResource(iam.Decide(p, r, cloudwatch.Facts{})), id, nil)
	if ok && use.limited {
		e.Limited = true
		e = e.given("with the role " + e.Service + " does what " + use.action + " asks of it, and nothing else")
	}
	if ok && ServiceName(e.Service) == "ec2" && len(role.Profiles) == 0 {
		r := b.caller(id, "iam:AddRoleToInstanceProfile", role)
		r.Resource = "arn:" + partitionOf(id.Unit) + ":iam::" + accountID(id.Unit) + ":instance-profile/*"
		return b.also(e, someResource(iam.Decide(p, r, cloudwatch.Facts{})), id, nil)
	}
	return e, ok
}

// anyResource asks for all resources of the first type that an action needs.
func (b *becoming) anyResource(action string, id *model.Identity) string {
	templates, _ := cloudwatch.Facts{}.RequiredResourceARNs(action)
	if len(templates) == 0 {
		return "*"
	}
	return ofUnit(templates[0], id.Unit)
}

// ofUnit asks for all resources of an ARN template in a unit's own account.
func ofUnit(template string, u *model.Unit) string {
	template = strings.Replace(template, "${Partition}", partitionOf(u), 1)
	return cloudwatch.OpenTemplate(strings.Replace(template, "${Account}", accountID(u), 1))
}

// someResource is a decision about all resources of a kind read as one about
// at least one of them: that the policies cover a part is no condition.
func someResource(d iam.Decision) iam.Decision {
	if d.Result != iam.Conditional {
		return d
	}
	d.Tests = slices.DeleteFunc(slices.Clone(d.Tests), aboutResources)
	if len(d.Tests) == 0 && !d.Incomplete {
		d.Result = iam.Allowed
	}
	return d
}

// aboutResources reports whether a test says no more than that a statement
// covers a part of the resources asked for, or is not wholly known.
func aboutResources(t iam.Test) bool {
	return t.Reason != "" && t.Statement != nil && t.Range == t.Statement.ResourceRange && !t.Range.IsZero()
}
