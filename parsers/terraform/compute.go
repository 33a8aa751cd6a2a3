package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) machine(o *object)     { b.instance(o, model.Machine, "") }
func (b *builder) spotRequest(o *object) { b.instance(o, model.SpotInstance, "") }

// launchConfiguration has the profile where an instance has it; name or ARN.
func (b *builder) launchConfiguration(o *object) { b.instance(o, model.LaunchConfiguration, "name") }

func (b *builder) instance(o *object, kind model.InstanceKind, name string) {
	i := &model.Instance{Entity: b.entity(o, name), Kind: kind, Unit: b.unit, Region: b.regionName(o)}
	i.Profile = b.profileIn(o.res.block.Body, o.sc, "iam_instance_profile")
	b.metadata(o, i, "metadata_options")
	b.needs(o, i)
	for _, t := range b.blocks(o, "launch_template") {
		i.Template = b.templateIn(t, "id", "name")
	}
	image := "ami"
	if kind == model.LaunchConfiguration {
		image = "image_id"
	}
	i.IMDSSupport = b.imdsSupport(o.attr(image), o.sc)
	b.unit.Instances = append(b.unit.Instances, i)
}

// profileIn is the argument that names an instance profile. A variable that
// is null or empty by default is there for the caller to set: what it names is
// unknown.
func (b *builder) profileIn(body *hclsyntax.Body, sc *scope, name string) *model.Ref {
	r := b.refIn(body, sc, name)
	a := body.Attributes[name]
	null := "null"
	if r != nil && r.Value.Known && r.Value.Value == "" {
		r, null = nil, "empty"
	}
	if r != nil || a == nil {
		return r
	}
	variable := b.e.nullByDefault(site{a.Expr, sc})
	if variable == "" {
		return nil
	}
	at := b.e.exprRange(a.Expr)
	b.unresolved(model.Unresolved{
		Range: at, Expression: oneLine(at.Text()), Bears: true, Assumed: "any instance profile",
		Missing: fmt.Sprintf("variable %q is %s by default: pass --var %s=... or a .tfvars file", variable, null, variable),
	})
	return &model.Ref{Value: source.NewString(hole(source.HoleFree, "var."+variable), at)}
}

// nullByDefault names the variable of the root module that an expression
// takes its null from; empty when it was given or nobody else can set it.
func (e *evaluator) nullByDefault(s site) string {
	for range maxModuleDepth {
		p := e.follow(s.expr, s.sc)
		if p == nil {
			return ""
		}
		name, isVariable := strings.CutPrefix(p.label, "var.")
		if _, given := e.root.inputs[name]; isVariable && !given && e.root.places[p.label] == p {
			return name
		}
		if p = e.origin(p); !p.site.ok() {
			return ""
		}
		s = p.site
	}
	return ""
}

// launchTemplate has the profile in a block.
func (b *builder) launchTemplate(o *object) {
	i := &model.Instance{Entity: b.entity(o, "name"), Kind: model.LaunchTemplate, Unit: b.unit, Region: b.regionName(o)}
	for _, p := range b.blocks(o, "iam_instance_profile") {
		if i.Profile = b.profileIn(p.body, p.sc, "arn"); i.Profile == nil {
			i.Profile = b.profileIn(p.body, p.sc, "name")
		}
		if i.Profile != nil {
			i.Profile.Maybe = i.Profile.Maybe || p.maybe
		}
	}
	b.metadata(o, i, "metadata_options")
	b.needs(o, i)
	i.IMDSSupport = b.imdsSupport(o.attr("image_id"), o.sc)
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) blocks(o *object, name string) []expandedBlock {
	out, _ := b.e.expand(nested(o.res.block.Body, name), o.sc)
	return out
}

