package access

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestContentKeyTellsStatementsApart: whatever scope asks of a statement must
// be in the key, or one statement would be given another's grants.
func TestContentKeyTellsStatementsApart(t *testing.T) {
	list := func(values ...string) []source.String {
		var out []source.String
		for _, v := range values {
			out = append(out, source.NewString(v, source.Range{}))
		}
		return out
	}
	base := iam.Statement{Effect: iam.Allow, Actions: list("logs:*"), HasResource: true, Resources: list("a", "b")}
	condition := func(op, key string, values ...string) []iam.Condition {
		return []iam.Condition{{Operator: list(op)[0], Key: list(key)[0], Values: list(values...)}}
	}
	changes := map[string]func(*iam.Statement){
		"none":         func(*iam.Statement) {},
		"not action":   func(st *iam.Statement) { st.NotAction = true },
		"not resource": func(st *iam.Statement) { st.NotResource = true },
		"variables":    func(st *iam.Statement) { st.LiteralVariables = true },
		"effect":       func(st *iam.Statement) { st.Effect = iam.EffectUnknown },
		"actions":      func(st *iam.Statement) { st.Actions = list("logs:Get*") },
		"resources":    func(st *iam.Statement) { st.Resources = list("a") },
		"joined":       func(st *iam.Statement) { st.Resources = list("ab") },
		"split":        func(st *iam.Statement) { st.Actions, st.Resources = list("logs:*", "a"), list("b") },
		"operator":     func(st *iam.Statement) { st.Conditions = condition("StringLike", "k", "v") },
		"key":          func(st *iam.Statement) { st.Conditions = condition("StringLike", "j", "v") },
		"value":        func(st *iam.Statement) { st.Conditions = condition("StringLike", "k", "w") },
		"values":       func(st *iam.Statement) { st.Conditions = condition("StringLike", "k", "v", "w") },
		"another":      func(st *iam.Statement) { st.Conditions = condition("StringEquals", "k", "v") },
	}
	seen := map[string]string{}
	for name, change := range changes {
		st := base
		change(&st)
		for account, own := range map[string]iam.Accounts{"": {}, " in an account": {Own: []string{"111122223333"}}} {
			k := contentKey(&st, own)
			if other, ok := seen[k]; ok {
				t.Errorf("%s and %s have one key", name+account, other)
			}
			seen[k] = name + account
		}
	}
}
