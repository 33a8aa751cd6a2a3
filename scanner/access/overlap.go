package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// meets reports whether the resources of two statements can have one in
// common.
func meets(a, b *iam.Statement) bool {
	if a.NotResource || b.NotResource {
		return true
	}
	return slices.ContainsFunc(a.Resources, func(x source.String) bool {
		return slices.ContainsFunc(b.Resources, func(y source.String) bool {
			return iam.ResourceMatches(x.Value, y.Value) != iam.No || iam.ResourceMatches(y.Value, x.Value) != iam.No
		})
	})
}

// taken are those of some actions that a Deny takes away whole from an Allow:
// all of them when its resources cover the Allow's, else those of which it
// covers every resource there is.
func (d *deny) taken(allow *iam.Statement, hit cloudwatch.ActionSet) cloudwatch.ActionSet {
	if coversResources(d.st, allow) {
		return hit
	}
	var out cloudwatch.ActionSet
	if d.st.NotResource {
		return out
	}
	for _, id := range hit.IDs() {
		if d.coversAction(cloudwatch.ActionByID(id)) {
			out.Add(id)
		}
	}
	return out
}

// coversAction reports whether a Deny covers every resource of one of the
// types that each request of the action names. One denied resource denies the
// request.
func (d *deny) coversAction(a *cloudwatch.Action) bool {
	templates, _ := cloudwatch.Facts{}.ActionResourceARNs(a.String())
	if len(templates) != len(a.ResourceTypes) {
		return false
	}
	for i, t := range a.ResourceTypes {
		if t.Required && slices.ContainsFunc(d.st.Resources, func(r source.String) bool { return coversType(r.Value, templates[i], d.account) }) {
			return true
		}
	}
	return false
}

// coversType reports whether a pattern covers a resource type whole in its
// own partition and one of the given accounts, which are the only ones that
// an identity's own resources have.
func coversType(pattern, template string, accounts ...string) bool {
	a, ok := iam.ParseARN(pattern)
	if !ok {
		return coversTemplate(pattern, template)
	}
	template = strings.Replace(template, "${Partition}", a.Partition, 1)
	if a.Account != "" && (slices.Contains(accounts, a.Account) || isSelfText(a.Account)) {
		template = strings.Replace(template, "${Account}", a.Account, 1)
	}
	return coversTemplate(pattern, template)
}
