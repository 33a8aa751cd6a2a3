package cloudformation

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) logGroup(res *resource) {
	b.unit.LogGroups = append(b.unit.LogGroups, &model.LogGroup{
		Regional: b.regional(res, "LogGroupName"), BearerToken: b.setting(res, "BearerTokenAuthenticationEnabled", "false"),
		KMSKey: b.namedBy(res, "KmsKeyId"), Retention: b.setting(res, "RetentionInDays", "0"), Class: b.setting(res, "LogGroupClass", "STANDARD"),
		DeletionProtection: b.setting(res, "DeletionProtectionEnabled", "false"), Retained: b.retained(res),
	})
	b.dataProtection(res)
	b.resourcePolicy(res, model.LogGroupPolicy, byARN, "LogGroupName", res.properties.Get("ResourcePolicyDocument"))
}

// retained is "true" where a resource outlives its stack ("DeletionPolicy
// attribute").
func (b *builder) retained(res *resource) source.String {
	s := textOf(b.e.eval(res.body.Get("DeletionPolicy")), "DeletionPolicy")
	switch {
	case s.Is("Retain"), s.Is("RetainExceptOnCreate"):
		s.Value = "true"
		return s
	case s.Known:
		return source.String{}
	}
	return s
}

// dataProtection reads the data protection policy of a log group.
func (b *builder) dataProtection(res *resource) {
	raw := res.properties.Get("DataProtectionPolicy")
	there, perhaps := b.presence(raw)
	if !there {
		return
	}
	p := &model.DataProtection{Regional: b.regional(res, "LogGroupName")}
	p.ARN, p.Maybe = source.String{}, p.Maybe || perhaps
	p.LogGroup = model.Ref{Value: p.Name, Address: res.id.Value}
	t, unread := b.settings(raw)
	if p.Unread = unread; unread == "" {
		p.Protection = b.protection(t)
	}
	b.unit.DataProtections = append(b.unit.DataProtections, p)
}

// protection reads the document of a data protection policy ("Help protect
// sensitive log data with masking").
func (b *builder) protection(t *source.Value) model.Protection {
	var out model.Protection
	for _, s := range t.Get("Statement").Elements() {
		for _, id := range texts(s.Get("DataIdentifier")) {
			if !slices.ContainsFunc(out.Identifiers, func(have source.String) bool { return have.Value == id.Value }) {
				out.Identifiers = append(out.Identifiers, id)
			}
		}
		operation := s.Get("Operation")
		out.Audits = append(out.Audits, b.audits(operation.Get("Audit").Get("FindingsDestination"))...)
		if m, ok := operation.Member("Deidentify"); ok {
			out.Masks = m.Name.Range.Join(m.Value.Range)
		}
	}
	return out
}

func (b *builder) audits(t *source.Value) []model.AuditDestination {
	var out []model.AuditDestination
	for _, k := range [][2]string{{"CloudWatchLogs", "LogGroup"}, {"Firehose", "DeliveryStream"}, {"S3", "Bucket"}} {
		if to := b.reference(t.Get(k[0]).Get(k[1])); to != nil {
			out = append(out, model.AuditDestination{Kind: k[0], To: *to})
		}
	}
	return out
}

func (b *builder) subscriptionFilter(res *resource) {
	b.unit.SubscriptionFilters = append(b.unit.SubscriptionFilters, &model.SubscriptionFilter{
		Regional: b.regional(res, "FilterName"), LogGroup: must(b.namedBy(res, "LogGroupName")),
		Forwarding: model.Forwarding{
			Destination: must(b.bound(res, "DestinationArn")), Role: b.bound(res, "RoleArn"),
			FilterPattern: b.setting(res, "FilterPattern", ""), Distribution: b.setting(res, "Distribution", "ByLogStream"),
		},
	})
}

func (b *builder) logDestination(res *resource) {
	b.unit.LogDestinations = append(b.unit.LogDestinations, &model.LogDestination{
		Regional: b.regional(res, "DestinationName"), Target: must(b.bound(res, "TargetArn")), Role: must(b.bound(res, "RoleArn")),
	})
	b.resourcePolicy(res, model.LogDestinationPolicy, byName, "DestinationName", res.properties.Get("DestinationPolicy"))
}

func (b *builder) metricFilter(res *resource) {
	f := &model.MetricFilter{
		Regional: b.regional(res, "FilterName"), LogGroup: must(b.namedBy(res, "LogGroupName")), FilterPattern: b.setting(res, "FilterPattern", ""),
	}
	for _, t := range b.e.property(res, "MetricTransformations").Elements() {
		f.Transformations = append(f.Transformations, model.MetricTransformation{
			MetricNamespace: textOf(t.Get("MetricNamespace"), "MetricNamespace"), MetricName: textOf(t.Get("MetricName"), "MetricName"),
			MetricValue: textOf(t.Get("MetricValue"), "MetricValue"),
		})
	}
	b.unit.MetricFilters = append(b.unit.MetricFilters, f)
}

