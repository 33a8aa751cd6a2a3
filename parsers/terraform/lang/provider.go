package lang

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// providerTable holds the pure functions of the AWS provider (AWS Provider
// documentation, "Functions").
func providerTable() map[string]function.Function {
	parts := []string{"partition", "service", "region", "account_id", "resource"}
	prefix := providerPrefix + "aws::"
	return map[string]function.Function{
		prefix + "arn_build":          texts(buildARN, parts...),
		prefix + "arn_parse":          parseARNFunc(parts),
		prefix + "trim_iam_role_path": trimRolePathFunc(),
	}
}

func buildARN(parts []string) (string, error) {
	return "arn:" + strings.Join(parts, ":"), nil
}

// cutARN cuts an ARN into its parts behind "arn:" (AWS General Reference,
// "Amazon Resource Names"); the resource keeps its colons.
func cutARN(text string) (parts []string, known bool, err error) {
	items, known := splitText(text, ":")
	if !known {
		return nil, false, nil
	}
	if len(items) < 6 || items[0] != "arn" {
		return nil, true, function.NewArgErrorf(0, "%q is not an ARN", text)
	}
	return append(items[1:5:5], strings.Join(items[5:], ":")), true, nil
}

func parseARNFunc(names []string) function.Function {
	types := map[string]cty.Type{}
	for _, name := range names {
		types[name] = cty.String
	}
	ret := cty.Object(types)
	return static(ret, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		parts, known, err := cutARN(args[0].AsString())
		if err != nil || !known {
			return cty.UnknownVal(ret), err
		}
		vals := map[string]cty.Value{}
		for i, name := range names {
			vals[name] = cty.StringVal(parts[i])
		}
		return cty.ObjectVal(vals), nil
	}, param("arn", cty.String))
}

// trimRolePathFunc drops the path from a role's ARN.
func trimRolePathFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		parts, known, err := cutARN(args[0].AsString())
		if err != nil || !known {
			return cty.UnknownVal(cty.String), err
		}
		path, known := splitText(parts[4], "/")
		if !known {
			return cty.UnknownVal(cty.String), nil
		}
		if parts[1] != "iam" || parts[2] != "" || len(path) < 2 || path[0] != "role" {
			return cty.NilVal, function.NewArgErrorf(0, "%q is not the ARN of a role", args[0].AsString())
		}
		parts[4] = "role/" + path[len(path)-1]
		text, err := buildARN(parts)
		return cty.StringVal(text), err
	}, param("arn", cty.String))
}
