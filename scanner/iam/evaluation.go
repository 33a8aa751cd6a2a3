package iam

import "strings"

// An evaluation is one request being decided.
type evaluation struct {
	policies Policies
	request  Request
	asked    asked
	facts    Facts
	caller   caller
	// resourceAccount is the account of the resource.
	resourceAccount string
	// incomplete says that a document was met that could not be read and may
	// allow the request.
	incomplete bool
	allowing   grounds
	denying    grounds
}

// binding is what the text of a statement is read with.
func (e *evaluation) binding(d *Document, st *Statement) binding {
	b := binding{kind: d.Kind, literal: st.LiteralVariables, values: e, self: e.caller.account}
	switch d.Kind {
	case ResourceDocument, TrustDocument, ResourceControlDocument:
		b.self = e.resourceAccount
	}
	if !IsAccountID(b.self) {
		b.self = ""
	}
	return b
}

// applies reports whether a statement applies to the request, its Effect and
// Principal left aside.
func (e *evaluation) applies(d *Document, st *Statement) Verdict {
	v := e.onAction(st)
	if v == No {
		return No
	}
	b := e.binding(d, st)
	if v = min(v, e.onResource(st, &b)); v == No {
		return No
	}
	if len(st.Conditions) > 0 {
		v = min(v, e.conditions(st, &b))
	}
	if st.Maybe {
		v = min(v, Maybe)
	}
	return v
}

// onResource reports whether a statement's Resource or NotResource applies to
// the request's resource. Without either, that is the resource the policy is
// attached to; an empty list applies to nothing.
func (e *evaluation) onResource(st *Statement, b *binding) Verdict {
	if !st.HasResource {
		return Yes
	}
	v, form := No, st.form()
	for i := range st.Resources {
		v = max(v, e.onCompiled(st, form, b, i))
		if v == Yes {
			break
		}
	}
	if st.NotResource && len(st.Resources) > 0 {
		return v.Not()
	}
	return v
}

func (e *evaluation) onPattern(st *Statement, b *binding, pattern string) Verdict {
	resource := e.request.Resource
	if resource == "" {
		resource = "*"
	}
	v := b.resource(pattern, resource)
	switch {
	case v == No && resource == "*" && isLogsList(e.request.Action):
		return min(Maybe, b.logGroups(pattern))
	case v == Yes && (st.Effect != Allow || st.NotResource) && isDoubtful(pattern, resource):
		return Maybe
	}
	return v
}

// isLogsList reports whether an action lists what CloudWatch Logs holds: these
// are authorised against log group ARNs although they are listed without a
// resource type (IAM-SEMANTICS, section 3).
func isLogsList(action string) bool {
	const prefix = "logs:"
	if len(action) < len(prefix) || !strings.EqualFold(action[:len(prefix)], prefix) {
		return false
	}
	return glob("Describe*", action[len(prefix):], true) || glob("List*", action[len(prefix):], true)
}

// logGroups reports whether a pattern covers all log groups of the account.
func (b *binding) logGroups(pattern string) Verdict {
	const template = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}"
	var own []string
	if b.self != "" {
		own = []string{b.self}
	}
	return max(b.resourceCovers(pattern, template, own), b.resourceCovers(pattern, template+":*", own))
}

// allows is how far a document without principals allows the request.
func (e *evaluation) allows(d *Document) Verdict {
	v := No
	for i := range e.statements(d) {
		v = max(v, e.allowing1(d, d.Statements[i]))
	}
	if v == Maybe && e.complementary([]*Document{d}) {
		return Yes
	}
	return e.unlessUnknown(d, v)
}

// unlessUnknown is v, or Maybe for a document that could not be read.
func (e *evaluation) unlessUnknown(d *Document, v Verdict) Verdict {
	if d != nil && d.Unknown {
		e.incomplete = true
		return Maybe
	}
	return v
}

// statements are those that count: an invalid document grants nothing and
// denies nothing.
func (e *evaluation) statements(d *Document) []*Statement {
	if d == nil || d.Unknown || d.Invalid {
		return nil
	}
	return d.Statements
}

// allowing1 is how far one statement allows the request.
func (e *evaluation) allowing1(d *Document, st *Statement) Verdict {
	switch st.Effect {
	case Deny:
		return No
	case Allow:
		return e.applies(d, st)
	}
	return min(Maybe, e.applies(d, st))
}

// grants is allows, with the statements kept.
func (e *evaluation) grants(docs []*Document) Verdict {
	v := No
	for _, d := range docs {
		for _, st := range e.statements(d) {
			if st.Effect == Deny || e.onAction(st) == No {
				continue
			}
			if s := e.allowing1(d, st); s != No {
				e.allowing.add(st)
				v = max(v, s)
			}
		}
		v = max(v, e.unlessUnknown(d, No))
	}
	return v
}

// reachesBy is how a resource-side document allows the request to the caller.
func (e *evaluation) reachesBy(d *Document) reach {
	var out reach
	for _, st := range e.statements(d) {
		if st.Effect == Deny {
			continue
		}
		r := e.reaches(st)
		if r.any() == No {
			continue
		}
		if r = r.atMost(e.allowing1(d, st)); r.any() == No {
			continue
		}
		e.allowing.add(st)
		out = out.or(r)
	}
	if e.unlessUnknown(d, No) == Maybe {
		out = out.or(reach{Maybe, Maybe, Maybe})
	}
	return out
}

// denies is how far a document denies the request. An unknown one is taken
// to hold no Deny.
func (e *evaluation) denies(d *Document) Verdict {
	v := No
	for _, st := range e.statements(d) {
		if st.Effect == Allow {
			continue
		}
		if s := e.denying1(d, st); s != No {
			e.denying.add(st)
			v = max(v, s)
		}
	}
	return v
}

// denying1 is how far a statement that is no Allow denies the request.
func (e *evaluation) denying1(d *Document, st *Statement) Verdict {
	v := e.applies(d, st)
	if v != No && st.HasPrincipal {
		v = min(v, e.reachesAs(st, Deny).any())
	}
	if st.Effect == EffectUnknown {
		v = min(v, Maybe)
	}
	return v
}

func (e *evaluation) deniesAny(docs []*Document) Verdict {
	v := No
	for _, d := range docs {
		v = max(v, e.denies(d))
	}
	return v
}
