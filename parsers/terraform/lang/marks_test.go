package lang_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// markVars are the variables of the tests on marks.
func markVars() map[string]cty.Value {
	return map[string]cty.Value{
		"self":   cty.StringVal(source.Hole(source.HoleSelf, "")),
		"region": cty.StringVal(source.Hole(source.HoleRegion, "var.region")),
		"name":   cty.StringVal(source.Hole(source.HoleName, "var.name")),
		"free":   cty.StringVal(source.Hole(source.HoleFree, "var.x")),
		"other":  cty.StringVal(source.Hole(source.HoleFree, "var.y")),
		"lost":   cty.StringVal(source.Hole(source.HoleFree, "unknown")),
		"unk":    cty.UnknownVal(cty.String),
		"num":    cty.UnknownVal(cty.Number),
		"list":   cty.UnknownVal(cty.List(cty.String)),
		"dyn":    cty.DynamicVal,
		"arn":    cty.StringVal("arn:aws:iam::" + source.Hole(source.HoleSelf, "") + ":role/" + source.Hole(source.HoleName, "var.name")),
		"part":   cty.ObjectVal(map[string]cty.Value{"a": cty.UnknownVal(cty.String), "b": cty.StringVal("x"), "c": cty.UnknownVal(cty.List(cty.String)), "d": cty.NullVal(cty.String)}),
	}
}

// shown writes a value with its marks as people see them.
func shown(v cty.Value) string {
	switch {
	case !v.IsKnown():
		return "unknown " + v.Type().FriendlyName()
	case v.IsNull():
		return "null"
	case v.Type() == cty.String:
		return source.Show(v.AsString())
	case v.Type() == cty.Bool:
		return map[bool]string{true: "true", false: "false"}[v.True()]
	case v.Type() == cty.Number:
		return v.AsBigFloat().String()
	}
	text := "["
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if v.Type().IsObjectType() || v.Type().IsMapType() {
			text += shown(k) + "="
		}
		text += shown(e) + " "
	}
	return text + "]"
}

