package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A home is the account that a provider works in, as far as the code tells.
type home struct {
	// id is the account's, empty when the code does not tell it.
	id string
	// partition is that of the role that is taken, empty when unknown.
	partition string
	// credentials tell the account from others while its id is unknown.
	credentials string
	// shown is what people may read of the credentials.
	shown string
	// label is that of the hole that stands for an unknown id.
	label string
	// written says that the code itself writes that hole where it means the
	// account: a variable without a value, such as var.account_id.
	written bool
	// main says that it is the account of the root module's own provider,
	// which the text of the configuration calls "this account".
	main bool
	// atMain says that it is told to be that account.
	atMain bool
}

// key is equal for homes that are one account.
func (h *home) key() string {
	if h.id != "" {
		return h.id
	}
	return "by " + h.credentials
}

// account is the id as text has it where h is not the account at home.
func (h *home) account() string {
	if h.id != "" {
		return h.id
	}
	return hole(source.HoleAccount, h.label)
}

// selfOf is the account of a resource or data source.
func (e *evaluator) selfOf(o *object) string {
	h := e.homeOf(o)
	if h.main {
		return self()
	}
	return h.account()
}

// homeOf is the account that a resource lies in.
func (e *evaluator) homeOf(o *object) *home { return e.homeOfProvider(e.providerOf(o)) }

// mainProvider is the one whose account the code calls this account: that of
// the root module, else the credentials of whoever runs Terraform.
func (e *evaluator) mainProvider() *provider {
	if p := e.findProvider(e.root, providerRef{name: "aws"}); p != nil {
		return p
	}
	return e.providers.at(e.root, nil, e.root.sc, "")
}

// homeOfProvider is the account that a provider works in; nil stands for the
// credentials of whoever runs Terraform.
func (e *evaluator) homeOfProvider(p *provider) *home {
	if p == nil {
		p = e.providers.at(e.root, nil, e.root.sc, "")
	}
	switch {
	case p.home != nil:
		return p.home
	case p.open:
		return &home{main: true} // what tells its account asks for it
	}
	p.open = true
	defer func() { p.open = false }()
	e.tellHomes()
	h := e.tellHome(p)
	e.join(h)
	main := e.mainProvider()
	if p == main {
		h.main = true
	} else if m := e.homeOfProvider(main); h.atMain || m.key() == h.key() {
		h = m
	}
	p.home = h
	return h
}

// tellHomes learns from all providers of the root module which ids belong to
// which credentials: often only one of several says the id.
func (e *evaluator) tellHomes() {
	if e.providers.told {
		return
	}
	e.providers.told = true
	for _, b := range e.root.cfg.providers() {
		if b.Labels[0] != "aws" {
			continue
		}
		for _, p := range e.providersOf(e.root, b) {
			h := e.tellHome(p)
			if e.providers.labels[h.credentials] == "" {
				e.providers.labels[h.credentials] = h.label
			}
			if h.id != "" && e.providers.ids[h.credentials] == "" {
				e.providers.ids[h.credentials] = h.id
			}
		}
	}
}

// join gives a home what other providers with its credentials tell.
func (e *evaluator) join(h *home) {
	if h.id == "" {
		h.id = e.providers.ids[h.credentials]
	}
	if label := e.providers.labels[h.credentials]; label != "" && !h.written {
		h.label = label
	}
}

// tellHome reads the arguments that say a provider's account (AWS provider
// documentation: allowed_account_ids, assume_role, profile and the others).
func (e *evaluator) tellHome(p *provider) *home {
	if p.block == nil {
		return &home{shown: "the credentials of whoever runs it", label: p.address()}
	}
	h := &home{label: p.address()}
	e.signIn(p, h)
	if role, by := e.assumedRole(p); role != "" {
		h.assume(role, by)
	}
	switch only := e.onlyAllowed(p); {
	case iam.IsAccountID(only):
		h.id = only
	case only != "":
		h.writeAs(only)
	}
	return h
}

// signIn reads the credentials that a provider begins with.
func (e *evaluator) signIn(p *provider, h *home) {
	h.shown = "the credentials of whoever runs it"
	for _, name := range []string{"profile", "access_key", "shared_credentials_files", "shared_config_files"} {
		a := p.attr(name)
		if a == nil {
			continue
		}
		text, ok := e.identifying(a.Expr, p.sc)
		if !ok {
			continue
		}
		h.credentials = name + " " + text
		h.shown = "the " + name + " of " + p.address()
		if name == "profile" {
			h.shown = "profile " + source.Show(text)
		}
		return
	}
}

// identifying is an expression's value as text that is equal for equal
// values; false for null. Of what cannot be evaluated it is the source.
func (e *evaluator) identifying(expr hclsyntax.Expression, sc *scope) (string, bool) {
	v, err := e.eval(expr, sc)
	if err == nil && v.IsKnown() && v.IsNull() {
		return "", false
	}
	if isText(v) && !strings.Contains(v.AsString(), hole(source.HoleFree, unknownLabel)) {
		return v.AsString(), v.AsString() != ""
	}
	if err == nil && isText(v) {
		return v.AsString() + " " + e.source(expr), true
	}
	if label := e.labelOf(expr, sc); label != unknownLabel {
		return hole(source.HoleFree, label), true
	}
	return e.source(expr), true
}

// assumedRole is the role that a provider takes in the end, empty for none,
// and what takes it.
func (e *evaluator) assumedRole(p *provider) (arn, by string) {
	for _, name := range []string{"assume_role_with_web_identity", "assume_role"} {
		blocks, _ := e.expand(nested(p.block.Body, name), p.sc)
		for _, b := range blocks {
			a := b.body.Attributes["role_arn"]
			if a == nil {
				continue
			}
			text, ok := e.identifying(a.Expr, b.sc)
			if !ok {
				continue
			}
			arn, by = text, ""
			if b.maybe {
				by = "perhaps "
			}
		}
	}
	return arn, by
}

// assume moves a home to the account of a role.
func (h *home) assume(role, by string) {
	h.shown = by + "role " + source.Show(role)
	arn, ok := iam.ParseARN(role)
	h.partition = known(arn.Partition)
	switch {
	case !ok || by != "":
		h.credentials = by + "role " + role
	case arn.Account == self():
		h.atMain = true
	case iam.IsAccountID(arn.Account):
		h.id, h.credentials = arn.Account, "account "+arn.Account
	default:
		h.credentials = "account " + arn.Account
		h.writeAs(arn.Account)
	}
}

// writeAs takes the text by which the code means the account, if it is one
// hole, for its id.
func (h *home) writeAs(text string) {
	pieces := source.Pieces(text)
	if len(pieces) == 1 && pieces[0].IsHole() && pieces[0].Kind != source.HoleSelf && pieces[0].Label != unknownLabel {
		h.label, h.written = pieces[0].Label, true
	}
}

// onlyAllowed is the only account that a provider may be used with (AWS
// provider documentation, allowed_account_ids), empty when there are several.
func (e *evaluator) onlyAllowed(p *provider) string {
	a := p.attr("allowed_account_ids")
	if a == nil {
		return ""
	}
	list := e.read(a.Expr, p.sc, elementLevel).Elements()
	if len(list) != 1 || !list[0].IsScalar() {
		return ""
	}
	return list[0].Scalar.Value
}
