package terraform

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) logGroup(o *object) {
	b.unit.LogGroups = append(b.unit.LogGroups, &model.LogGroup{
		Regional: b.regional(o, "name"), BearerToken: b.setting(o, "bearer_token_authentication_enabled", "false"),
		KMSKey: b.named(o, "kms_key_id"), Retention: b.setting(o, "retention_in_days", "0"), Class: b.setting(o, "log_group_class", "STANDARD"),
		DeletionProtection: b.setting(o, "deletion_protection_enabled", "false"), Retained: b.setting(o, "skip_destroy", "false"),
	})
}

func (b *builder) subscriptionFilter(o *object) {
	b.unit.SubscriptionFilters = append(b.unit.SubscriptionFilters, &model.SubscriptionFilter{
		Regional: b.regional(o, "name"), LogGroup: must(b.named(o, "log_group_name")),
		Forwarding: model.Forwarding{
			Destination: must(b.ref(o, "destination_arn")), Role: written(b.ref(o, "role_arn")),
			FilterPattern: b.setting(o, "filter_pattern", ""), Distribution: b.setting(o, "distribution", "ByLogStream"),
		},
	})
}

func (b *builder) logDestination(o *object) {
	b.unit.LogDestinations = append(b.unit.LogDestinations, &model.LogDestination{
		Regional: b.regional(o, "name"), Target: must(b.ref(o, "target_arn")), Role: must(b.ref(o, "role_arn")),
	})
}

func (b *builder) metricFilter(o *object) {
	f := &model.MetricFilter{
		Regional: b.regional(o, "name"), LogGroup: must(b.named(o, "log_group_name")), FilterPattern: b.setting(o, "pattern", ""),
	}
	for _, t := range b.blocks(o, "metric_transformation") {
		f.Transformations = append(f.Transformations, model.MetricTransformation{
			MetricNamespace: b.textIn(t.body, t.sc, "namespace"), MetricName: b.textIn(t.body, t.sc, "name"),
			MetricValue: b.textIn(t.body, t.sc, "value"),
		})
	}
	b.unit.MetricFilters = append(b.unit.MetricFilters, f)
}

// accountPolicy reads the document of the types that send log events on or
// mask them. One whose type is unknown is read by what its document holds.
func (b *builder) accountPolicy(o *object) {
	p := &model.AccountPolicy{
		Regional: b.regional(o, "policy_name"), Type: b.text(o, "policy_type"), Scope: b.setting(o, "scope", "ALL"),
		SelectionCriteria: b.setting(o, "selection_criteria", ""),
	}
	b.unit.AccountPolicies = append(b.unit.AccountPolicies, p)
	a := o.attr("policy_document")
	if a == nil {
		return
	}
	p.Document = b.e.exprRange(a.Expr)
	t, unread := b.settings(o, "policy_document")
	p.Unread = unread
	switch {
	case unread != "":
	case p.Type.Is(model.SubscriptionFilterPolicy) || !p.Type.Known && t.Get("DestinationArn") != nil:
		p.Subscription = b.forwarding(t)
	case p.Type.Is(model.DataProtectionPolicy) || !p.Type.Known && t.Get("Statement") != nil:
		protection := b.protection(t)
		p.Protection = &protection
	}
}

// settings reads an argument that is a JSON document, yet no policy of IAM's
// kind. It says what kept it from being read, if anything did.
func (b *builder) settings(o *object, name string) (t *source.Value, unread string) {
	a := o.attr(name)
	if a == nil {
		return nil, ""
	}
	t = b.local(b.e.document(a.Expr, o.sc))
	if t.Kind == source.Unread {
		b.note(t)
		return t, t.Scalar.Show()
	}
	return t, ""
}

