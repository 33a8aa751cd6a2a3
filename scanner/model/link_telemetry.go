package model

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// regional is met by pointers to the types that hold a Regional.
type regional interface {
	comparable
	regional() *Regional
}

// A table finds telemetry resources of a type by address, name and the
// resource part of their ARN.
type table[T regional] map[string][]T

// telemetry are the tables of one unit, or of all of them.
type telemetry struct {
	groups       table[*LogGroup]
	destinations table[*LogDestination]
	alarms       table[*Alarm]
	sources      table[*DeliverySource]
	deliverTo    table[*DeliveryDestination]
	sinks        table[*Sink]
	pools        table[*IdentityPool]
	monitors     table[*AppMonitor]
	watching     map[metricKey][]*Alarm
}

// A metricKey names a metric.
type metricKey struct{ namespace, name string }

func newTelemetry() *telemetry {
	return &telemetry{
		groups: table[*LogGroup]{}, destinations: table[*LogDestination]{}, alarms: table[*Alarm]{},
		sources: table[*DeliverySource]{}, deliverTo: table[*DeliveryDestination]{}, sinks: table[*Sink]{},
		pools: table[*IdentityPool]{}, monitors: table[*AppMonitor]{}, watching: map[metricKey][]*Alarm{},
	}
}

// add indexes what a unit declares. address makes the key of an address.
func (t *telemetry) add(u *Unit, address func(string) string) {
	enter(t.groups, u.LogGroups, address)
	enter(t.destinations, u.LogDestinations, address)
	enter(t.alarms, u.Alarms, address)
	enter(t.sources, u.DeliverySources, address)
	enter(t.deliverTo, u.DeliveryDestinations, address)
	enter(t.sinks, u.Sinks, address)
	enter(t.pools, u.IdentityPools, address)
	enter(t.monitors, u.AppMonitors, address)
	for _, p := range u.IdentityPools {
		enterKey(t.pools, p.ID.Value, p)
	}
	for _, a := range u.Alarms {
		for _, m := range a.Metrics {
			if telling(m.Namespace.Value) && telling(m.MetricName.Value) {
				k := metricKey{m.Namespace.Value, m.MetricName.Value}
				t.watching[k] = append(t.watching[k], a)
			}
		}
	}
}

// telling reports whether a text that is equal to another names the same
// thing: what nobody can say the filling of names nothing.
func telling(text string) bool {
	return text != "" && !slices.ContainsFunc(source.Pieces(text), func(p source.Piece) bool { return p.IsHole() && p.Label == source.UnknownLabel })
}

func enter[T regional](t table[T], list []T, address func(string) string) {
	for _, x := range list {
		r := x.regional()
		if r.Address != "" {
			enterKey(t, address(r.Address), x)
			enterKey(t, wideAddressKey(r.Unit, r.Address), x)
		}
		enterKey(t, r.Name.Value, x)
		if arn, ok := iam.ParseARN(r.ARN.Value); ok {
			enterKey(t, trimGroup(arn.Resource), x)
		}
	}
}

func enterKey[T regional](t table[T], key string, x T) {
	if telling(key) && !contains(t[key], x) {
		t[key] = append(t[key], x)
	}
}

// trimGroup cuts off what some APIs add to the ARN of a log group.
func trimGroup(resource string) string { return strings.TrimSuffix(resource, ":*") }

