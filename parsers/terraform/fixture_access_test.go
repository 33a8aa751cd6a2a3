package terraform_test

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
)

func (d *description) credentials(u *model.Unit) {
	for _, c := range u.ServiceCredentials {
		d.entity("service credential", c.Entity)
		d.line("  user %s service=%s at %s status=%s days=%s linked=%v", ref(c.UserName), c.ServiceName.Value, c.ServiceName.Range, c.Status.Value, c.CredentialAgeDays.Value, c.To != nil)
	}
	for _, k := range u.WrittenKeys {
		d.entity("written key in "+k.Place.String(), k.Entity)
		d.line("  kind=%d argument=%s last4=%s double=%v from %s", k.Kind, k.Argument, k.Last4, k.Double, k.Origin)
	}
	for _, r := range u.AssumedRoles {
		d.entity("assumed role", r.Entity)
		d.line("  role %s external id=%s web=%v linked=%v", ref(r.RoleARN), r.ExternalID.Show(), r.WebIdentity, r.To != nil)
		for _, p := range r.PolicyARNs {
			d.line("  session policy %s", ref(p))
		}
		if r.Policy != nil {
			d.document(r.Policy)
		}
	}
}

func (d *description) fleets(u *model.Unit) {
	for _, t := range u.TemplateUsers {
		d.entity(t.Kind.String(), t.Entity)
		d.line("  region %s", t.Region)
		for _, r := range t.Templates {
			d.line("  template %s", ref(r))
		}
		if t.Configuration != nil {
			d.line("  configuration %s", ref(*t.Configuration))
		}
		var linked []string
		for _, i := range t.To {
			linked = append(linked, i.Address)
		}
		d.line("  linked %s", strings.Join(linked, ", "))
	}
	for _, h := range u.HostManagement {
		d.entity("host management", h.Entity)
		d.line("  role %s region %s linked=%v", ref(h.Role), h.Region, h.To != nil)
	}
	for _, p := range u.PodIdentities {
		d.entity("pod identity", p.Entity)
		d.line("  role %s cluster=%s namespace=%s account=%s linked=%v", ref(p.RoleARN), p.ClusterName.Show(), p.Namespace.Show(), p.ServiceAccount.Show(), p.To != nil)
		if p.TargetRoleARN != nil {
			d.line("  target %s linked=%v", ref(*p.TargetRoleARN), p.TargetTo != nil)
		}
	}
}
