package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// checkRoleWithoutProfile is IW401.
func checkRoleWithoutProfile(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, role := range u.Identities {
			if role.Kind != model.Role || role.Trust == nil || len(role.Profiles) > 0 || p.Access.Platform(role) {
				continue
			}
			if f, ok := roleWithoutProfile(p, u, role); ok {
				p.Report(f)
			}
		}
	}
	return nil
}

func roleWithoutProfile(p *scanner.Pass, u *model.Unit, role *model.Identity) (scanner.Finding, bool) {
	named, otherService := p.Access.Services(role, "ec2")
	if !named || otherService || servedByService(u, role) || strings.HasPrefix(model.PathOf(role.Entity), "/aws-service-role/") {
		return scanner.Finding{}, false
	}
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Range: role.Range, Label: "no instance profile holds it", Unit: u,
		Entity: identityEntity(role), Part: "instance-profile", Subject: identityNamed(role),
		Message: fmt.Sprintf("%s is for EC2 and no instance profile holds it, so no instance can use it", identityNamed(role)),
		Advice:  "make an instance profile and name it on the instance",
		Fix:     profileFix(u, role),
	}
	hold := p.Access.Holding(role)
	switch {
	case u.Input != model.Export && len(u.Profiles) == 0:
		f.Confidence = scanner.ConfidenceMedium
		f.Message += "; another stack may hold one"
	case unresolvedProfile(u):
		f.Confidence = scanner.ConfidenceMedium
		f.Message += "; the role of a profile could not be resolved"
	}
	if !hold.Everything && hold.Actions.Intersect(cloudwatch.Core()).Empty() {
		f.Confidence = scanner.ConfidenceLow
		if hold.Bare {
			f.Confidence = scanner.ConfidenceMedium
		}
	}
	if m := unreadUser(u, role); m != nil {
		f.Confidence = scanner.ConfidenceLow
		f.Message += fmt.Sprintf("; module %q gets it, whose source is not at hand, and may make a profile", m.Service)
		f.Related = appendRelated(f.Related, m.Range, "the role goes into this module")
	}
	if role.Maybe {
		f.Confidence = f.Confidence.Lower()
	}
	for _, e := range p.Access.Entries(role) {
		f.Related = appendRelated(f.Related, e.Principal.Value.Range, "EC2 is trusted here")
	}
	f.Related = appendCalls(f.Related, role.Module)
	return f, true
}

// servedByService reports whether a service makes the role's profile itself.
func servedByService(u *model.Unit, role *model.Identity) bool {
	for _, s := range u.ProfileUsers {
		if s.Unread {
			continue
		}
		if s.Role.Address != "" && s.Role.Address == role.Address || s.Role.Value.Known && lastSegment(s.Role.Value.Value) == role.Name.Value {
			return true
		}
	}
	for _, a := range role.Managed {
		if name, ok := access.AWSManagedName(a.Policy.Value.Value); ok && name == "AmazonEKSWorkerNodePolicy" {
			return true
		}
	}
	return false
}

// unreadUser is a module whose source is not at hand and that gets the role.
func unreadUser(u *model.Unit, role *model.Identity) *model.ProfileUser {
	for _, s := range u.ProfileUsers {
		if s.Unread && s.Role.Address == role.Address {
			return s
		}
	}
	return nil
}

func lastSegment(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' || s[i] == ':' {
			return s[i+1:]
		}
	}
	return s
}

// unresolvedProfile reports whether a profile names a role that is not in the
// scan.
func unresolvedProfile(u *model.Unit) bool {
	for _, pr := range u.Profiles {
		if len(pr.To) == 0 && len(pr.Roles) > 0 {
			return true
		}
	}
	return false
}

func machineEntity(i *model.Instance) string { return i.Kind.String() + "/" + i.Address }

