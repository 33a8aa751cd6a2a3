package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) metricAlarm(res *resource) {
	b.alarm(res)
	a := b.alarmOf(res, model.MetricAlarm)
	if res.properties.Get("MetricName") != nil {
		a.Metrics = append(a.Metrics, alarmMetric(b.e.property(res, "Namespace"), b.e.property(res, "MetricName"), b.e.property(res, "Dimensions")))
	}
	for _, q := range b.e.property(res, "Metrics").Elements() {
		metric := q.Get("MetricStat").Get("Metric")
		if metric == nil {
			continue
		}
		m := alarmMetric(metric.Get("Namespace"), metric.Get("MetricName"), metric.Get("Dimensions"))
		m.AccountID = textOf(q.Get("AccountId"), "AccountId")
		a.Metrics = append(a.Metrics, m)
	}
}

// alarmOf reads what all kinds of alarm have.
func (b *builder) alarmOf(res *resource, kind model.AlarmKind) *model.Alarm {
	a := &model.Alarm{
		Regional: b.regional(res, "AlarmName"), Kind: kind, ActionsEnabled: b.setting(res, "ActionsEnabled", "true"),
		AlarmActions: b.openRefs(res, "AlarmActions"), OKActions: b.openRefs(res, "OKActions"),
		InsufficientDataActions: b.openRefs(res, "InsufficientDataActions"),
	}
	b.unit.Alarms = append(b.unit.Alarms, a)
	return a
}

func alarmMetric(namespace, name, dimensions *source.Value) model.AlarmMetric {
	m := model.AlarmMetric{Namespace: textOf(namespace, "Namespace"), MetricName: textOf(name, "MetricName")}
	for _, d := range dimensions.Elements() {
		m.Dimensions = append(m.Dimensions, model.Dimension{Name: d.Get("Name").Text(), Value: d.Get("Value").Text()})
	}
	return m
}

func (b *builder) compositeAlarm(res *resource) {
	a := b.alarmOf(res, model.CompositeAlarm)
	a.Rule = b.text(res, "AlarmRule")
	a.Suppressor = b.namedBy(res, "ActionsSuppressor")
}

// logAlarm watches the results of a query ("PutLogAlarm"), of which nothing is
// kept.
func (b *builder) logAlarm(res *resource) { b.alarmOf(res, model.LogAlarm) }

func (b *builder) metricStream(res *resource) {
	b.unit.MetricStreams = append(b.unit.MetricStreams, &model.MetricStream{
		Regional: b.regional(res, "Name"), Firehose: must(b.bound(res, "FirehoseArn")), Role: must(b.bound(res, "RoleArn")),
		IncludeFilters: b.streamFilters(res, "IncludeFilters"), ExcludeFilters: b.streamFilters(res, "ExcludeFilters"),
		LinkedAccounts: b.setting(res, "IncludeLinkedAccountsMetrics", "false"),
	})
}

func (b *builder) streamFilters(res *resource, name string) []model.MetricStreamFilter {
	var out []model.MetricStreamFilter
	list := b.e.property(res, name)
	for _, f := range list.Elements() {
		out = append(out, model.MetricStreamFilter{
			Namespace: textOf(f.Get("Namespace"), "Namespace"), MetricNames: texts(f.Get("MetricNames")), Maybe: f.Maybe || list.Maybe,
		})
	}
	return out
}

// insightRule keeps of a rule's definition which log groups it reads
// ("Contributor Insights rule syntax").
func (b *builder) insightRule(res *resource) {
	r := &model.InsightRule{Regional: b.regional(res, "RuleName"), State: b.setting(res, "RuleState", "ENABLED")}
	t, unread := b.settings(res.properties.Get("RuleBody"))
	if r.Unread = unread; unread == "" {
		for _, name := range []string{"LogGroupNames", "LogGroupARNs"} {
			for _, group := range texts(t.Get(name)) {
				r.LogGroups = append(r.LogGroups, model.Ref{Value: group})
			}
		}
	}
	b.unit.InsightRules = append(b.unit.InsightRules, r)
}

// dashboard lies in all regions: its ARN has none.
func (b *builder) dashboard(res *resource) {
	d := &model.Dashboard{Regional: b.regional(res, "DashboardName")}
	d.Region = ""
	b.unit.Dashboards = append(b.unit.Dashboards, d)
}
