package iam

// parts are those of an allow that is Maybe which decide it.
type parts struct {
	identity, boundary, session, endpoint bool
	// account says that it matters whether caller and resource are of one
	// account.
	account bool
	// reach is Yes for the ways of reaching the caller that matter.
	reach reach
}

// open follows granted and marks what could still change its answer. The
// evaluation's own record stays as it is.
func (e *evaluation) open() parts {
	probe := *e
	probe.allowing, probe.denying = grounds{}, grounds{}
	var o parts
	o.endpoint = e.policies.Endpoint != nil && probe.endpoint() == Maybe
	if probe.granted() == Maybe {
		probe.mark(&o)
	}
	return o
}

func (e *evaluation) mark(o *parts) {
	r := e.reachesBy(e.resourceSide())
	switch one := e.ofOneAccount(); {
	case !e.caller.isIAM():
		o.reach = r.maybe(true, true, true)
	case one == Yes:
		e.markWithin(o, r)
	case one == No:
		e.markAcross(o, r)
	default:
		identity := e.identity()
		within := e.sameAccount(identity, r)
		o.account = within != min(identity, r.any())
		if within == Maybe {
			e.markWithin(o, r)
		}
		e.markAcross(o, r)
	}
}

// markAcross marks what matters across accounts: identity and resource both
// must allow.
func (e *evaluation) markAcross(o *parts, r reach) {
	if min(e.identity(), r.any()) != Maybe {
		return
	}
	e.markIdentity(o)
	if r.any() == Maybe {
		o.reach = o.reach.or(r.maybe(true, true, true))
	}
}

// markWithin marks what matters within one account, where any of the ways of
// sameAccount suffices.
func (e *evaluation) markWithin(o *parts, r reach) {
	delegated := Yes
	if e.mustDelegate() {
		delegated = r.account
	}
	if min(e.identity(), delegated) == Maybe {
		e.markIdentity(o)
		o.reach = o.reach.or(reach{account: delegated}.maybe(false, false, true))
	}
	o.reach = o.reach.or(r.maybe(true, false, false))
	if min(r.role, e.cuts()) == Maybe {
		o.reach = o.reach.or(r.maybe(false, true, false))
		e.markCuts(o)
	}
}

func (e *evaluation) markIdentity(o *parts) {
	if e.caller.kind == rootUser {
		return
	}
	o.identity = o.identity || e.own() == Maybe
	e.markCuts(o)
}

func (e *evaluation) markCuts(o *parts) {
	o.boundary = o.boundary || e.boundary() == Maybe
	o.session = o.session || e.session() == Maybe
}

// maybe is Yes where a way that is asked for is Maybe.
func (r reach) maybe(direct, role, account bool) reach {
	mark := func(asked bool, v Verdict) Verdict { return verdict(asked && v == Maybe) }
	return reach{mark(direct, r.direct), mark(role, r.role), mark(account, r.account)}
}
