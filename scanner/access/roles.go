package access

import (
	"strings"
	"sync"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// workloadServices run code of the customer with the role that they assume.
var workloadServices = map[string]bool{
	"ec2": true, "lambda": true, "ecs-tasks": true, "pods.eks": true, "codebuild": true, "batch": true,
	"tasks.apprunner": true, "glue": true, "sagemaker": true, "states": true,
}

// plainServices run no code of the customer with the role that they assume.
var plainServices = map[string]bool{
	"apigateway": true, "cloudtrail": true, "vpc-flow-logs": true, "config": true, "delivery.logs": true, "logs": true,
	"streams.metrics.cloudwatch": true, "monitoring.rds": true, "firehose": true, "scheduler": true, "events": true,
	"iot": true, "sns": true,
}

// ServiceName is a service principal without its domain and region, such as
// logs for logs.eu-west-1.amazonaws.com.
func ServiceName(principal string) string {
	s := strings.ToLower(principal)
	s = strings.TrimSuffix(s, ".cn")
	s = strings.TrimSuffix(s, ".amazonaws.com")
	s = strings.TrimSuffix(s, ".aws.internal")
	if i := strings.LastIndexByte(s, '.'); i > 0 && isRegion(s[i+1:]) {
		return s[:i]
	}
	return s
}

// isRegion reports whether s has the form of a region: us-east-1.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) < 3 || len(parts[0]) != 2 {
		return false
	}
	last := parts[len(parts)-1]
	return len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}

func workload(entries []*Entry) bool {
	for _, e := range entries {
		if e.Kind == Service && workloadServices[ServiceName(e.Issuer)] {
			return true
		}
		if e.Kind == WebIdentity && IsEKS(e.Issuer) {
			return true
		}
	}
	return false
}

// IsEKS reports whether an issuer is an EKS cluster's.
func IsEKS(issuer string) bool { return strings.HasPrefix(issuer, "oidc.eks.") }

func serviceOnly(entries []*Entry) bool {
	for _, e := range entries {
		if e.Kind != Service || !plainServices[ServiceName(e.Issuer)] {
			return false
		}
	}
	return len(entries) > 0
}

// A platformRole is a role that AWS tooling makes, by name and trust.
type platformRole struct {
	name, prefix, suffix, path string
	trust                      func(*Entry) bool
}

func byOwnAccount(e *Entry) bool {
	return e.Kind == OwnAccount || e.Kind == TrustedAccount || e.Kind == UnfamiliarAccount && e.Root
}

func byService(names ...string) func(*Entry) bool {
	return func(e *Entry) bool {
		if e.Kind != Service {
			return e.Kind == OwnAccount || e.Kind == TrustedAccount
		}
		for _, n := range names {
			if ServiceName(e.Issuer) == n {
				return true
			}
		}
		return false
	}
}

func bySSO(e *Entry) bool {
	return e.Kind == SAMLProvider && strings.Contains(e.Issuer, ":saml-provider/AWSSSO_")
}

func byAnyService(e *Entry) bool { return e.Kind == Service }

// platformRoles is data: AWS Organizations, Control Tower, StackSets, CDK
// bootstrap, Identity Center and service-linked roles.
var platformRoles = sync.OnceValue(func() []platformRole {
	cfn := byService("cloudformation")
	return []platformRole{
		{name: "OrganizationAccountAccessRole", trust: byOwnAccount},
		{name: "AWSControlTowerExecution", trust: byOwnAccount},
		{prefix: "aws-controltower-", trust: func(e *Entry) bool { return byOwnAccount(e) || byAnyService(e) }},
		{prefix: "AWSControlTower", path: "/service-role/", trust: byAnyService},
		{prefix: "stacksets-exec-", trust: byService("member.org.stacksets.cloudformation", "member.org.stacksets")},
		{name: "AWSCloudFormationStackSetExecutionRole", trust: byOwnAccount},
		{prefix: "cdk-", suffix: "-cfn-exec-role-", trust: cfn},
		{prefix: "cdk-", suffix: "-deploy-role-", trust: byOwnAccount},
		{prefix: "cdk-", suffix: "-lookup-role-", trust: byOwnAccount},
		{prefix: "cdk-", suffix: "-file-publishing-role-", trust: byOwnAccount},
		{prefix: "cdk-", suffix: "-image-publishing-role-", trust: byOwnAccount},
		{path: "/aws-reserved/sso.amazonaws.com/", trust: bySSO},
		{path: "/aws-service-role/", trust: byAnyService},
	}
})

// platform reports whether a role of a live account is the platform's. Code
// that defines one is judged like any other. An account that is not known for
// one's own is taken for the organization's only when it is the manager.
func platform(role *model.Identity, entries []*Entry, manager string) bool {
	p := platformOf(role)
	if p == nil || len(entries) == 0 {
		return false
	}
	for _, e := range entries {
		if !p.trust(e) || e.Kind == UnfamiliarAccount && e.Account != manager {
			return false
		}
	}
	return true
}

// platformOf is the platform's role that a role of a live account is called
// like, or nil.
func platformOf(role *model.Identity) *platformRole {
	if role.Unit == nil || role.Unit.Input != model.Export {
		return nil
	}
	roles := platformRoles()
	for i := range roles {
		if roles[i].names(role) {
			return &roles[i]
		}
	}
	return nil
}

// manager is the one unfamiliar account that all of the platform's roles in a
// scan let in: without organization data, the management account. It is empty
// when the user said which accounts are trusted, or when there are two.
func (g *Graph) manager() string {
	if g.KnowsAccounts() {
		return ""
	}
	found := ""
	for _, e := range g.allTrusts {
		if e.Kind != UnfamiliarAccount || !e.Root || platformOf(e.Role) == nil {
			continue
		}
		if found != "" && found != e.Account {
			return ""
		}
		found = e.Account
	}
	return found
}

func (p platformRole) names(role *model.Identity) bool {
	name := role.Name.Value
	return (p.name == "" || p.name == name) && strings.HasPrefix(name, p.prefix) && strings.Contains(name, p.suffix) &&
		strings.HasPrefix(model.PathOf(role.Entity), p.path)
}
