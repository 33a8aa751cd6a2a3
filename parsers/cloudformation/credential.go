package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) accessKey(res *resource) {
	k := &model.AccessKey{Entity: b.entity(res, ""), Active: b.text(res, "Status"), User: must(b.oneRef(res, "UserName"))}
	k.Unit = b.unit
	b.unit.AccessKeys = append(b.unit.AccessKeys, k)
	b.keys[k.Address] = k
}

// serviceLinkedRole is a role that AWS makes for a service and that only the
// service may assume ("Create a service-linked role"). Its policy is AWS's own.
func (b *builder) serviceLinkedRole(res *resource) {
	id := &model.Identity{Entity: b.entity(res, ""), Kind: model.Role}
	service := b.text(res, "AWSServiceName")
	id.Name = source.NewString(b.e.serviceRoleName(res), service.Range)
	id.Path = source.NewString(b.e.pathOf(res), service.Range)
	id.Trust, id.TrustRange = b.document(trustOf(service.Value, service.Range), iam.TrustDocument, res.block()), service.Range
	id.Incomplete = "the policy of a service-linked role is not in the scan"
	b.unit.Identities = append(b.unit.Identities, id)
}

const serviceLinkedRole = "AWS::IAM::ServiceLinkedRole"

// serviceRoleName is what is known of the name of a service-linked role.
func (e *evaluator) serviceRoleName(res *resource) string {
	name := "AWSServiceRoleFor" + source.Hole(source.HoleName, res.id.Value)
	if suffix := scalar(e.property(res, "CustomSuffix"), "CustomSuffix").Value; suffix != "" {
		name += "_" + suffix
	}
	return name
}

// showSecrets notes what hands the secrets of access keys on in plain text.
func (b *builder) showSecrets() {
	if len(b.unit.AccessKeys) == 0 {
		return
	}
	for _, m := range b.t.expand(b.t.root.Get("Outputs")) {
		if !b.e.exists(m.Value.Get("Condition").Text().Value) {
			continue
		}
		b.showSecret(m.Value.Get("Value"), m.Name.Range, "output "+model.Quoted(m.Name.Value)+" hands the secret on")
	}
	for _, res := range b.t.resources {
		if !b.e.exists(res.condition) {
			continue
		}
		switch res.typ {
		case "AWS::SSM::Parameter": // CloudFormation makes no SecureString
			if v := res.properties.Get("Value"); v != nil {
				b.showSecret(v, v.Range, "a parameter in plain text holds the secret")
			}
		case "AWS::Lambda::Function":
			for _, m := range members(b.environment(res)) {
				b.showSecret(m.Value, m.Value.Range, "a function's environment holds the secret")
			}
		default:
			b.showOnMachine(res)
		}
	}
}

// showOnMachine notes secrets in user data and in metadata, which whoever may
// describe the instance or the stack reads.
func (b *builder) showOnMachine(res *resource) {
	if fleetMaker(res.typ) != nil {
		holders := []*source.Value{res.properties, res.properties.Get("LaunchTemplateData")}
		holders = append(holders, res.properties.Get("SpotFleetRequestConfigData").Get("LaunchSpecifications").Elements()...)
		for _, h := range holders {
			if v := h.Get("UserData"); v != nil {
				b.showSecret(v, v.Range, "user data holds the secret")
			}
		}
	}
	if v := res.body.Get("Metadata"); v != nil {
		b.showSecret(v, v.Range, "the metadata of "+model.Quoted(res.id.Value)+" hold the secret")
	}
}

func (b *builder) showSecret(v *source.Value, at source.Range, message string) {
	b.e.mentions(v, func(id, attribute string) {
		c := model.Cause{Range: at, Message: message}
		k := b.keys[b.t.prefix+id]
		if k != nil && attribute == "SecretAccessKey" && !slices.Contains(k.Shown, c) {
			k.Shown = append(k.Shown, c)
		}
	})
}

// mentions calls f with each attribute of a resource that a value as written
// gets, in any branch that may be taken.
func (e *evaluator) mentions(v *source.Value, f func(id, attribute string)) {
	if v == nil {
		return
	}
	switch fn, arg, _ := intrinsic(v); fn {
	case "Fn::GetAtt":
		f(getAttParts(arg))
		return
	case "Fn::Sub":
		e.mentionsInText(arg, f)
	case "Fn::If":
		if len(arg.Items) == 3 {
			e.mentionsInBranches(arg, f)
			return
		}
	}
	for _, i := range v.Items {
		e.mentions(i, f)
	}
	for _, m := range v.Members {
		e.mentions(m.Value, f)
	}
}

// mentionsInText looks through the text of Fn::Sub.
func (e *evaluator) mentionsInText(arg *source.Value, f func(id, attribute string)) {
	if arg.Kind == source.List && len(arg.Items) > 0 {
		arg = arg.Items[0]
	}
	for p := range subParts(arg.Text().Value) {
		if id, attribute, ok := strings.Cut(p.name, "."); ok && !p.literal {
			f(id, attribute)
		}
	}
}

func (e *evaluator) mentionsInBranches(arg *source.Value, f func(id, attribute string)) {
	is := e.condition(arg.Items[0].Text().Value)
	if is != no {
		e.mentions(arg.Items[1], f)
	}
	if is != yes {
		e.mentions(arg.Items[2], f)
	}
}

// issuer is an OIDC provider's URL as its name has it: without scheme.
func issuer(url string) string {
	return strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/")
}
