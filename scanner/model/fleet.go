package model

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A TemplateUserKind says what starts instances from templates.
type TemplateUserKind uint8

// The kinds of template users.
const (
	AutoScalingGroup TemplateUserKind = iota
	EC2Fleet
	SpotFleet
	EKSNodeGroup
	BatchComputeEnvironment
)

// String is the kind's name in messages.
func (k TemplateUserKind) String() string {
	return [...]string{"Auto Scaling group", "EC2 fleet", "spot fleet request", "EKS node group", "Batch compute environment"}[k]
}

// Profiled reports whether the service gives its instances a profile itself,
// so that their template holds none ("Customize managed nodes with launch
// templates" in the Amazon EKS User Guide, "instanceRole" in the AWS Batch API
// Reference).
func (k TemplateUserKind) Profiled() bool { return k == EKSNodeGroup || k == BatchComputeEnvironment }

// A TemplateUser starts instances from launch templates or a launch
// configuration.
type TemplateUser struct {
	Entity
	Unit *Unit
	Kind TemplateUserKind
	// Region is empty when unknown.
	Region string
	// Templates name launch templates by id or name, Configuration a launch
	// configuration; nil for none.
	Templates     []Ref
	Configuration *Ref
	To            []*Instance // linked
}

// A PodIdentity is an association of EKS Pod Identity: a way into a role for
// the pods of one service account ("PodIdentityAssociation" in the Amazon EKS
// API Reference).
type PodIdentity struct {
	Entity
	Unit    *Unit
	RoleARN Ref
	// TargetRoleARN is a role that the first one takes for the pods, nil for
	// none.
	TargetRoleARN                          *Ref
	ClusterName, Namespace, ServiceAccount source.String
	// Linked: the roles of RoleARN and TargetRoleARN.
	To, TargetTo *Identity
}

// A HostManagement is the role that Systems Manager gives the instances of an
// account and region that have no profile ("Default Host Management
// Configuration" in the AWS Systems Manager User Guide).
type HostManagement struct {
	Entity
	Unit *Unit
	// Region is empty when unknown.
	Region string
	Role   Ref
	To     *Identity // linked
}

// templateUsers resolves templates, and tells them who uses them.
func (l *linker) templateUsers() {
	for _, u := range l.unit.TemplateUsers {
		refs := u.Templates
		if u.Configuration != nil {
			refs = append(refs[:len(refs):len(refs)], *u.Configuration)
		}
		for _, r := range refs {
			i := l.template(r, u.Region)
			if i == nil || contains(u.To, i) {
				continue
			}
			u.To = append(u.To, i)
			i.UsedBy = append(i.UsedBy, u)
		}
	}
}

func (l *linker) podIdentities() {
	for _, p := range l.unit.PodIdentities {
		p.To = l.roleIn(p.RoleARN)
		if p.TargetRoleARN != nil {
			p.TargetTo = l.roleIn(*p.TargetRoleARN)
		}
	}
}

// roleIn resolves a role that may lie in another account, which its ARN then
// says.
func (l *linker) roleIn(r Ref) *Identity {
	arn, ok := iam.ParseARN(r.Value.Value)
	if !ok || r.Address != "" || !iam.IsAccountID(arn.Account) || arn.Account == l.unit.Account {
		return l.identity(Role, r)
	}
	var found *Identity
	for _, id := range l.all.identities[kindAndName{Role, arn.Resource[strings.LastIndexByte(arn.Resource, '/')+1:]}] {
		if id.Unit.Account != arn.Account && (id.Unit.Account != "" || id.Unit != l.unit) {
			continue
		}
		if found != nil {
			return nil
		}
		found = id
	}
	return found
}

// credentials resolves keys and credentials to users, and the roles that code
// is deployed with.
func (l *linker) credentials() {
	for _, k := range l.unit.AccessKeys {
		k.Unit = l.unit
		k.To = l.identity(User, k.User)
	}
	for _, c := range l.unit.ServiceCredentials {
		c.To = l.identity(User, c.UserName)
	}
	for _, h := range l.unit.HostManagement {
		h.To = l.identity(Role, h.Role)
	}
	for _, r := range l.unit.AssumedRoles {
		r.To = l.roleIn(r.RoleARN)
	}
}