// metadata reads the metadata options, which a block of that type holds.
func (b *builder) metadata(o *object, i *model.Instance, block string) {
	for _, m := range b.blocks(o, block) {
		i.MetadataRange = b.e.rng(blockRange(m.block))
		i.Tokens = perhaps(m, b.textIn(m.body, m.sc, "http_tokens"))
		i.Endpoint = perhaps(m, b.textIn(m.body, m.sc, "http_endpoint"))
	}
}

// perhaps is what an argument of a block says: nobody knows, if the block may
// not be there.
func perhaps(b expandedBlock, s source.String) source.String {
	if !b.maybe || s.IsZero() {
		return s
	}
	return source.Unknown(source.HoleFree, safeLabel(b.when), s.Range)
}

// needs looks for signs of AWS calls in user data and tags.
func (b *builder) needs(o *object, i *model.Instance) {
	b.userDataOf(i, o.res.block.Body, o.sc)
	tags := b.tagsIn(o.res.block.Body, o.sc)
	for _, s := range b.blocks(o, "tag_specifications") {
		tags = append(tags, b.tagsIn(s.body, s.sc)...)
	}
	b.tagNeeds(i, tags)
}

func (b *builder) tagNeeds(i *model.Instance, tags []model.Tag) {
	for _, t := range tags {
		if sign := model.TagSign(t.Key.Value, t.Value.Value); sign != "" {
			i.Needs = append(i.Needs, model.Cause{Range: t.Key.Range.Join(t.Value.Range), Message: "its tags name " + sign})
		}
	}
}

// alarm is of use when it watches what the agent of one instance sends.
func (b *builder) alarm(o *object) {
	b.agentAlarm(o.res.block.Body, o.sc)
	for _, q := range b.blocks(o, "metric_query") {
		metrics, _ := b.e.expand(nested(q.body, "metric"), q.sc)
		for _, m := range metrics {
			b.agentAlarm(m.body, m.sc)
		}
	}
}

func (b *builder) agentAlarm(body *hclsyntax.Body, sc *scope) {
	a := body.Attributes["dimensions"]
	if a == nil || !b.textIn(body, sc, "namespace").Is(model.AgentNamespace) {
		return
	}
	id := b.e.read(a.Expr, sc, elementLevel).Get("InstanceId").Text()
	if id.IsZero() {
		return
	}
	b.unit.AgentAlarms = append(b.unit.AgentAlarms, &model.AgentAlarm{
		Instance: model.Ref{Value: id, Address: b.e.memberAddress(site{a.Expr, sc}, "InstanceId")}, Range: id.Range,
	})
}

func (b *builder) metadataDefaults(o *object) {
	b.unit.MetadataDefaults = append(b.unit.MetadataDefaults, &model.MetadataDefaults{
		Entity: b.entity(o, ""), Region: b.regionName(o), Tokens: b.text(o, "http_tokens"), Endpoint: b.text(o, "http_endpoint"),
	})
}

// profileUser is a service that makes an instance profile for a role.
func (b *builder) profileUser(o *object, service string, role, template *model.Ref) {
	if role == nil {
		return
	}
	b.unit.ProfileUsers = append(b.unit.ProfileUsers, &model.ProfileUser{
		Entity: b.entity(o, ""), Service: service, Role: *role, Template: template,
	})
}

func (b *builder) eksNodeGroup(o *object) {
	var template *model.Ref
	for _, t := range b.blocks(o, "launch_template") {
		if template = b.templateIn(t, "id", "name"); template != nil {
			u := b.templateUser(o, model.EKSNodeGroup, "node_group_name")
			u.Templates = append(u.Templates, *template)
		}
	}
	b.profileUser(o, "EKS node group", b.ref(o, "node_role_arn"), template)
}

func (b *builder) eksCluster(o *object) {
	b.blockRole(o, "EKS Auto Mode", "compute_config", "node_role_arn")
}

