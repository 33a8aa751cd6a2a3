package cases

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (r *reader) request(c *Case, v *source.Value) {
	if v == nil {
		r.errorf(head(c.Range), "case %q lacks a request", c.ID.Value)
		return
	}
	q := &c.Request
	var action source.String
	r.object(v, "a request",
		r.text("principal", &c.Principal), r.text("action", &action), r.text("resource", &c.Resource),
		r.account("resource_account", &q.ResourceAccount),
		member{"context", func(v *source.Value) { r.context(q, v) }},
		r.word("context_mode", []string{"closed", "open"}, func(i int) { q.Context.Open = i == 1 }),
		r.plain("principal_role_path", &q.RolePath), r.plain("principal_role_id", &q.PrincipalID),
		r.plain("principal_user", &q.PrincipalUser),
		r.boolean("principal_account_is_management", func(b bool) { q.ManagementAccount = b }),
		r.boolean("resource_account_is_management", func(b bool) { q.ResourceManagementAccount = b }),
	)
	if v.Kind != source.Object {
		return
	}
	q.Principal, q.Action, q.Resource = c.Principal.Value, action.Value, c.Resource.Value
	if q.Principal == "" {
		r.caller(c, v)
	}
	if !isAction(q.Action) {
		r.errorf(place(action, v), "an action is service:Name, such as cloudwatch:DeleteAlarms")
	}
	if q.Resource == "" {
		q.Resource = "*"
	}
}

// caller settles who calls where the case does not say.
func (r *reader) caller(c *Case, v *source.Value) {
	if !c.HasPolicies {
		r.errorf(head(v.Range), "a case without policies names the principal of the scanned input")
		return
	}
	c.Request.Principal = DefaultPrincipal
}

// place is where a text is written, else where it should be.
func place(s source.String, within *source.Value) source.Range {
	if s.IsZero() {
		return head(within.Range)
	}
	return s.Range
}

// isAction reports whether a text names one action: the name of a request
// holds no wildcard.
func isAction(s string) bool {
	service, name, ok := strings.Cut(s, ":")
	return ok && service != "" && name != "" && !strings.ContainsAny(s, "*? \t") && !strings.Contains(name, ":")
}

// account reads an account id: twelve digits.
func (r *reader) account(name string, dst *string) member {
	return member{name, func(v *source.Value) {
		s := v.Text().Value
		if !iam.IsAccountID(s) {
			r.errorf(v.Range, "%s is an account id of 12 digits", name)
			return
		}
		*dst = s
	}}
}

// context reads the condition keys of a request. A list gives a key several
// values, null says that the request lacks it.
func (r *reader) context(q *iam.Request, v *source.Value) {
	if v.Kind != source.Object {
		r.errorf(v.Range, "context is an object of condition keys")
		return
	}
	r.repeated(v, "context")
	for _, m := range v.Members {
		value := r.unmark(m.Value)
		k := iam.ContextKey{Name: m.Name.Value, Multi: value.Kind == source.List}
		for _, e := range value.Elements() {
			if !e.IsScalar() && e.Kind != source.Unread {
				r.errorf(e.Range, "the value of condition key %q is a text or a list of texts", m.Name.Value)
				continue
			}
			k.Values = append(k.Values, e.Text().Value)
		}
		q.Context.Keys = append(q.Context.Keys, k)
	}
}