func TestMarksSurviveOrMakeUnknown(t *testing.T) {
	for expr, want := range map[string]string{
		`format("arn:aws:iam::%s:role/%s", self, "x")`:               "arn:aws:iam::<self>:role/x",
		`format("%s-%d-%s", name, 5, unk)`:                           "${var.name}-5-${unknown}",
		`format("%[2]s %[1]s", name, "a")`:                           "a ${var.name}",
		`format("%q", name)`:                                         `"${var.name}"`,
		`format("%d%%", num)`:                                        "${unknown}%",
		`format("%20s|", name)`:                                      "${unknown}|",
		`format("%v", {a = name})`:                                   `{"a":"${var.name}"}`,
		`format("%s", "100%")`:                                       "100%",
		`format(unk, "a")`:                                           "unknown string",
		`formatlist("%s/%s", arn, ["a", unk])`:                       "[arn:aws:iam::<self>:role/${var.name}/a arn:aws:iam::<self>:role/${var.name}/${unknown} ]",
		`formatlist("%s", list)`:                                     "unknown list of string",
		`join(",", ["a", unk, name])`:                                "a,${unknown},${var.name}",
		`join(",", list)`:                                            "unknown string",
		`join(",", ["a"], list)`:                                     "a,${unknown}",
		`concat([name], ["a"])`:                                      "[${var.name} a ]",
		`merge({a = name}, {b = unk})`:                               "[a=${var.name} b=unknown string ]",
		`jsonencode({a = arn, b = unk, c = null, d = [num]})`:        `{"a":"arn:aws:iam::<self>:role/${var.name}","b":"${unknown}","c":null,"d":["${unknown}"]}`,
		`jsonencode(part)`:                                           `{"a":"${unknown}","b":"x","c":"${unknown}","d":null}`,
		`jsonencode([dyn, list])`:                                    `["${unknown}","${unknown}"]`,
		`jsonencode(unk)`:                                            "unknown string",
		`jsondecode(jsonencode({a = arn})).a`:                        "arn:aws:iam::<self>:role/${var.name}",
		`jsondecode("{\"a\": ${free}}")`:                             "unknown dynamic",
		`jsondecode("{\"a\": ${"1"}}").a`:                            "1",
		`yamldecode(yamlencode({a = arn})).a`:                        "arn:aws:iam::<self>:role/${var.name}",
		`yamlencode({a = name, b = unk})`:                            "\"a\": \"${var.name}\"\n\"b\": \"${unknown}\"\n",
		`split(":", arn)[4]`:                                         "<self>",
		`split("/", arn)`:                                            "[arn:aws:iam::<self>:role ${var.name} ]",
		`element(split("/", arn), 1)`:                                "${var.name}",
		`split(",", free)`:                                           "unknown list of string",
		`split("-", region)`:                                         "unknown list of string",
		`split(":", self)`:                                           "[<self> ]",
		`split(free, "a,b")`:                                         "unknown list of string",
		`replace(arn, "role/", "user/")`:                             "arn:aws:iam::<self>:user/${var.name}",
		`replace(arn, self, "123456789012")`:                         "arn:aws:iam::123456789012:role/${var.name}",
		`replace(region, "-", "")`:                                   "${unknown}",
		`replace("a-${name}", "-", "_")`:                             "a_${unknown}",
		`replace(arn, "/[a-z]/", "")`:                                "unknown string",
		`replace("abc", free, "")`:                                   "unknown string",
		`trimspace("  ${name} ")`:                                    "${var.name}",
		`trim("--${name}--", "-")`:                                   "${var.name}",
		`trimprefix(arn, "arn:aws:")`:                                "iam::<self>:role/${var.name}",
		`trimprefix(arn, "x")`:                                       "arn:aws:iam::<self>:role/${var.name}",
		`trimprefix(name, "x")`:                                      "unknown string",
		`trimsuffix("${name}-x", "-x")`:                              "${var.name}",
		`chomp("${name}\n")`:                                         "${var.name}",
		`indent(2, "a\n${name}")`:                                    "a\n  ${var.name}",
		`startswith(arn, "arn:")`:                                    "true",
		`startswith(arn, "arn:aws:iam::1")`:                          "unknown bool",
		`startswith(arn, "x")`:                                       "false",
		`startswith(arn, "arn:aws:iam::${self}:role")`:               "true",
		`endswith(arn, "/x")`:                                        "unknown bool",
		`endswith("${name}-x", "-x")`:                                "true",
		`endswith("${name}-x", "y")`:                                 "false",
		`strcontains(arn, "role")`:                                   "true",
		`strcontains(arn, "zzz")`:                                    "unknown bool",
		`strcontains("abc", free)`:                                   "unknown bool",
		`upper(name)`:                                                "unknown string",
		`lower("ARN:${self}:${region}")`:                             "arn:<self>:${var.region}",
		`lower(name)`:                                                "${unknown}",
		`title(name)`:                                                "unknown string",
		`strrev(name)`:                                               "unknown string",
		`length(name)`:                                               "unknown number",
		`length([name, unk])`:                                        "2",
		`substr(arn, 0, 3)`:                                          "arn",
		`substr(arn, 4, 30)`:                                         "unknown string",
		`regex("role/(.*)", arn)`:                                    "unknown tuple",
		`can(regex("x", name))`:                                      "unknown bool",
		`sha256(name)`:                                               "unknown string",
		`base64encode(name)`:                                         "unknown string",
		`uuidv5("dns", name)`:                                        "unknown string",
		`tonumber(self)`:                                             "unknown number",
		`contains([name, "a"], "a")`:                                 "true",
		`contains([name], name)`:                                     "true",
		`contains([lost], lost)`:                                     "unknown bool",
		`contains([arn], "x")`:                                       "false",
		`contains([arn], "arn:aws:iam::1:role/x")`:                   "unknown bool",
		`contains([unk], "x")`:                                       "unknown bool",
		`index(["a", name], name)`:                                   "unknown number",
		`index(["x", arn], arn)`:                                     "1",
		`index([free, "a"], "a")`:                                    "unknown number",
		`lookup({a = name}, "a", "z")`:                               "${var.name}",
		`lookup({a = 1}, free, "z")`:                                 "unknown dynamic",
		`lookup(tomap({(free) = "x"}), "b", "z")`:                    "unknown string",
		`coalesce("", name, "z")`:                                    "${var.name}",
		`coalesce(unk, "z")`:                                         "unknown string",
		`compact(["", name])`:                                        "[${var.name} ]",
		`distinct([name, name, "a"])`:                                "[${var.name} a ]",
		`toset([name, name])`:                                        "[${var.name} ]",
		`setsubtract([arn, "a"], ["a"])`:                             "[arn:aws:iam::<self>:role/${var.name} ]",
		`setsubtract([free, "a"], ["a"])`:                            "unknown set of string",
		`keys({(name) = 1})`:                                         "[${var.name} ]",
		`zipmap([name], [1])`:                                        "[${var.name}=1 ]",
		`flatten([[name], ["a"]])`:                                   "[${var.name} a ]",
		`try(name.x, name)`:                                          "${var.name}",
		`timestamp()`:                                                "unknown string",
		`uuid()`:                                                     "unknown string",
		`bcrypt("a", 4)`:                                             "unknown string",
		`issensitive(sensitive("a"))`:                                "unknown bool",
		`file(name)`:                                                 "unknown string",
		`templatefile("greet.tftpl", {name = arn, list = ["a"]})`:    "Hello arn:aws:iam::<self>:role/${var.name}!\n- A\n",
		`templatefile("greet.tftpl", {name = unk, list = ["a"]})`:    "Hello ${unknown}!\n- A\n",
		`templatestring("$${a}/$${a}", {a = name})`:                  "${var.name}/${var.name}",
		`abspath("sub/../x")`:                                        "/x",
		`file(abspath("x.txt"))`:                                     "x",
		`pathexpand("~/x")`:                                          "unknown string",
		`provider::aws::arn_parse(arn).account_id`:                   "<self>",
		`provider::aws::arn_parse(arn).resource`:                     "role/${var.name}",
		`provider::aws::arn_build("aws", "iam", "", self, "role/x")`: "arn:aws:iam::<self>:role/x",
		`provider::aws::trim_iam_role_path("arn:aws:iam::${self}:role/p/q/${name}")`: "arn:aws:iam::<self>:role/${var.name}",
	} {
		t.Run(expr, func(t *testing.T) {
			v, err := eval(t, testEnv("testdata/files"), expr, markVars())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, shown(v)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
