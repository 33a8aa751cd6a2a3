package export

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// resourcePolicy adds a policy of a telemetry resource.
func (p *part) resourcePolicy(kind model.ResourcePolicyKind, name, arn source.String, doc *source.Value, block source.Range) {
	if doc == nil || doc.Kind == source.Null {
		return
	}
	a, _ := iam.ParseARN(arn.Value)
	p.owner(arn)
	address := arn.Value
	if address == "" || kind == model.LogGroupPolicy {
		address = strings.ReplaceAll(kind.String(), " ", "-") + "/" + name.Value
	}
	p.unit.ResourcePolicies = append(p.unit.ResourcePolicies, &model.ResourcePolicy{
		Entity: model.Entity{Name: name, Address: address, Range: name.Range, Block: block},
		Kind:   kind, Region: a.Region, Resource: model.Ref{Value: arn, Address: arn.Value},
		Document: p.document(doc, iam.ResourceDocument),
	})
}

// logPolicy reads a ResourcePolicy of CloudWatch Logs: of the account's
// groups in a region, or of one group (policyScope RESOURCE).
func (p *part) logPolicy(v *source.Value) {
	kind, arn := model.LogResourcePolicy, v.Get("resourceArn").Text()
	if arn.Value != "" {
		kind = model.LogGroupPolicy
	}
	name := v.Get("policyName").Text()
	if name.Value == "" {
		name = arn
	}
	p.resourcePolicy(kind, name, arn, v.Get("policyDocument"), v.Range)
}

func (p *part) logDestination(v *source.Value) {
	p.resourcePolicy(model.LogDestinationPolicy, v.Get("destinationName").Text(), v.Get("arn").Text(), v.Get("accessPolicy"), v.Range)
}

func (p *part) tracePolicy(v *source.Value) {
	p.resourcePolicy(model.XRayResourcePolicy, v.Get("PolicyName").Text(), source.String{}, v.Get("PolicyDocument"), v.Range)
}

// sinkPolicy reads GetSinkPolicy. The sink's name stands in ListSinks.
func (p *part) sinkPolicy() {
	arn, name := p.top.Get("SinkArn").Text(), p.top.Get("SinkId").Text()
	if name.Value == "" {
		name = arn
	}
	p.resourcePolicy(model.OAMSinkPolicy, name, arn, p.top.Get("Policy"), p.file.Whole())
}

func (p *part) logGroup(v *source.Value) {
	name, arn := v.Get("logGroupName").Text(), v.Get("logGroupArn").Text()
	if arn.Value == "" {
		arn = v.Get("arn").Text()
	}
	p.owner(arn)
	p.unit.LogGroups = append(p.unit.LogGroups, &model.LogGroup{
		Regional:    model.Regional{Entity: model.Entity{Name: name, Address: strings.TrimSuffix(arn.Value, ":*"), Range: name.Range, Block: v.Range}},
		BearerToken: v.Get("bearerTokenAuthenticationEnabled").Text(),
	})
}

// accessKey reads an AccessKeyMetadata. The place of a key is the name of its
// user: nothing may lead to the id but its last four characters.
func (p *part) accessKey(v *source.Value) {
	user, id := v.Get("UserName").Text(), v.Get("AccessKeyId").Text().Value
	last4 := lastFour(id)
	p.keyIDs = append(p.keyIDs, id)
	p.unit.AccessKeys = append(p.unit.AccessKeys, &model.AccessKey{
		Entity: model.Entity{Name: source.NewString("..."+last4, user.Range), Address: user.Value + "/" + last4, Range: user.Range, Block: v.Range},
		User:   model.Ref{Value: user}, Last4: last4, Active: v.Get("Status").Text(), Created: v.Get("CreateDate").Text(),
	})
}

func lastFour(id string) string { return id[max(len(id)-4, 0):] }

// serviceCredential reads a ServiceSpecificCredentialMetadata: a static
// credential for one service, such as a bearer key for CloudWatch Logs.
func (p *part) serviceCredential(v *source.Value) {
	user, service := v.Get("UserName").Text(), v.Get("ServiceName").Text()
	id := v.Get("ServiceSpecificCredentialId").Text().Value
	p.keyIDs = append(p.keyIDs, id)
	p.unit.AccessKeys = append(p.unit.AccessKeys, &model.AccessKey{
		Entity: model.Entity{
			Name: source.NewString(service.Value, user.Range), Address: user.Value + "/" + service.Value + "/" + lastFour(id),
			Range: user.Range, Block: v.Range,
		},
		User: model.Ref{Value: user}, Last4: lastFour(id), Active: v.Get("Status").Text(), Created: v.Get("CreateDate").Text(),
		Service: service,
	})
}