// accountPolicy reads the document of the types that send log events on or
// mask them. One whose type is unknown is read by what its document holds.
func (b *builder) accountPolicy(res *resource) {
	p := &model.AccountPolicy{
		Regional: b.regional(res, "PolicyName"), Type: b.text(res, "PolicyType"), Scope: b.setting(res, "Scope", "ALL"),
		SelectionCriteria: b.setting(res, "SelectionCriteria", ""),
	}
	b.unit.AccountPolicies = append(b.unit.AccountPolicies, p)
	raw := res.properties.Get("PolicyDocument")
	if raw == nil {
		return
	}
	p.Document = raw.Range
	b.e.bearing(func() {
		t, unread := b.settings(raw)
		p.Unread = unread
		switch {
		case unread != "":
		case p.Type.Is(model.SubscriptionFilterPolicy) || !p.Type.Known && t.Get("DestinationArn") != nil:
			p.Subscription = b.forwarding(t)
		case p.Type.Is(model.DataProtectionPolicy) || !p.Type.Known && t.Get("Statement") != nil:
			protection := b.protection(t)
			p.Protection = &protection
		}
	})
}

func (b *builder) forwarding(t *source.Value) *model.Forwarding {
	return &model.Forwarding{
		Destination: must(b.reference(t.Get("DestinationArn"))), Role: b.reference(t.Get("RoleArn")),
		FilterPattern: model.Setting(t.Get("FilterPattern").Text(), ""),
		Distribution:  model.Setting(t.Get("Distribution").Text(), "ByLogStream"),
	}
}

func (b *builder) delivery(res *resource) {
	b.unit.Deliveries = append(b.unit.Deliveries, &model.Delivery{
		Regional: b.regional(res, ""), Source: must(b.namedBy(res, "DeliverySourceName")), Destination: must(b.bound(res, "DeliveryDestinationArn")),
	})
}

func (b *builder) deliverySource(res *resource) {
	b.unit.DeliverySources = append(b.unit.DeliverySources, &model.DeliverySource{
		Regional: b.regional(res, "Name"), LogSource: must(b.namedBy(res, "ResourceArn")), LogType: b.setting(res, "LogType", ""),
	})
}

// deliveryDestination has its policy wrapped with the destination's name.
func (b *builder) deliveryDestination(res *resource) {
	d := &model.DeliveryDestination{
		Regional: b.regional(res, "Name"), Target: must(b.bound(res, "DestinationResourceArn")), Type: b.setting(res, "DeliveryDestinationType", ""),
	}
	if d.Type.IsZero() {
		d.Type = deliveryType(d.Target.Value)
	}
	b.unit.DeliveryDestinations = append(b.unit.DeliveryDestinations, d)
	raw := res.properties.Get("DeliveryDestinationPolicy")
	if raw.Get("Statement") == nil {
		raw = b.wrapped(raw, "DeliveryDestinationPolicy")
	}
	b.resourcePolicy(res, model.DeliveryDestinationPolicy, byName, "Name", raw)
}

// deliveryType is the type that a delivery destination has by its target; zero
// when the target does not tell.
func deliveryType(target source.String) source.String {
	arn, _ := iam.ParseARN(target.Value)
	kind := map[string]string{"logs": "CWL", "firehose": "FH", "s3": "S3"}[arn.Service]
	if kind == "" {
		return source.String{}
	}
	return source.NewString(kind, target.Range)
}

// trail is of use as far as it feeds CloudWatch Logs.
func (b *builder) trail(res *resource) {
	b.unit.Trails = append(b.unit.Trails, &model.Trail{
		Regional: b.regional(res, "TrailName"), LogGroup: b.namedBy(res, "CloudWatchLogsLogGroupArn"), Role: b.bound(res, "CloudWatchLogsRoleArn"),
		Organization: b.setting(res, "IsOrganizationTrail", "false"),
	})
}

func (b *builder) flowLog(res *resource) {
	f := &model.FlowLog{
		Regional: b.regional(res, ""), Destination: b.namedBy(res, "LogDestination"), Role: b.bound(res, "DeliverLogsPermissionArn"),
		DestinationType: b.setting(res, "LogDestinationType", "cloud-watch-logs"),
	}
	if f.Destination == nil {
		f.Destination = b.namedBy(res, "LogGroupName")
	}
	b.unit.FlowLogs = append(b.unit.FlowLogs, f)
}
