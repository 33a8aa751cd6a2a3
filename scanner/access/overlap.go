package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
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

// mayTake reports whether a Deny takes some of the actions away if the account
// that its ARNs name is the own one, which is not known.
func (d *deny) mayTake(actions cloudwatch.ActionSet) bool {
	if d.account != "" || d.st.NotResource {
		return false
	}
	for _, r := range d.st.Resources {
		a, ok := iam.ParseARN(r.Value)
		if !ok || !iam.IsAccountID(a.Account) {
			continue
		}
		own := *d
		own.account = a.Account
		if slices.ContainsFunc(actions.IDs(), func(id cloudwatch.ActionID) bool { return own.coversAction(cloudwatch.ActionByID(id)) }) {
			return true
		}
	}
	return false
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
		if t.Required && slices.ContainsFunc(d.st.Resources, func(r source.String) bool {
			return coversType(r.Value, inPartition(templates[i], r.Value, d.partition), d.account)
		}) {
			return true
		}
	}
	return false
}

// inPartition fixes the partition of a template, which a Deny must name to
// take anything away there; one that could not be resolved is the own one.
func inPartition(template, pattern, partition string) string {
	if a, ok := iam.ParseARN(pattern); ok && source.HasMark(a.Partition) {
		partition = a.Partition
	}
	return strings.Replace(template, "${Partition}", partition, 1)
}

// partitionOf is the partition that a unit is deployed to; code that does not
// say so is taken for the commercial one's ("AWS Regions and partitions").
func partitionOf(u *model.Unit) string {
	switch {
	case u == nil:
		return "aws"
	case u.Partition != "":
		return u.Partition
	case strings.HasPrefix(u.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(u.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
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
