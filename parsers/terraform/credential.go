package terraform

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) accessKey(o *object) {
	k := &model.AccessKey{
		Entity: b.entity(o, ""), Unit: b.unit, User: must(b.ref(o, "user")),
		Active: b.text(o, "status"), PGPKey: b.text(o, "pgp_key"),
	}
	b.unit.AccessKeys = append(b.unit.AccessKeys, k)
}

func (b *builder) serviceCredential(o *object) {
	b.unit.ServiceCredentials = append(b.unit.ServiceCredentials, &model.ServiceCredential{
		Entity: b.entity(o, ""), Unit: b.unit, UserName: must(b.ref(o, "user_name")),
		ServiceName: b.text(o, "service_name"), Status: b.text(o, "status"), CredentialAgeDays: b.text(o, "credential_age_days"),
	})
}

func (b *builder) loginProfile(o *object) { b.logins = append(b.logins, must(b.ref(o, "user"))) }

func (b *builder) setLogins() {
	for _, r := range b.logins {
		if id := b.declared(model.User, r); id != nil {
			id.HasLogin = true
		}
	}
}

// serviceLinkedRole is the role that AWS makes for a service and that only
// the service may assume ("Create a service-linked role"). Its policy is
// AWS's own.
func (b *builder) serviceLinkedRole(o *object) {
	id := &model.Identity{Entity: b.entity(o, ""), Kind: model.Role, Unit: b.unit}
	service := b.text(o, "aws_service_name")
	id.Name = source.NewString(b.localText(b.e.serviceRoleName(o)), service.Range)
	id.Path = source.NewString("/aws-service-role/"+service.Value+"/", service.Range)
	id.Trust, id.TrustRange = trustOfService(service), service.Range
	id.Incomplete = "the policy of a service-linked role is not in the scan"
	id.Tags = b.tags(o)
	b.unit.Identities = append(b.unit.Identities, id)
}

// serviceRoleName is what is known of the name of a service-linked role.
func (e *evaluator) serviceRoleName(o *object) string {
	name := "AWSServiceRoleFor" + hole(source.HoleName, o.address)
	if suffix := e.attrText(o, "custom_suffix"); suffix != "" {
		name += "_" + suffix
	}
	return name
}

// serviceRole is an attribute of a service-linked role that AWS makes up.
func (e *evaluator) serviceRole(o *object, name string) (cty.Value, bool, error) {
	role := e.serviceRoleName(o)
	path := "/aws-service-role/" + e.attrText(o, "aws_service_name") + "/"
	switch name {
	case "name":
		return cty.StringVal(role), true, nil
	case "path":
		return cty.StringVal(path), true, nil
	case "arn", "id":
		return cty.StringVal("arn:" + partition() + ":iam::" + e.selfOf(o) + ":role" + path + role), true, nil
	}
	return cty.NilVal, false, nil
}

// trustOfService is the trust policy that lets one service in.
func trustOfService(service source.String) *iam.Document {
	r := service.Range
	text := func(s string) *source.Value { return source.StringValue(source.NewString(s, r)) }
	object := func(members ...source.Member) *source.Value {
		return &source.Value{Kind: source.Object, Members: members, Range: r}
	}
	member := func(name string, v *source.Value) source.Member {
		return source.Member{Name: source.NewString(name, r), Value: v}
	}
	statement := object(
		member("Effect", text("Allow")), member("Action", text("sts:AssumeRole")),
		member("Principal", object(member("Service", source.StringValue(service)))),
	)
	return iam.Read(object(member("Version", text("2012-10-17")), member("Statement", statement)), iam.TrustDocument)
}

// showSecrets notes what hands the secrets of access keys on in plain text.
func (r *reading) showSecrets(inst *instance) {
	for _, name := range sortedKeys(inst.cfg.outputs) {
		if a := inst.cfg.output(name).Body.Attributes["value"]; a != nil {
			r.showSecret(site{a.Expr, inst.sc}, r.e.rng(headerRange(inst.cfg.output(name))), fmt.Sprintf("output %q hands the secret on", name))
		}
	}
	for _, key := range sortedKeys(inst.cfg.resources) {
		res := inst.cfg.resources[key]
		switch {
		case res.data:
		case res.kind == "aws_ssm_parameter":
			r.eachObject(inst, key, func(o *object) {
				if a := o.attr("value"); a != nil && r.e.attrText(o, "type") != "SecureString" {
					r.showSecret(site{a.Expr, o.sc}, r.e.exprRange(a.Expr), "a parameter in plain text holds the secret")
				}
			})
		case holdsUserData(res.kind):
			r.eachObject(inst, key, r.showUserData)
		case res.kind == "aws_lambda_function":
			r.eachObject(inst, key, func(o *object) {
				blocks, _ := r.e.expand(nested(o.res.block.Body, "environment"), o.sc)
				for _, env := range blocks {
					if a := env.body.Attributes["variables"]; a != nil {
						r.showSecret(site{a.Expr, env.sc}, r.e.exprRange(a.Expr), "a function's environment holds the secret")
					}
				}
			})
		}
	}
	for _, name := range sortedKeys(inst.cfg.calls) {
		for _, child := range r.e.modules(inst, name).instances {
			r.showSecrets(child)
		}
	}
}

// holdsUserData reports whether resources of a type, or blocks in them, start
// machines with user data.
func holdsUserData(kind string) bool {
	switch kind {
	case "aws_instance", "aws_spot_instance_request", "aws_launch_template", "aws_launch_configuration", "aws_spot_fleet_request":
		return true
	}
	return false
}

// showUserData notes secrets in user data, which whoever may describe the
// instance reads.
func (r *reading) showUserData(o *object) {
	bodies, _ := r.e.expand(nested(o.res.block.Body, "launch_specification"), o.sc)
	for _, b := range append(bodies, expandedBlock{body: o.res.block.Body, sc: o.sc}) {
		for _, name := range []string{"user_data", "user_data_base64"} {
			if a := b.body.Attributes[name]; a != nil {
				r.showSecret(site{a.Expr, b.sc}, r.e.exprRange(a.Expr), "user data holds the secret")
			}
		}
	}
}

func (r *reading) eachObject(inst *instance, key string, f func(*object)) {
	for _, o := range r.e.set(inst, key).objects {
		f(o)
	}
}

func (r *reading) showSecret(s site, at source.Range, message string) {
	r.e.renew()
	for _, o := range r.e.secretsIn(s) {
		for _, b := range r.builders {
			for _, k := range b.unit.AccessKeys {
				c := model.Cause{Range: at, Message: message}
				if k.Address == o.address && !slices.Contains(k.Shown, c) {
					k.Shown = append(k.Shown, c)
				}
			}
		}
	}
}

// secretsIn are the access keys whose secret an expression reads.
func (e *evaluator) secretsIn(s site) []*object {
	var out []*object
	for _, p := range e.mentions(s, map[siteKey]bool{}) {
		if p.obj != nil && p.obj.res.kind == "aws_iam_access_key" && (p.attr == "secret" || p.attr == "ses_smtp_password_v4") {
			out = append(out, p.obj)
		}
	}
	return out
}
