package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) metricAlarm(o *object) {
	b.alarm(o)
	a := b.alarmOf(o, model.MetricAlarm)
	if o.attr("metric_name") != nil {
		a.Metrics = append(a.Metrics, b.alarmMetric(o.res.block.Body, o.sc))
	}
	for _, q := range b.blocks(o, "metric_query") {
		metrics, _ := b.e.expand(nested(q.body, "metric"), q.sc)
		for _, m := range metrics {
			metric := b.alarmMetric(m.body, m.sc)
			metric.AccountID = b.textIn(q.body, q.sc, "account_id")
			a.Metrics = append(a.Metrics, metric)
		}
	}
}

// alarmOf reads what all kinds of alarm have.
func (b *builder) alarmOf(o *object, kind model.AlarmKind) *model.Alarm {
	a := &model.Alarm{
		Regional: b.regional(o, "alarm_name"), Kind: kind, ActionsEnabled: b.setting(o, "actions_enabled", "true"),
		AlarmActions: b.list(o, "alarm_actions"), OKActions: b.list(o, "ok_actions"),
		InsufficientDataActions: b.list(o, "insufficient_data_actions"),
	}
	b.unit.Alarms = append(b.unit.Alarms, a)
	return a
}

func (b *builder) alarmMetric(body *hclsyntax.Body, sc *scope) model.AlarmMetric {
	m := model.AlarmMetric{Namespace: b.textIn(body, sc, "namespace"), MetricName: b.textIn(body, sc, "metric_name")}
	a := body.Attributes["dimensions"]
	if a == nil {
		return m
	}
	for _, d := range b.read(a.Expr, sc).Members {
		m.Dimensions = append(m.Dimensions, model.Dimension{Name: d.Name, Value: d.Value.Text()})
	}
	return m
}

func (b *builder) compositeAlarm(o *object) {
	a := b.alarmOf(o, model.CompositeAlarm)
	a.Rule = b.text(o, "alarm_rule")
	for _, s := range b.blocks(o, "actions_suppressor") {
		if r := b.namedIn(s.body, s.sc, "alarm"); r != nil {
			r.Maybe = r.Maybe || s.maybe
			a.Suppressor = r
		}
	}
}

func (b *builder) metricStream(o *object) {
	b.unit.MetricStreams = append(b.unit.MetricStreams, &model.MetricStream{
		Regional: b.regional(o, "name"), Firehose: must(b.ref(o, "firehose_arn")), Role: must(b.ref(o, "role_arn")),
		IncludeFilters: b.streamFilters(o, "include_filter"), ExcludeFilters: b.streamFilters(o, "exclude_filter"),
		LinkedAccounts: b.setting(o, "include_linked_accounts_metrics", "false"),
	})
}

func (b *builder) streamFilters(o *object, name string) []model.MetricStreamFilter {
	var out []model.MetricStreamFilter
	for _, f := range b.blocks(o, name) {
		out = append(out, model.MetricStreamFilter{
			Namespace: b.textIn(f.body, f.sc, "namespace"), MetricNames: b.textsIn(f.body, f.sc, "metric_names"), Maybe: f.maybe,
		})
	}
	return out
}

// insightRule keeps of a rule's definition which log groups it reads
// ("Contributor Insights rule syntax").
func (b *builder) insightRule(o *object) {
	r := &model.InsightRule{Regional: b.regional(o, "rule_name"), State: b.setting(o, "rule_state", "ENABLED")}
	t, unread := b.settings(o, "rule_definition")
	if r.Unread = unread; unread == "" {
		for _, name := range []string{"LogGroupNames", "LogGroupARNs"} {
			for _, group := range scalars(t.Get(name)) {
				r.LogGroups = append(r.LogGroups, model.Ref{Value: group})
			}
		}
	}
	b.unit.InsightRules = append(b.unit.InsightRules, r)
}

// managedInsightRule is a rule of AWS's for a resource; AWS names it.
func (b *builder) managedInsightRule(o *object) {
	r := &model.InsightRule{
		Regional: b.regional(o, ""), State: b.setting(o, "state", "ENABLED"), Managed: b.named(o, "resource_arn"), Template: b.text(o, "template_name"),
	}
	r.Name = source.NewString(b.localText(b.e.nameText(o, "rule_name")), r.Range)
	b.unit.InsightRules = append(b.unit.InsightRules, r)
}

// dashboard lies in all regions: its ARN has none.
func (b *builder) dashboard(o *object) {
	d := &model.Dashboard{Regional: b.regional(o, "dashboard_name")}
	d.Region = ""
	b.unit.Dashboards = append(b.unit.Dashboards, d)
}