func (b *builder) forwarding(t *source.Value) *model.Forwarding {
	f := &model.Forwarding{
		FilterPattern: model.Setting(t.Get("FilterPattern").Text(), ""),
		Distribution:  model.Setting(t.Get("Distribution").Text(), "ByLogStream"),
	}
	if v := t.Get("DestinationArn"); v != nil {
		b.note(v)
		f.Destination = model.Ref{Value: v.Text(), Maybe: v.Maybe}
	}
	if v := t.Get("RoleArn"); v != nil && v.Kind != source.Null {
		b.note(v)
		f.Role = &model.Ref{Value: v.Text(), Maybe: v.Maybe}
	}
	return f
}

func (b *builder) dataProtection(o *object) {
	p := &model.DataProtection{Regional: b.regional(o, "log_group_name"), LogGroup: must(b.named(o, "log_group_name"))}
	t, unread := b.settings(o, "policy_document")
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
		for _, id := range scalars(s.Get("DataIdentifier")) {
			if !slices.ContainsFunc(out.Identifiers, func(have source.String) bool { return have.Value == id.Value }) {
				out.Identifiers = append(out.Identifiers, id)
			}
		}
		operation := s.Get("Operation")
		out.Audits = append(out.Audits, audits(operation.Get("Audit").Get("FindingsDestination"))...)
		if m, ok := operation.Member("Deidentify"); ok {
			out.Masks = m.Name.Range.Join(m.Value.Range)
		}
	}
	return out
}

func audits(t *source.Value) []model.AuditDestination {
	var out []model.AuditDestination
	for _, k := range [][2]string{{"CloudWatchLogs", "LogGroup"}, {"Firehose", "DeliveryStream"}, {"S3", "Bucket"}} {
		if to := t.Get(k[0]).Get(k[1]).Text(); !to.IsZero() {
			out = append(out, model.AuditDestination{Kind: k[0], To: model.Ref{Value: to}})
		}
	}
	return out
}

func (b *builder) delivery(o *object) {
	b.unit.Deliveries = append(b.unit.Deliveries, &model.Delivery{
		Regional: b.regional(o, ""), Source: must(b.named(o, "delivery_source_name")), Destination: must(b.ref(o, "delivery_destination_arn")),
	})
}

func (b *builder) deliverySource(o *object) {
	b.unit.DeliverySources = append(b.unit.DeliverySources, &model.DeliverySource{
		Regional: b.regional(o, "name"), LogSource: must(b.named(o, "resource_arn")), LogType: b.text(o, "log_type"),
	})
}

func (b *builder) deliveryDestination(o *object) {
	d := &model.DeliveryDestination{Regional: b.regional(o, "name"), Type: b.setting(o, "delivery_destination_type", "")}
	for _, c := range b.blocks(o, "delivery_destination_configuration") {
		if r := b.refIn(c.body, c.sc, "destination_resource_arn"); r != nil {
			d.Target = *r
			d.Target.Maybe = d.Target.Maybe || c.maybe
		}
	}
	if d.Type.IsZero() {
		d.Type = deliveryType(d.Target.Value)
	}
	b.unit.DeliveryDestinations = append(b.unit.DeliveryDestinations, d)
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
func (b *builder) trail(o *object) {
	b.unit.Trails = append(b.unit.Trails, &model.Trail{
		Regional: b.regional(o, "name"), LogGroup: b.named(o, "cloud_watch_logs_group_arn"), Role: written(b.ref(o, "cloud_watch_logs_role_arn")),
		Organization: b.setting(o, "is_organization_trail", "false"),
	})
}

func (b *builder) flowLog(o *object) {
	f := &model.FlowLog{
		Regional: b.regional(o, ""), Destination: b.named(o, "log_destination"), Role: written(b.ref(o, "iam_role_arn")),
		DestinationType: b.setting(o, "log_destination_type", "cloud-watch-logs"),
	}
	if f.Destination == nil {
		f.Destination = b.named(o, "log_group_name")
	}
	b.unit.FlowLogs = append(b.unit.FlowLogs, f)
}
