package terraform

import (
	"cmp"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A plannedState is what an evaluator knows of a plan.
type plannedState struct {
	*Planned
	// owners are the resources by their ARN or id.
	owners map[string]string
	// attached are the policies that resources of their own attach to roles.
	attached map[attachedPolicy]bool
}

// only is the one member of a set, else "".
func only(set map[string]bool) string {
	if len(set) != 1 {
		return ""
	}
	return sortedKeys(set)[0]
}

// ownARNs tell the account and partition of a plan's own resources: of its IAM
// entities where their ARNs are known, else of all, else the caller's. Where
// they name several, empty.
func ownARNs(p *Planned) (account, partition string) {
	callers, all, entities, partitions := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range p.Resources {
		if r.Data {
			if id := r.Values.Get("account_id").Text(); r.Type == "aws_caller_identity" && iam.IsAccountID(id.Value) {
				callers[id.Value] = true
			}
			continue
		}
		arn, ok := iam.ParseARN(r.Values.Get("arn").Text().Value)
		if !ok || !strings.HasPrefix(r.Type, "aws_") || !iam.IsAccountID(arn.Account) {
			continue
		}
		partitions[arn.Partition], all[arn.Account] = true, true
		if arn.Service == "iam" {
			entities[arn.Account] = true
		}
	}
	return cmp.Or(only(entities), only(all), only(callers)), only(partitions)
}

// owners are the addresses of resources by ARN, and by id where that is not
// just the name. What two resources have is nobody's.
func owners(p *Planned) map[string]string {
	out := map[string]string{}
	for _, r := range p.Resources {
		if r.Data {
			continue
		}
		address := r.address()
		texts := []string{r.Values.Get("arn").Text().Value}
		if id := r.Values.Get("id").Text().Value; id != r.Values.Get("name").Text().Value && id != texts[0] {
			texts = append(texts, id)
		}
		for _, text := range texts {
			if old, ok := out[text]; ok && old != address {
				address = ""
			}
			out[text] = address
		}
	}
	delete(out, "")
	return out
}

func (r *PlannedResource) address() string {
	var b strings.Builder
	for _, step := range r.Module {
		b.WriteString("module." + step.Name + instanceKey{key: keyOf(step.Key)}.suffix() + ".")
	}
	return b.String() + r.key() + instanceKey{key: keyOf(r.Key)}.suffix()
}

// plannedInputs gives the root module's variables the values that the plan
// has. Where the configuration or a file of definitions says the same, the
// value stands there.
func (e *evaluator) plannedInputs() {
	for _, name := range sortedKeys(e.planned.Variables) {
		v := e.planned.Variables[name]
		decl := e.root.cfg.variable(name)
		if decl == nil {
			continue
		}
		t := typeOf(decl.Body.Attributes["type"])
		want, err := t.apply(treeValue(v))
		if err != nil {
			continue
		}
		given, ok := e.root.inputs[name]
		if d := decl.Body.Attributes["default"]; !ok && d != nil {
			given, ok = site{d.Expr, e.root.sc}, true
		}
		if ok {
			if got, err := e.eval(given.expr, given.sc); err == nil {
				if got, err = t.apply(got); err == nil && got.RawEquals(want) {
					continue
				}
			}
		}
		e.root.inputs[name] = site{&plannedExpr{Expression: literalAt(v.Range), tree: v}, e.root.sc.valuesOnly()}
	}
}

// An attachedPolicy is a policy of a role: an inline one by its name, a managed
// one by its ARN.
type attachedPolicy struct {
	role, policy string
	inline       bool
}

// attachedPolicies are those that resources attach. Once Terraform has read
// roles back, they stand in the roles' own attributes too.
func attachedPolicies(p *Planned) map[attachedPolicy]bool {
	out := map[attachedPolicy]bool{}
	for _, r := range p.Resources {
		role, v := r.Values.Get("role").Text().Value, r.Values
		switch r.Type {
		case "aws_iam_role_policy":
			out[attachedPolicy{role, v.Get("name").Text().Value, true}] = true
		case "aws_iam_role_policy_attachment":
			out[attachedPolicy{role, v.Get("policy_arn").Text().Value, false}] = true
		case "aws_iam_policy_attachment":
			for _, role := range v.Get("roles").Elements() {
				out[attachedPolicy{role.Text().Value, v.Get("policy_arn").Text().Value, false}] = true
			}
		}
	}
	return out
}

// apart is an attribute of a role without the policies that resources of their
// own attach.
func (s *plannedState) apart(role string, m source.Member) source.Member {
	inline := m.Name.Value == "inline_policy"
	if m.Value.Kind != source.List || !inline && m.Name.Value != "managed_policy_arns" {
		return m
	}
	out := *m.Value
	out.Items = nil
	for _, item := range m.Value.Items {
		policy := item.Text().Value
		if inline {
			policy = item.Get("name").Text().Value
		}
		if !s.attached[attachedPolicy{role, policy, inline}] {
			out.Items = append(out.Items, item)
		}
	}
	return source.Member{Name: m.Name, Value: &out}
}