// checkInstanceWithoutProfile is IW402.
func checkInstanceWithoutProfile(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, i := range u.Instances {
			if i.Kind != model.Machine && i.Kind != model.SpotInstance || i.Profile != nil {
				continue
			}
			if i.Template != nil && (i.From == nil || i.From.Profile != nil) {
				continue
			}
			f := scanner.Finding{
				Confidence: scanner.ConfidenceLow, Range: i.Range, Label: "no instance profile", Unit: u,
				Entity: machineEntity(i), Part: "instance-profile", Subject: named(i.Kind.String(), model.Entity{Address: i.Address}),
				Message: named(i.Kind.String(), model.Entity{Address: i.Address}) + " has no instance profile",
				Advice:  "give it a role through an instance profile", Fix: machineFix(u, i),
			}
			needs := i.Needs
			if i.From != nil {
				needs = slices.Concat(needs, i.From.Needs)
			}
			if len(needs) > 0 {
				f.Confidence = scanner.ConfidenceHigh
				f.Message += " although it calls AWS"
			}
			if i.Maybe {
				f.Confidence = f.Confidence.Lower()
			}
			for _, n := range needs {
				f.Related = appendRelated(f.Related, n.Range, n.Message)
			}
			f.Related = appendCalls(f.Related, i.Module)
			p.Report(f)
		}
	}
	return nil
}

// metadata are the options that hold for an instance, its template's where it
// has none of its own.
type metadata struct {
	tokens, endpoint source.String
	block            source.Range
}

func metadataOf(i *model.Instance) metadata {
	m := metadata{i.Tokens, i.Endpoint, i.MetadataRange}
	if i.From == nil {
		return m
	}
	if m.tokens.IsZero() {
		m.tokens = i.From.Tokens
	}
	if m.endpoint.IsZero() {
		m.endpoint = i.From.Endpoint
	}
	if m.block.IsZero() {
		m.block = i.From.MetadataRange
	}
	return m
}

func profileOf(i *model.Instance) *model.InstanceProfile {
	if i.To == nil && i.Profile == nil && i.From != nil {
		return i.From.To
	}
	return i.To
}

// checkMetadata is IW406.
func checkMetadata(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, i := range u.Instances {
			profile := profileOf(i)
			if profile == nil {
				continue
			}
			for _, role := range profile.To {
				if f, ok := exposedMetadata(p, u, i, role); ok {
					p.Report(f)
					break
				}
			}
		}
	}
	return nil
}

func exposedMetadata(p *scanner.Pass, u *model.Unit, i *model.Instance, role *model.Identity) (scanner.Finding, bool) {
	m := metadataOf(i)
	if m.tokens.Is("required") || m.endpoint.Is("disabled") || !p.Access.LogReader(role) {
		return scanner.Finding{}, false
	}
	if m.tokens.IsZero() && (requiredByDefault(u, i) || requiredByImage(i)) {
		return scanner.Finding{}, false
	}
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Range: m.tokens.Range, Label: "IMDSv1 still answers", Unit: u,
		Entity: machineEntity(i), Part: "metadata", Subject: named(i.Kind.String(), model.Entity{Address: i.Address}),
		Message: fmt.Sprintf("IMDSv1 hands out the credentials of %s; %s", identityNamed(role), power(p, role)),
		Classes: classes(p.Access.Holding(role).Actions), Advice: "demand IMDSv2", Fix: metadataFix(u, i),
	}
	if m.tokens.IsZero() {
		f.Confidence, f.Range, f.Label = scanner.ConfidenceMedium, m.block, "no session token is demanded"
		f.Message += "; its metadata options do not demand a session token (IMDSv2), and a newer image may"
	} else if !m.tokens.Known {
		f.Confidence = scanner.ConfidenceMedium
		f.Message += "; whether its metadata options demand a session token (IMDSv2) could not be resolved"
	}
	if role.Elsewhere {
		f.Confidence = f.Confidence.Lower()
		f.Message += "; the role is declared elsewhere: its boundary and other policies were not seen"
	}
	if f.Range.IsZero() {
		f.Range = i.Range
	}
	f.Related = appendRelated(f.Related, m.tokens.Origin, "the value comes from here")
	f.Related = appendRelated(f.Related, i.Range, "the instance is declared here")
	f.Related = appendRelated(f.Related, role.Range, "the role is declared here")
	f.Related = appendCalls(f.Related, slices.Concat(i.Module, role.Module))
	return f, true
}

// requiredByDefault reports whether the defaults of the account and region
// demand IMDSv2. Where code says neither's region, they are in one.
func requiredByDefault(u *model.Unit, i *model.Instance) bool {
	for _, d := range u.MetadataDefaults {
		if !d.Maybe && d.Tokens.Is("required") && d.Region == i.Region {
			return true
		}
	}
	return false
}

// requiredByImage reports whether the image demands IMDSv2, or that of the
// template where the instance names none.
func requiredByImage(i *model.Instance) bool {
	image := i.IMDSSupport
	if image.IsZero() && i.From != nil {
		image = i.From.IMDSSupport
	}
	return image.Is("v2.0")
}
