package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	home    = "111122223333"
	central = "444455556666"
)

// thing is what lies in a region and has a name and ARN.
func thing(name, region, arn string) model.Regional {
	r := model.Regional{Entity: model.Entity{Address: "at " + name, Name: source.String{Value: name, Known: true}}, Region: region}
	if arn != "" {
		r.ARN = source.NewString(arn, source.Range{})
	}
	return r
}

// made is text that AWS makes up for a thing.
func made(label string) string { return source.Hole(source.HoleName, label) }

// TestTelemetryIsFoundByWhatNamesIt refers to log groups and destinations in
// all ways, in the unit at home and from it to another one.
func TestTelemetryIsFoundByWhatNamesIt(t *testing.T) {
	own := "arn:" + source.Hole(source.HolePartition, "") + ":logs:eu-west-1:" + source.Hole(source.HoleSelf, "") + ":"
	for _, c := range []struct {
		name               string
		group, destination string
		address            string
		want               string
	}{
		{"name", "/app", "", "", "at /app of home"},
		{"name of another account", "/audit", "", "", "nothing"},
		{"name of another region", "/west", "", "", "nothing"},
		{"name with a hole", made("g"), "", "", "at " + made("g") + " of home"},
		{"name that nobody can tell", source.Hole(source.HoleFree, source.UnknownLabel), "", "", "nothing"},
		{"address", "whatever", "", "at /app", "at /app of home"},
		{"ARN", own + "log-group:/app", "", "", "at /app of home"},
		{"ARN with all streams", own + "log-group:/app:*", "", "", "at /app of home"},
		{"ARN with the account", "arn:aws:logs:eu-west-1:" + home + ":log-group:/app", "", "", "at /app of home"},
		{"ARN of another region", "arn:aws:logs:us-east-1:" + home + ":log-group:/app", "", "", "nothing"},
		{"ARN of another account", "arn:aws:logs:eu-west-1:" + central + ":log-group:/audit", "", "", "at /audit of central"},
		{"ARN of an account without units", "arn:aws:logs:eu-west-1:999988887777:log-group:/app", "", "", "nothing"},
		{"ARN with an unknown account", "arn:aws:logs:eu-west-1:" + source.Hole(source.HoleFree, "var.x") + ":log-group:/audit", "", "", "at /audit of central"},
		{"destination of another account", "", "arn:aws:logs:eu-west-1:" + central + ":destination:all", "", "at all of central"},
		{"destination of its own", "", own + "destination:all", "", "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &model.SubscriptionFilter{Regional: thing("f", "eu-west-1", "")}
			f.LogGroup = model.Ref{Value: source.NewString(c.group, source.Range{}), Address: c.address}
			f.Destination = model.Ref{Value: source.NewString(c.destination, source.Range{})}
			m := twoAccounts()
			m.Units[0].SubscriptionFilters = append(m.Units[0].SubscriptionFilters, f)
			model.Link(m, "")
			if diff := cmp.Diff(c.want, found(f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func found(f *model.SubscriptionFilter) string {
	switch {
	case f.Group != nil:
		return f.Group.Address + " of " + f.Group.Unit.Name
	case f.To != nil:
		return f.To.Address + " of " + f.To.Unit.Name
	}
	return "nothing"
}

func twoAccounts() *model.Model {
	self := source.Hole(source.HoleSelf, "")
	first := &model.Unit{Name: "home", Account: home}
	for _, g := range []struct{ name, region string }{{"/app", "eu-west-1"}, {"/west", "us-west-2"}, {made("g"), "eu-west-1"}, {source.Hole(source.HoleFree, source.UnknownLabel), "eu-west-1"}} {
		first.LogGroups = append(first.LogGroups, &model.LogGroup{
			Regional: thing(g.name, g.region, "arn:aws:logs:"+g.region+":"+self+":log-group:"+g.name),
		})
	}
	second := &model.Unit{Name: "central", Account: central}
	second.LogGroups = []*model.LogGroup{{Regional: thing("/audit", "eu-west-1", "arn:aws:logs:eu-west-1:"+self+":log-group:/audit")}}
	second.LogDestinations = []*model.LogDestination{{Regional: thing("all", "eu-west-1", "arn:aws:logs:eu-west-1:"+self+":destination:all")}}
	return &model.Model{Units: []*model.Unit{first, second}}
}

// TestTelemetryOfTwoUnitsWithoutAccountsIsAmbiguous holds that a name which
// two units could mean is nobody's.
func TestTelemetryOfTwoUnitsWithoutAccountsIsAmbiguous(t *testing.T) {
	f := &model.SubscriptionFilter{Regional: thing("f", "", "")}
	f.LogGroup = model.Ref{Value: source.NewString("/app", source.Range{})}
	m := &model.Model{Units: []*model.Unit{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	for _, u := range m.Units[1:] {
		u.LogGroups = []*model.LogGroup{{Regional: thing("/app", "", "")}}
	}
	m.Units[0].SubscriptionFilters = []*model.SubscriptionFilter{f}
	model.Link(m, "")
	if f.Group != nil {
		t.Errorf("the group of %s, want none", f.Group.Unit.Name)
	}
}

// TestTelemetryOfOneRootIsFoundAcrossAccounts refers by address from the unit of
// one account of a root module to that of another, and to an equal address of
// another root module.
func TestTelemetryOfOneRootIsFoundAcrossAccounts(t *testing.T) {
	for _, c := range []struct {
		root string
		want bool
	}{{"root", true}, {"elsewhere", false}} {
		link := &model.SharingLink{Regional: thing("l", "eu-west-1", ""), Sink: model.Ref{Value: source.NewString(made("s"), source.Range{}), Address: "at s"}}
		from, to := &model.Unit{Name: "root", Account: home}, &model.Unit{Name: c.root, Account: central}
		from.Links = []*model.SharingLink{link}
		to.Sinks = []*model.Sink{{Regional: thing("s", "eu-west-1", "")}}
		model.Link(&model.Model{Units: []*model.Unit{from, to}}, "")
		if found := link.To != nil; found != c.want {
			t.Errorf("in %s: found %v", c.root, found)
		}
	}
}

// TestMetricFiltersFindTheAlarmsThatWatchThem goes by the metric and region.
func TestMetricFiltersFindTheAlarmsThatWatchThem(t *testing.T) {
	metric := func(namespace, name string) model.AlarmMetric {
		return model.AlarmMetric{Namespace: source.NewString(namespace, source.Range{}), MetricName: source.NewString(name, source.Range{})}
	}
	f := &model.MetricFilter{Regional: thing("f", "eu-west-1", ""), Transformations: []model.MetricTransformation{
		{MetricNamespace: source.NewString("Trail", source.Range{}), MetricName: source.NewString("Root", source.Range{})}, {},
	}}
	u := &model.Unit{Name: "home"}
	u.MetricFilters = []*model.MetricFilter{f}
	u.Alarms = []*model.Alarm{
		{Regional: thing("watches", "eu-west-1", ""), Metrics: []model.AlarmMetric{metric("Trail", "Root"), metric("Trail", "Root")}},
		{Regional: thing("region unknown", "", ""), Metrics: []model.AlarmMetric{metric("AWS/EC2", "CPU"), metric("Trail", "Root")}},
		{Regional: thing("other region", "us-east-1", ""), Metrics: []model.AlarmMetric{metric("Trail", "Root")}},
		{Regional: thing("no metric", "eu-west-1", ""), Metrics: []model.AlarmMetric{metric("", "")}},
		{Regional: thing("other metric", "eu-west-1", ""), Metrics: []model.AlarmMetric{metric("Trail", "Policy")}},
	}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	var got []string
	for _, a := range f.Alarms {
		got = append(got, a.Name.Value)
	}
	if diff := cmp.Diff([]string{"watches", "region unknown"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCallsForTelemetry tells the services through which telemetry calls
// functions from all others.
func TestCallsForTelemetry(t *testing.T) {
	for principal, want := range map[string]bool{
		"logs.amazonaws.com": true, "logs.eu-west-1.amazonaws.com": true, "logs.cn-north-1.amazonaws.com.cn": true,
		"lambda.alarms.cloudwatch.amazonaws.com": true, "*": true, source.Hole(source.HoleFree, "var.p"): true,
		"logs." + source.Hole(source.HoleRegion, "") + ".amazonaws.com": true, "l" + source.Hole(source.HoleFree, "x"): true,
		"arn:aws:iam::" + source.Hole(source.HoleSelf, "") + ":role/x": false, "s3.amazonaws.com": false, "logs": false, "": false, "delivery.logs.amazonaws.com": false, home: false,
	} {
		if got := model.CallsForTelemetry(source.NewString(principal, source.Range{})); got != want {
			t.Errorf("%s: %v, want %v", principal, got, want)
		}
	}
	if model.CallsForTelemetry(source.String{}) {
		t.Error("a principal that is not written calls nothing")
	}
}
