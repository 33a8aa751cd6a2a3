package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// AnyDestination reports whether a grant of logs:PutSubscriptionFilter admits
// a log destination of any account: all log groups without one reach only
// targets in the account.
func (g *Graph) AnyDestination(gr *Grant) bool {
	st := gr.Statement
	if onEverything(st) || st.NotResource {
		return true
	}
	return slices.ContainsFunc(st.Resources, func(r source.String) bool { return reachesAnyAccount(r.Value) })
}

// reachesAnyAccount reports whether a pattern covers the log destinations of
// every account, in one region at least.
func reachesAnyAccount(pattern string) bool {
	region := "*"
	if a, ok := iam.ParseARN(pattern); ok && a.Region != "" {
		region = a.Region
	}
	return slices.ContainsFunc([]string{"aws", "aws-cn", "aws-us-gov"}, func(partition string) bool {
		return iam.ResourceMatches(pattern, "arn:"+partition+":logs:"+region+":*:destination:*") == iam.Yes
	})
}

// NamedDestination reports whether a grant names the log destination that it
// is for: one account, one name.
func (g *Graph) NamedDestination(gr *Grant) bool {
	return slices.ContainsFunc(gr.Statement.Resources, func(r source.String) bool {
		a, ok := iam.ParseARN(r.Value)
		return ok && a.Service == "logs" && a.Account != "" && strings.HasPrefix(a.Resource, "destination:") && !strings.ContainsAny(a.Account+a.Resource, "*?")
	})
}

// WithinAccount reports whether conditions keep a grant's resources within
// accounts or organizations (RULES.md, section 1: meaningful in IW209).
func (g *Graph) WithinAccount(gr *Grant) bool {
	limits := lets(gr.Statement)
	return len(limits["aws:resourceaccount"])+len(limits["aws:resourceorgid"])+len(limits["aws:resourceorgpaths"]) > 0
}

// Abroad are the unscoped actions of an identity that no condition keeps
// within accounts or organizations.
func (g *Graph) Abroad(id *model.Identity) cloudwatch.ActionSet {
	var out cloudwatch.ActionSet
	for _, gr := range g.Holding(id).Grants {
		if g.WithinAccount(gr) {
			continue
		}
		for _, h := range gr.Holders {
			if h.Identity == id {
				out = out.Union(h.Unscoped)
			}
		}
	}
	return out
}

// OpenWhenEmpty reports whether a grant's resources are all of those of some
// of the actions if what could not be resolved of their names is nothing: a
// prefix, say. Else only a wildcard makes them so.
func (g *Graph) OpenWhenEmpty(gr *Grant, actions cloudwatch.ActionSet) bool {
	return openWhenEmpty(gr.Statement, actions)
}

func openWhenEmpty(of *iam.Statement, actions cloudwatch.ActionSet) bool {
	st := *of
	st.Resources = make([]source.String, len(of.Resources))
	for i, r := range of.Resources {
		st.Resources[i] = source.NewString(emptied(r.Value), r.Range)
	}
	return slices.ContainsFunc(actions.IDs(), func(id cloudwatch.ActionID) bool {
		return iam.Unscoped(&st, cloudwatch.ActionByID(id).String(), iam.Accounts{}, cloudwatch.Facts{}) != iam.No
	})
}

// emptied leaves out what could not be resolved of an ARN's resource; in the
// fields before, which are no scope of their own, it may be anything.
func emptied(pattern string) string {
	a, ok := iam.ParseARN(pattern)
	if !ok {
		return source.ReplaceMarks(pattern, func(source.HoleKind, string) string { return "" })
	}
	fields := []string{"arn", a.Partition, a.Service, a.Region, a.Account}
	for i, f := range fields {
		fields[i] = source.ReplaceMarks(f, func(source.HoleKind, string) string { return "*" })
	}
	resource := source.ReplaceMarks(a.Resource, func(source.HoleKind, string) string { return "" })
	return strings.Join(append(fields, resource), ":")
}

// ByTag reports whether a grant is limited by a tag of the resource or the
// principal.
func (g *Graph) ByTag(gr *Grant) bool {
	conds, _ := iam.Meaningful(gr.Statement, "", cloudwatch.Facts{})
	for _, c := range conds {
		key := strings.ToLower(c.Key.Value)
		if strings.HasPrefix(key, "aws:resourcetag/") || strings.HasPrefix(key, "aws:principaltag/") {
			return true
		}
	}
	return false
}

// Patterns are the actions of a statement's own patterns that meet a set, in
// the order written: the tokens at fault. A NotAction gives all of its patterns.
func (g *Graph) Patterns(st *iam.Statement, hits cloudwatch.ActionSet) []int {
	var out []int
	for i, a := range st.Actions {
		must, may := cloudwatch.MatchHoley(a.Value)
		if st.NotAction || !must.Union(may).Intersect(hits).Empty() {
			out = append(out, i)
		}
	}
	return out
}

// LogReader reports whether an identity reads the content of logs or holds
// any core action of impact 3: what makes its credentials worth stealing.
func (g *Graph) LogReader(id *model.Identity) bool {
	h := g.Holding(id)
	grave := cloudwatch.Core().Intersect(impact3())
	return h.Everything || !h.Actions.Intersect(grave).Empty()
}

