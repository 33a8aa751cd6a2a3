package tfplan

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// isSecret reports whether an attribute holds a secret by its name, whatever
// the provider says of it.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	if name == "compute_environment_name" || name == "credential_age_days" {
		return false
	}
	for _, word := range []string{"password", "secret", "private_key", "credential", "environment", "custom_data", "auth_token", "api_key"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "token" || strings.HasSuffix(name, "_token") || strings.HasPrefix(name, "user_data")
}

// A keeper holds the types whose values may be facts about access. Of any other
// only what names it is kept.
type keeper map[string]bool

func newKeeper() keeper {
	k := keeper{}
	for _, t := range terraform.Types() {
		k[t] = true
	}
	for _, t := range []string{
		"aws_iam_policy_document", "aws_iam_session_context", "aws_caller_identity", "aws_region", "aws_partition", "aws_service_principal", "aws_arn",
	} {
		k[t] = true
	}
	return k
}

// isSecretVariable reports whether the configuration marks a variable as
// sensitive, or its name says so.
func isSecretVariable(name string, declared *source.Value) bool {
	return isSecret(name) || declared.Get(name).Get("sensitive").Text().Is("true")
}

// withoutSecrets is a resource's values without what is sensitive. User data and
// the environment of functions are kept: they are read for the keys in them, of
// which the model has places and kinds, and they are struck out of the file all
// the same. The result is an object whatever v is.
func (k keeper) withoutSecrets(v, marks *source.Value, kind string) *source.Value {
	v = withoutMarked(v, marks, terraform.SensitiveLabel)
	if v == nil || v.Kind != source.Object {
		return &source.Value{Kind: source.Object}
	}
	out := *v
	out.Members = nil
	for _, m := range v.Members {
		data := strings.HasPrefix(m.Name.Value, "user_data")
		switch {
		case m.Value.Kind == source.Null:
		case isSecret(m.Name.Value) && !data && m.Name.Value != "environment", !k[kind] && !names(m.Name.Value):
			m.Value = source.UnreadValue(terraform.SensitiveLabel, m.Value.Range)
		case data && isDigest(m.Value.Text().Value):
			m.Value = source.UnreadValue(afterApply, m.Value.Range)
		}
		out.Members = append(out.Members, m)
	}
	return &out
}

// isDigest reports whether a text is a SHA-1 sum in hexadecimal, which is all
// that the provider keeps of the user data of an instance.
func isDigest(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha1.Size
}

// names reports whether an attribute says how a resource is called.
func names(attribute string) bool {
	return slices.Contains([]string{"arn", "id", "name", "name_prefix", "path", "bucket", "function_name", "alarm_name", "url"}, attribute)
}

// withoutMarked is a value in which nothing but the label is left of what the
// marks, a tree of its shape, say is so: sensitive, or known only after apply.
func withoutMarked(v, marks *source.Value, label string) *source.Value {
	if v == nil || marks == nil {
		return v
	}
	if marks.Text().Is("true") {
		return source.UnreadValue(label, v.Range)
	}
	out := *v
	switch {
	case v.Kind == source.List && marks.Kind == source.List:
		out.Items = make([]*source.Value, len(v.Items))
		for i, item := range v.Items {
			out.Items[i] = item
			if i < len(marks.Items) {
				out.Items[i] = withoutMarked(item, marks.Items[i], label)
			}
		}
	case v.Kind == source.Object && marks.Kind == source.Object:
		out.Members = make([]source.Member, len(v.Members))
		for i, m := range v.Members {
			out.Members[i] = source.Member{Name: m.Name, Value: withoutMarked(m.Value, marks.Get(m.Name.Value), label)}
		}
	}
	return &out
}
