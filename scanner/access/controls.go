package access

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A control is a service control policy over an identity.
type control struct {
	*model.Control
	// maybe says that whether it is over the identity's account, or is there
	// at all, is not known.
	maybe bool
}

// controls are the service control policies over an identity: none over a
// service-linked role, nor in the management account ("Service control policies
// (SCPs)"). An account is taken for a member unless the scan makes the
// organization in it.
func (g *Graph) controls(id *model.Identity) []control {
	if len(g.allControls) == 0 || id.Unit == nil || g.manages(id.Unit) || strings.HasPrefix(model.PathOf(id.Entity), "/aws-service-role/") {
		return nil
	}
	var out []control
	for _, c := range g.allControls {
		if c.Unit.Alternative(id.Unit) {
			continue
		}
		over := overUnit(c, id.Unit)
		if id.Kind == model.PermissionSet && len(c.Targets) > 0 {
			over = iam.Maybe // its roles are in the accounts that it is assigned to
		}
		if over != iam.No {
			out = append(out, control{c, c.Maybe || over == iam.Maybe})
		}
	}
	return out
}

// manages reports whether a unit is known to be of the management account.
func (g *Graph) manages(u *model.Unit) bool {
	return u.Management || g.managing[u.Account]
}

// overUnit reports whether a service control policy is over the account of a
// unit. What is attached to a root or an organizational unit may be: no input
// says which accounts lie under which.
func overUnit(c *model.Control, u *model.Unit) iam.Verdict {
	over := iam.No
	for _, t := range c.Targets {
		v := isAccount(t.Value.Value, c.Unit, u)
		if t.Maybe {
			v = min(v, iam.Maybe)
		}
		over = max(over, v)
	}
	return over
}

// isAccount reports whether a target, as a unit names it, is the account of
// another.
func isAccount(target string, from, u *model.Unit) iam.Verdict {
	switch {
	case isSelfText(target) && from == u:
		return iam.Yes
	case isSelfText(target) && from != nil:
		target = from.Account
	}
	switch {
	case !iam.IsAccountID(target) || u.Account == "":
		return iam.Maybe
	case target == u.Account:
		return iam.Yes
	}
	return iam.No
}

// controlDenies are the Deny statements of the service control policies over an
// identity, and the doubts that those cast on all that it holds which could
// not be read. Their Allow statements grant nothing; nor does a list of them
// cut anything: AWS attaches FullAWSAccess to every root, unit and account, and
// no input says that it was taken away.
func (g *Graph) controlDenies(id *model.Identity) (out []*deny, doubts []Doubt) {
	for _, c := range g.controls(id) {
		if unseen(c.Document) && !c.maybe {
			doubts = append(doubts, Doubt{Range: c.Range, Clause: controlName(c.Control) + " was not read"})
		}
		out = append(out, denies(Place{Control: c.Control}, c.maybe)...)
	}
	return out, doubts
}

func controlName(c *model.Control) string { return "service control policy " + c.Quoted() }

// levels are the service control policies over an identity as Decide wants
// them, nil for none: in one level, since it allows everything (see
// controlDenies).
func (g *Graph) levels(id *model.Identity) [][]*iam.Document {
	var level []*iam.Document
	for _, c := range g.controls(id) {
		switch d := c.Document; {
		case d == nil || d.Invalid || d.Unknown && c.maybe:
		case c.maybe:
			level = append(level, perhapsDenying(settle(d, c.Unit)))
		default:
			level = append(level, settle(d, c.Unit))
		}
	}
	if level == nil {
		return nil
	}
	return [][]*iam.Document{append([]*iam.Document{anything(iam.ServiceControlDocument)}, level...)}
}