func (b *builder) batchEnvironment(o *object) {
	b.blockRole(o, "Batch", "compute_resources", "instance_role")
	for _, t := range b.blocksIn(o, "compute_resources", "launch_template") {
		if r := b.templateIn(t, templateID, templateName); r != nil {
			u := b.templateUser(o, model.BatchComputeEnvironment, "compute_environment_name")
			u.Templates = append(u.Templates, *r)
		}
	}
}

func (b *builder) emrCluster(o *object) {
	b.blockRole(o, "EMR", "ec2_attributes", "instance_profile")
}

func (b *builder) dlmPolicy(o *object) {
	b.profileUser(o, "Data Lifecycle Manager", b.ref(o, "execution_role_arn"), nil)
}

// beanstalk starts machines with the profile that an option names
// (aws:autoscaling:launchconfiguration in the AWS Elastic Beanstalk Developer
// Guide, "General options for all environments").
func (b *builder) beanstalk(o *object) {
	for _, s := range b.blocks(o, "setting") {
		if b.textIn(s.body, s.sc, "namespace").Is("aws:autoscaling:launchconfiguration") && b.textIn(s.body, s.sc, "name").Is("IamInstanceProfile") {
			b.profileUser(o, "Elastic Beanstalk", b.refIn(s.body, s.sc, "value"), nil)
		}
	}
}

func (b *builder) blockRole(o *object, service, block, attr string) {
	for _, c := range b.blocks(o, block) {
		b.profileUser(o, service, b.refIn(c.body, c.sc, attr), nil)
	}
}

// regionName is the region of a resource, empty when unknown.
func (b *builder) regionName(o *object) string {
	r := b.e.regionOf(o)
	if source.HasMark(r) {
		return ""
	}
	return r
}

// handedOn notes the policies and roles that a module gets whose source is not
// at hand: it may put the roles into an instance profile.
func (b *builder) handedOn(inst *instance, c *call) {
	b.handedPolicies(inst, c)
	if b.e.planned == nil && !b.e.tree.declares(b.e.dir, "aws_iam_role") {
		return
	}
	seen := map[string]bool{}
	for _, name := range sortedKeys(c.block.Body.Attributes) {
		for _, o := range b.e.mentionedObjects(site{c.block.Body.Attributes[name].Expr, inst.sc}) {
			if o.res.data || o.res.kind != "aws_iam_role" || seen[o.address] {
				continue
			}
			seen[o.address] = true
			u := b.reading.builder(b.e.providerOf(o)).unit
			u.ProfileUsers = append(u.ProfileUsers, &model.ProfileUser{
				Entity:  model.Entity{Address: inst.address("module." + c.name), Range: b.e.rng(headerRange(c.block)), Block: b.e.rng(blockRange(c.block))},
				Service: c.name, Role: model.Ref{Address: o.address}, Unread: true,
			})
		}
	}
}

// mentionedObjects are the resources that an expression refers to anywhere.
func (e *evaluator) mentionedObjects(s site) []*object {
	var out []*object
	for _, p := range e.mentions(s, map[siteKey]bool{}) {
		if p.obj != nil {
			out = append(out, p.obj)
		} else {
			out = append(out, p.set.objects...)
		}
	}
	return out
}

// mentions are the resources and sets of resources that an expression refers
// to anywhere, and which attributes of them, but in what was seen before.
func (e *evaluator) mentions(s site, seen map[siteKey]bool) []*place {
	key := siteKey(s)
	if seen[key] {
		return nil
	}
	seen[key] = true
	defer e.leave()
	if e.enter() != nil {
		return nil
	}
	var out []*place
	for _, t := range s.expr.Variables() {
		p := e.follow(&hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: t.SourceRange()}, s.sc)
		if p == nil {
			continue
		}
		if p.obj == nil && p.set == nil {
			p = e.origin(p)
		}
		switch {
		case p.obj != nil, p.set != nil:
			out = append(out, p)
		case p.site.ok():
			out = append(out, e.mentions(p.site, seen)...)
		}
	}
	return out
}