// find resolves a reference by address, name or ARN: in the unit, else in the
// scan if exactly one thing answers. near is what refers: a name without a
// region or account names something in its own.
func find[T regional](own, all table[T], near *Regional, r Ref) (found T) {
	if x, ok := addressed(own, all, near.Unit, r); ok {
		return x
	}
	arn, isARN := iam.ParseARN(r.Value.Value)
	key := r.Value.Value
	if isARN {
		key = trimGroup(arn.Resource)
	}
	if key == "" {
		return found
	}
	if list := fitting(own[key], near, arn, isARN); len(list) > 0 {
		return list[0]
	}
	if source.HasMark(key) {
		return found
	}
	list := fitting(all[key], near, arn, isARN)
	for _, x := range list {
		if x != list[0] && !regionalAt(x).same(regionalAt(list[0])) {
			return found
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return found
}

// addressed is the thing at the address of a reference, which lies in the unit
// at hand, in another of its root module, or in the one that is named.
func addressed[T regional](own, all table[T], unit *Unit, r Ref) (found T, ok bool) {
	if r.Address == "" {
		return found, false
	}
	lists := [][]T{own[addressKey(r.Address)], all[wideAddressKey(unit, r.Address)]}
	if r.Unit != "" {
		lists = [][]T{all[wideAddressKey(&Unit{Input: unit.Input, Name: r.Unit}, r.Address)]}
	}
	for _, list := range lists {
		for _, x := range list {
			if !x.regional().Unit.Alternative(unit) {
				return x, true
			}
		}
	}
	return found, false
}

// fitting are the things that an ARN or name may name, going by what is known
// of their account and region.
func fitting[T regional](list []T, near *Regional, arn iam.ARN, isARN bool) []T {
	var out []T
	for _, x := range list {
		r := x.regional()
		region, account := near.Region, near.Unit.Account
		if isARN {
			region, account = arn.Region, accountIn(arn, near.Unit)
		}
		if !r.Unit.Alternative(near.Unit) && mayEqual(region, r.Region) && mayEqual(account, r.Unit.Account) {
			out = append(out, x)
		}
	}
	return out
}

// accountIn is the account of an ARN that a unit holds.
func accountIn(arn iam.ARN, u *Unit) string {
	if arn.Account == source.Hole(source.HoleSelf, "") {
		return u.Account
	}
	return arn.Account
}

// mayEqual reports whether two texts are equal as far as they are known.
func mayEqual(a, b string) bool {
	return a == b || a == "" || b == "" || source.HasMark(a) || source.HasMark(b)
}

// telemetry resolves what telemetry resources refer to.
func (l *linker) telemetry() {
	l.logs()
	l.sharing()
	l.visitors()
	l.guarded()
	l.telemetryRoles()
}

func (l *linker) logs() {
	own, all := l.own.telemetry, l.all.telemetry
	for _, f := range l.unit.SubscriptionFilters {
		if f.Group = find(own.groups, all.groups, &f.Regional, f.LogGroup); f.Group != nil {
			f.Group.Subscriptions = append(f.Group.Subscriptions, f)
		}
		f.To = find(own.destinations, all.destinations, &f.Regional, f.Destination)
	}
	for _, p := range l.unit.AccountPolicies {
		if p.Subscription != nil {
			p.Subscription.To = find(own.destinations, all.destinations, &p.Regional, p.Subscription.Destination)
		}
	}
	for _, p := range l.unit.DataProtections {
		if p.Group = find(own.groups, all.groups, &p.Regional, p.LogGroup); p.Group != nil {
			p.Group.DataProtection = append(p.Group.DataProtection, p)
		}
	}
	for _, f := range l.unit.MetricFilters {
		if f.Group = find(own.groups, all.groups, &f.Regional, f.LogGroup); f.Group != nil {
			f.Group.Filters = append(f.Group.Filters, f)
		}
		l.watchers(f)
	}
	for _, t := range l.unit.Trails {
		if t.LogGroup != nil {
			t.Group = find(own.groups, all.groups, &t.Regional, *t.LogGroup)
		}
	}
}

// watchers finds the alarms on the metrics that a metric filter makes, which
// lie in its account and region.
func (l *linker) watchers(f *MetricFilter) {
	for _, m := range f.Transformations {
		k := metricKey{m.MetricNamespace.Value, m.MetricName.Value}
		for _, a := range fitting(l.own.telemetry.watching[k], &f.Regional, iam.ARN{}, false) {
			if !contains(f.Alarms, a) {
				f.Alarms = append(f.Alarms, a)
			}
		}
	}
}

func (l *linker) sharing() {
	own, all := l.own.telemetry, l.all.telemetry
	for _, d := range l.unit.Deliveries {
		d.From = find(own.sources, all.sources, &d.Regional, d.Source)
		d.To = find(own.deliverTo, all.deliverTo, &d.Regional, d.Destination)
	}
	for _, k := range l.unit.Links {
		k.To = find(own.sinks, all.sinks, &k.Regional, k.Sink)
	}
}

// visitors resolves what browsers get credentials by.
func (l *linker) visitors() {
	own, all := l.own.telemetry, l.all.telemetry
	for _, a := range l.unit.IdentityPoolRoles {
		if a.To = find(own.pools, all.pools, &a.Regional, a.Pool); a.To != nil {
			a.To.Roles = append(a.To.Roles, a)
		}
		a.AuthenticatedTo, a.UnauthenticatedTo = l.roles(a.Authenticated), l.roles(a.Unauthenticated)
		for i := range a.Mappings {
			for j := range a.Mappings[i].Rules {
				r := &a.Mappings[i].Rules[j]
				r.RoleTo = l.identity(Role, r.Role)
			}
		}
	}
	for _, m := range l.unit.AppMonitors {
		if m.IdentityPool != nil {
			m.Pool = find(own.pools, all.pools, &m.Regional, *m.IdentityPool)
		}
		m.GuestRoleTo = l.role(m.GuestRole)
	}
	for _, d := range l.unit.RUMDestinations {
		d.Monitor = find(own.monitors, all.monitors, &d.Regional, d.AppMonitor)
		d.RoleTo = l.role(d.Role)
	}
}

// guarded resolves what resource policies guard.
func (l *linker) guarded() {
	own, all := l.own.telemetry, l.all.telemetry
	for _, p := range l.unit.ResourcePolicies {
		near := &Regional{Unit: l.unit, Region: p.Region}
		switch p.Kind {
		case LogGroupPolicy:
			p.To = base(find(own.groups, all.groups, near, p.Resource))
		case LogDestinationPolicy:
			p.To = base(find(own.destinations, all.destinations, near, p.Resource))
		case DeliveryDestinationPolicy:
			p.To = base(find(own.deliverTo, all.deliverTo, near, p.Resource))
		case OAMSinkPolicy:
			p.To = base(find(own.sinks, all.sinks, near, p.Resource))
		case RUMResourcePolicy:
			p.To = base(find(own.monitors, all.monitors, near, p.Resource))
		}
		if p.To != nil {
			p.To.Policies = append(p.To.Policies, p)
		}
	}
}

// base is what a resource has in common with others; nil for none.
func base[T regional](x T) *Regional {
	var none T
	if x == none {
		return nil
	}
	return x.regional()
}

// role resolves a role that may not be named.
func (l *linker) role(r *Ref) *Identity {
	if r == nil {
		return nil
	}
	return l.identity(Role, *r)
}

func (l *linker) roles(list []Ref) []*Identity {
	var out []*Identity
	for _, r := range list {
		if id := l.identity(Role, r); id != nil && !contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// telemetryRoles resolves the roles that telemetry services take.
func (l *linker) telemetryRoles() {
	u := l.unit
	for _, f := range u.SubscriptionFilters {
		f.RoleTo = l.role(f.Role)
	}
	for _, p := range u.AccountPolicies {
		if p.Subscription != nil {
			p.Subscription.RoleTo = l.role(p.Subscription.Role)
		}
	}
	for _, d := range u.LogDestinations {
		d.RoleTo = l.identity(Role, d.Role)
	}
	for _, s := range u.MetricStreams {
		s.RoleTo = l.identity(Role, s.Role)
	}
	for _, c := range u.Canaries {
		c.RoleTo = l.identity(Role, c.ExecutionRole)
	}
	for _, t := range u.Trails {
		t.RoleTo = l.role(t.Role)
	}
	for _, f := range u.FlowLogs {
		f.RoleTo = l.role(f.Role)
	}
	for _, p := range u.RolesAnywhereProfiles {
		p.RolesTo = l.roles(p.Roles)
	}
}