// keyUse reads GetAccessKeyLastUsed, which does not say which key it is of. A
// key that was never used has no date.
func (p *part) keyUse() {
	used := p.top.Get("AccessKeyLastUsed")
	if used == nil {
		return
	}
	date := used.Get("LastUsedDate").Text()
	if date.Value == "" {
		date = source.NewString("N/A", used.Range)
	}
	p.keyUses = append(p.keyUses, keyUse{user: p.top.Get("UserName").Text(), date: date, rng: used.Range})
}

// reservation reads the instances of a Reservation.
func (p *part) reservation(v *source.Value) {
	owner := v.Get("OwnerId").Text()
	p.account(owner)
	for _, i := range v.Get("Instances").Elements() {
		p.instance(owner.Value, i)
	}
}

func (p *part) instance(account string, v *source.Value) {
	switch v.Get("State").Get("Name").Text().Value {
	case "terminated", "shutting-down":
		return
	}
	id := v.Get("InstanceId").Text()
	region := strings.TrimRight(v.Get("Placement").Get("AvailabilityZone").Text().Value, "abcdefghijklmnopqrstuvwxyz")
	address := "instance/" + id.Value
	if region != "" && account != "" {
		address = "arn:" + partitionOf(region) + ":ec2:" + region + ":" + account + ":" + address
		p.owner(source.NewString(address, id.Range))
	}
	options := v.Get("MetadataOptions")
	out := &model.Instance{
		Entity: model.Entity{Name: id, Address: address, Range: id.Range, Block: v.Range}, Kind: model.Machine,
		Tokens: options.Get("HttpTokens").Text(), Endpoint: options.Get("HttpEndpoint").Text(), Needs: needs(v.Get("Tags")),
	}
	if options != nil {
		out.MetadataRange = options.Range
	}
	if arn := v.Get("IamInstanceProfile").Get("Arn").Text(); arn.Value != "" {
		out.Profile = &model.Ref{Value: arn, Address: arn.Value}
	}
	p.unit.Instances = append(p.unit.Instances, out)
}

// partitionOf is the partition of a region ("Amazon Resource Names (ARNs)").
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// needs finds tags that show what an instance calls.
func needs(v *source.Value) []model.Cause {
	var out []model.Cause
	for _, tag := range v.Elements() {
		if sign := model.TagSign(tag.Get("Key").Text().Value, tag.Get("Value").Text().Value); sign != "" {
			out = append(out, model.Cause{Range: tag.Range, Message: "its tags name " + sign})
		}
	}
	return out
}

// association reads an IamInstanceProfileAssociation. Only the profile's ARN
// is of use: what its id holds depends on who answers.
func (p *part) association(v *source.Value) {
	arn := v.Get("IamInstanceProfile").Get("Arn").Text()
	p.owner(arn)
	switch v.Get("State").Text().Value {
	case "associated", "associating":
		p.profileOf[v.Get("InstanceId").Text().Value] = model.Ref{Value: arn, Address: arn.Value}
	}
}

// alarm reads a MetricAlarm, which is of use when it watches what the agent of
// one instance sends.
func (p *part) alarm(v *source.Value) {
	p.agentAlarm(v, v)
	for _, q := range v.Get("Metrics").Elements() {
		p.agentAlarm(v, q.Get("MetricStat").Get("Metric"))
	}
}

func (p *part) agentAlarm(alarm, metric *source.Value) {
	if !metric.Get("Namespace").Text().Is(model.AgentNamespace) {
		return
	}
	for _, d := range metric.Get("Dimensions").Elements() {
		id := d.Get("Value").Text()
		if !d.Get("Name").Text().Is("InstanceId") || id.Value == "" {
			continue
		}
		p.owner(alarm.Get("AlarmArn").Text())
		p.unit.AgentAlarms = append(p.unit.AgentAlarms, &model.AgentAlarm{Instance: model.Ref{Value: id}, Range: id.Range})
	}
}