// impact3 are the actions of impact 3 of every class.
func impact3() cloudwatch.ActionSet {
	var s cloudwatch.ActionSet
	for c := cloudwatch.ClassRead; c <= cloudwatch.ClassManage; c++ {
		s = s.Union(cloudwatch.ByClass(c, 3))
	}
	return s
}

// Services reports whether a role's trust names a service, and whether it
// names any other way in beside it. Names are without domain, such as ec2.
func (g *Graph) Services(role *model.Identity, name string) (named, others bool) {
	for _, e := range g.Entries(role) {
		if e.Kind == Service && ServiceName(e.Issuer) == name {
			named = true
		} else {
			others = true
		}
	}
	return named, others
}

// Guards are the positive conditions of an entry that limit who gets in (see
// Lets). An external id that equals the role's own account is none: anyone
// can guess it. Nor is the ARN of all principals, roles or users of an account
// that is trusted whole.
func (g *Graph) Guards(e *Entry) map[string][]iam.Condition {
	if len(e.lets) == 0 {
		return nil
	}
	out := maps.Clone(e.lets)
	account := e.Role.Unit.Account
	dropVain(out, "sts:externalid", func(v string) bool {
		return account != "" && v == account || isSelfText(v)
	})
	if e.Root {
		dropVain(out, "aws:principalarn", func(v string) bool { return wholeAccount(v, e.Account) })
	}
	return out
}

// dropVain leaves out the conditions on a key with a value that is vain.
func dropVain(conds map[string][]iam.Condition, key string, vain func(string) bool) {
	firm := slices.DeleteFunc(slices.Clone(conds[key]), func(c iam.Condition) bool {
		return slices.ContainsFunc(c.Values, func(v source.String) bool { return vain(v.Value) })
	})
	if len(firm) == 0 {
		delete(conds, key)
		return
	}
	conds[key] = firm
}

// wholeAccount reports whether an ARN pattern admits every principal of an
// account, or all of its roles or users.
func wholeAccount(pattern, account string) bool {
	a, ok := iam.ParseARN(pattern)
	if !ok || a.Account != account {
		return false
	}
	name := strings.TrimPrefix(strings.TrimPrefix(a.Resource, "role/"), "user/")
	return strings.Trim(name, "*") == ""
}

func isSelfText(s string) bool {
	ps := source.Pieces(s)
	return len(ps) == 1 && ps[0].Kind == source.HoleSelf
}

// SharingRole reports whether a role is the one that the CloudWatch console
// assumes across accounts ("Cross-account cross-Region CloudWatch console").
func (g *Graph) SharingRole(role *model.Identity) bool {
	name := role.Name.Value
	return strings.HasPrefix(name, "CloudWatch-CrossAccountSharing") && !strings.HasSuffix(name, "ListAccountsRole")
}

// Grave reports whether a role is an administrator or holds an unscoped
// action of impact 3 of the classes blind, exfiltrate, control or escalate,
// alarm writes left out.
func (g *Graph) Grave(role *model.Identity) bool {
	h := g.Holding(role)
	var s cloudwatch.ActionSet
	for _, c := range []cloudwatch.Class{cloudwatch.ClassBlind, cloudwatch.ClassExfiltrate, cloudwatch.ClassControl, cloudwatch.ClassEscalate} {
		s = s.Union(cloudwatch.ByClass(c, 3))
	}
	s = s.Intersect(cloudwatch.Core())
	for _, name := range []string{"PutMetricAlarm", "PutCompositeAlarm", "PutLogAlarm"} {
		s = s.Minus(cloudwatch.Match("cloudwatch:" + name))
	}
	return h.Admin || !h.Unscoped.Intersect(s).Empty()
}

// ResourceActions are the core actions that a statement of a resource policy
// allows.
func (g *Graph) ResourceActions(st *iam.Statement) cloudwatch.ActionSet {
	_, may := patterns(st)
	return may.Intersect(cloudwatch.Core())
}

// Open reports whether a statement of a resource policy admits everyone:
// Allow for any principal, and no positive condition under one of some keys,
// written in lower case. It gives the principal at fault.
func (g *Graph) Open(st *iam.Statement, keys ...string) (iam.Principal, bool) {
	if st.Effect == iam.Deny {
		return iam.Principal{}, false
	}
	limits := lets(st)
	for _, k := range keys {
		if len(limits[k]) > 0 {
			return iam.Principal{}, false
		}
	}
	for _, p := range st.Principals {
		if st.NotPrincipal || p.Kind == iam.AnyPrincipal {
			return p, true
		}
	}
	return iam.Principal{}, false
}

// TrustsOrganization reports whether every organization that an entry's
// conditions name is one of one's own.
func (g *Graph) TrustsOrganization(e *Entry) bool {
	conds := e.lets
	found := false
	for _, key := range []string{"aws:principalorgid", "aws:principalorgpaths"} {
		for _, c := range conds[key] {
			for _, v := range c.Values {
				id, _, _ := strings.Cut(v.Value, "/")
				if !slices.Contains(g.options.Organizations, id) {
					return false
				}
				found = true
			}
		}
	}
	return found
}
