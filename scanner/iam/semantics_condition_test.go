package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// operators are all base operators, each with a value and what it makes of
// one that matches, or stands right, and one that does not.
var operators = []struct {
	base, value, right, wrong string
	negated                   bool
}{
	{"StringEquals", "a", "a", "b", false},
	{"StringNotEquals", "a", "b", "a", true},
	{"StringEqualsIgnoreCase", "a", "A", "b", false},
	{"StringNotEqualsIgnoreCase", "a", "b", "A", true},
	{"StringLike", "a*", "ab", "b", false},
	{"StringNotLike", "a*", "b", "ab", true},
	{"NumericEquals", "5", "5.0", "6", false},
	{"NumericNotEquals", "5", "6", "5", true},
	{"NumericLessThan", "5", "4.9", "5", false},
	{"NumericLessThanEquals", "5", "5", "5.1", false},
	{"NumericGreaterThan", "5", "10", "5", false},
	{"NumericGreaterThanEquals", "5", "5", "4", false},
	{"DateEquals", "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:06Z", false},
	{"DateNotEquals", "2026-01-02T03:04:05Z", "2026-01-02", "1767323045", true},
	{"DateLessThan", "2026-01-02", "2026-01-01T23:59:59Z", "2026-01-02", false},
	{"DateLessThanEquals", "2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02T00:00:01Z", false},
	{"DateGreaterThan", "2026-01-02", "2026-01-03", "2026-01-02", false},
	{"DateGreaterThanEquals", "2026-01-02", "2026-01-02", "2026-01-01", false},
	{"Bool", "true", "true", "false", false},
	{"BinaryEquals", "QQ==", "QQ==", "Qg==", false},
	{"IpAddress", "203.0.113.0/24", "203.0.113.9", "203.0.114.9", false},
	{"NotIpAddress", "203.0.113.0/24", "203.0.114.9", "203.0.113.9", true},
	{"ArnEquals", "arn:aws:sns:*:1:a*", "arn:aws:sns:eu-west-1:1:ab", "arn:aws:sns:eu-west-1:2:ab", false},
	{"ArnLike", "arn:aws:sns:*:1:a*", "arn:aws:sns:eu-west-1:1:ab", "arn:aws:sns:eu-west-1:2:ab", false},
	{"ArnNotEquals", "arn:aws:sns:*:1:a*", "arn:aws:sns:eu-west-1:2:ab", "arn:aws:sns:eu-west-1:1:ab", true},
	{"ArnNotLike", "arn:aws:sns:*:1:a*", "arn:aws:sns:eu-west-1:2:ab", "arn:aws:sns:eu-west-1:1:ab", true},
}

// TestEveryOperator lays every operator, with every prefix and suffix, beside
// a key that is right, wrong, missing, empty and not known.
func TestEveryOperator(t *testing.T) {
	yesNo := func(b bool) string {
		if b {
			return "allowed"
		}
		return "denied"
	}
	for _, op := range operators {
		for _, set := range []string{"", "ForAllValues:", "ForAnyValue:"} {
			for _, suffix := range []string{"", "IfExists"} {
				name := set + op.base + suffix
				policies := identity(under(fmt.Sprintf(`%q:{"aws:Key":%q}`, name, op.value)))
				key := func(json string) string { return `"AWS:key":` + json }
				one := func(s string) string { return key(`"` + s + `"`) }
				list := func(s ...string) string { return key(`["` + strings.Join(s, `","`) + `"]`) }
				missing := suffix != "" || set == "ForAllValues:" || set == "" && op.negated
				get := func(keys ...string) string { return ask("logs:GetLogEvents", logStream, keys...) }
				rows := []sentence{
					{name + " on a right value", policies, get(one(op.right)), "allowed"},
					{name + " on a wrong value", policies, get(one(op.wrong)), "denied"},
					{name + " on no key", policies, get(), yesNo(missing)},
					{name + " on null", policies, get(key("null")), yesNo(missing)},
					{name + " on a key that is not known", policies, askOpen("logs:GetLogEvents", logStream), "conditional"},
					{strings.ToUpper(name), identity(under(fmt.Sprintf(`%q:{"aws:Key":%q}`, strings.ToUpper(name), op.value))), get(one(op.right)), "allowed"},
					{strings.ToLower(name), identity(under(fmt.Sprintf(`%q:{"aws:Key":%q}`, strings.ToLower(name), op.value))), get(one(op.wrong)), "denied"},
				}
				switch set {
				case "":
					rows = append(rows,
						sentence{name + " on a list", policies, get(list(op.right)), "denied"},
						sentence{name + " on a list of the wrong", policies, get(list(op.wrong)), "denied"})
				default:
					any := set == "ForAnyValue:"
					rows = append(rows,
						sentence{name + " on a list of right ones", policies, get(list(op.right, op.right)), "allowed"},
						sentence{name + " on a list of both", policies, get(list(op.wrong, op.right)), yesNo(any)},
						sentence{name + " on a list of wrong ones", policies, get(list(op.wrong, op.wrong)), "denied"},
						sentence{name + " on an empty list", policies, get(key(`[]`)), yesNo(!any)},
						sentence{name + " on a list of the empty text", policies, get(list("")), yesNo(!any)},
						sentence{name + " on the empty text", policies, get(one("")), yesNo(!any)})
				}
				holds(t, rows)
			}
		}
	}
}

// TestBlocks holds how tests join: operators and keys by and, values by or,
// values of a negated operator by none.
func TestBlocks(t *testing.T) {
	test := func(condition string) string { return identity(under(condition)) }
	get := func(keys ...string) string { return ask("logs:GetLogEvents", logStream, keys...) }
	const a, b = `"aws:x":"a"`, `"aws:y":"b"`
	holds(t, []sentence{
		{"two keys, both right", test(`"StringEquals":{"aws:x":"a","aws:y":"b"}`), get(a, b), "allowed"},
		{"two keys, one wrong", test(`"StringEquals":{"aws:x":"a","aws:y":"c"}`), get(a, b), "denied"},
		{"two keys, one missing", test(`"StringEquals":{"aws:x":"a","aws:y":"b"}`), get(a), "denied"},
		{"two operators, both right", test(`"StringEquals":{"aws:x":"a"},"StringLike":{"aws:y":"*"}`), get(a, b), "allowed"},
		{"two operators, one wrong", test(`"StringEquals":{"aws:x":"a"},"StringNotEquals":{"aws:y":"b"}`), get(a, b), "denied"},
		{"one key under two operators", test(`"StringLike":{"aws:x":"*"},"StringNotEquals":{"AWS:X":"a"}`), get(a), "denied"},
		{"one of two values", test(`"StringEquals":{"aws:x":["c","a"]}`), get(a), "allowed"},
		{"none of two values", test(`"StringEquals":{"aws:x":["c","d"]}`), get(a), "denied"},
		{"one of two values, negated", test(`"StringNotEquals":{"aws:x":["c","a"]}`), get(a), "denied"},
		{"none of two values, negated", test(`"StringNotEquals":{"aws:x":["c","d"]}`), get(a), "allowed"},
		{"one of two patterns, negated", test(`"StringNotLike":{"aws:x":["c*","a*"]}`), get(a), "denied"},
		{"one of two numbers, negated", test(`"NumericNotEquals":{"aws:x":[1,2]}`), get(`"aws:x":"2"`), "denied"},
		{"one of two dates, negated", test(`"DateNotEquals":{"aws:x":["2026-01-01","2026-01-02"]}`), get(`"aws:x":"2026-01-02"`), "denied"},
		{"one of two addresses, negated", test(`"NotIpAddress":{"aws:x":["10.0.0.0/8","203.0.113.0/24"]}`), get(`"aws:x":"203.0.113.9"`), "denied"},
		{"one of two ARNs, negated", test(`"ArnNotLike":{"aws:x":["arn:aws:s3:::*","arn:aws:sns:*:*:*"]}`), get(`"aws:x":"` + topic + `"`), "denied"},
		{"a wrong test beside one that is not known", test(`"StringEquals":{"aws:x":"c","aws:y":"b"}`), askOpen("logs:GetLogEvents", logStream, a), "denied"},
		{"a right test beside one that is not known", test(`"StringEquals":{"aws:x":"a","aws:y":"b"}`), askOpen("logs:GetLogEvents", logStream, a), "conditional"},
		{"a Deny whose block holds", beside(on("Deny", "*", "*") + `,"Condition":{"StringEquals":{"aws:x":"a"}}`), get(a), "explicit"},
		{"a Deny whose block fails", beside(on("Deny", "*", "*") + `,"Condition":{"StringEquals":{"aws:x":"a","aws:y":"b"}}`), get(a), "allowed"},
		{"a key in any case", test(`"StringEquals":{"AWS:X":"a"}`), get(a), "allowed"},
		{"a tag key in any case", test(`"StringEquals":{"aws:ResourceTag/Team":"a"}`), get(`"aws:resourcetag/TEAM":"a"`), "allowed"},
		{"a tag's value in its case", test(`"StringEquals":{"aws:ResourceTag/Team":"A"}`), get(`"aws:ResourceTag/Team":"a"`), "denied"},
		// Sets.
		{"ForAllValues, some value for each", test(`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}`), get(`"aws:TagKeys":["b","a"]`), "allowed"},
		{"ForAllValues, one outside", test(`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`), get(`"aws:TagKeys":["b","d"]`), "denied"},
		{"ForAllValues, negated, none", test(`"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}`), get(`"aws:TagKeys":["c","d"]`), "allowed"},
		{"ForAllValues, negated, one", test(`"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}`), get(`"aws:TagKeys":["c","b"]`), "denied"},
		{"ForAnyValue, one", test(`"ForAnyValue:StringLike":{"aws:TagKeys":["x*","b*"]}`), get(`"aws:TagKeys":["a","bc"]`), "allowed"},
		{"ForAnyValue, none", test(`"ForAnyValue:StringLike":{"aws:TagKeys":["x*","y*"]}`), get(`"aws:TagKeys":["a","bc"]`), "denied"},
		{"ForAnyValue, negated, one outside", test(`"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}`), get(`"aws:TagKeys":["a","c"]`), "allowed"},
		{"ForAnyValue, negated, all within", test(`"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}`), get(`"aws:TagKeys":["a","b"]`), "denied"},
		{"ForAnyValue, negated, no key", test(`"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a","b"]}`), get(), "denied"},
		{"ForAllValues with Null against a missing key", test(`"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}`), get(), "denied"},
		{"ForAllValues with Null on a key that is there", test(`"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}`), get(`"aws:TagKeys":["a"]`), "allowed"},
		{"a set operator on one value", test(`"ForAllValues:StringEquals":{"aws:x":"a"}`), get(a), "allowed"},
		{"the empty text among others is a value", test(`"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`), get(`"aws:TagKeys":["a",""]`), "denied"},
	})
}

// TestValues holds how the values of each family compare.
func TestValues(t *testing.T) {
	const arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a:b"
	for _, c := range []struct{ condition, value, want string }{
		// Strings.
		{`"StringEquals":"a*"`, "ab", "denied"},
		{`"StringEquals":"a*"`, "a*", "allowed"},
		{`"StringEquals":"a?"`, "ab", "denied"},
		{`"StringEquals":"A"`, "a", "denied"},
		{`"StringLike":"a?c"`, "abc", "allowed"},
		{`"StringLike":"a?c"`, "ac", "denied"},
		{`"StringLike":"*"`, "", "allowed"},
		{`"StringLike":"?"`, "", "denied"},
		{`"StringLike":"A*"`, "abc", "denied"},
		{`"StringLike":"*:*/c"`, "a:b/c", "allowed"},
		{`"StringLike":"a"`, "abc", "denied"},
		{`"StringNotLike":"A*"`, "abc", "allowed"},
		{`"StringEqualsIgnoreCase":"ÄÖ"`, "äö", "allowed"},
		{`"StringEqualsIgnoreCase":"a*"`, "AB", "denied"},
		{`"StringEqualsIgnoreCase":"ss"`, "ß", "denied"},
		{`"StringNotEqualsIgnoreCase":"ABC"`, "abc", "denied"},
		// ARNs.
		{`"ArnLike":"` + arn + `"`, arn, "allowed"},
		{`"ArnEquals":"arn:aws:cloudwatch:*:*:alarm:*"`, arn, "allowed"},
		{`"ArnEquals":"arn:aws:cloudwatch:us-east-?:111122223333:alarm:a?b"`, arn, "allowed"},
		{`"ArnLike":"arn:aws:cloudwatch:*:alarm:a:b"`, arn, "denied"},
		{`"ArnLike":"arn:aws:cloudwatch:*"`, arn, "denied"},
		{`"ArnLike":"a:b"`, arn, "denied"},
		{`"ArnNotLike":"a:b"`, arn, "allowed"},
		{`"ArnLike":"arn:aws:cloudwatch:us-*3333:x:alarm:a:b"`, arn, "denied"},
		{`"ArnLike":"arn:aws:CloudWatch:us-east-1:111122223333:alarm:a:b"`, arn, "denied"},
		{`"ArnLike":"arn:aws:cloudwatch:us-east-1:111122223333:Alarm:a:b"`, arn, "denied"},
		{`"ArnLike":"arn:*:*:*:*:*"`, arn, "allowed"},
		{`"ArnLike":"arn:*:*:*:*:*"`, "not an ARN", "denied"},
		{`"ArnLike":"arn:*:*:*:*:*"`, "arn:aws:sns", "denied"},
		{`"ArnNotLike":"arn:*:*:*:*:*"`, "not an ARN", "allowed"},
		{`"ArnLike":"*"`, "not an ARN", "denied"},
		{`"ArnLike":["arn:aws:s3:::*","arn:aws:cloudwatch:*:*:*"]`, arn, "allowed"},
		// Numbers.
		{`"NumericEquals":5`, "5", "allowed"},
		{`"NumericEquals":"5"`, "05.00", "allowed"},
		{`"NumericEquals":-1.5`, "-1.5", "allowed"},
		{`"NumericLessThan":"10"`, "9", "allowed"},
		{`"NumericLessThan":"10"`, "-11", "allowed"},
		{`"NumericGreaterThan":0.1`, "0.2", "allowed"},
		{`"NumericLessThan":"10"`, "nine", "denied"},
		{`"NumericNotEquals":"10"`, "nine", "allowed"},
		{`"NumericEquals":"0x10"`, "16", "conditional"},
		{`"NumericEquals":"NaN"`, "NaN", "conditional"},
		// Dates.
		{`"DateEquals":"2026-01-02T03:04:05.5Z"`, "2026-01-02T03:04:05.500Z", "allowed"},
		{`"DateEquals":"2026-01-02T03:04Z"`, "2026-01-02T03:04:00Z", "allowed"},
		{`"DateEquals":"2026-01-02T03:04:05-05:00"`, "2026-01-02T08:04:05Z", "allowed"},
		{`"DateEquals":"2026-01-02"`, "2026-01-02T00:00:00Z", "allowed"},
		{`"DateEquals":"2026-01"`, "2026-01-01T00:00:00Z", "allowed"},
		{`"DateEquals":"2026"`, "2026-01-01T00:00:00Z", "allowed"},
		{`"DateEquals":"20260102T030405Z"`, "2026-01-02T03:04:05Z", "allowed"},
		{`"DateEquals":1767323045`, "2026-01-02T03:04:05Z", "allowed"},
		{`"DateEquals":"1767323045"`, "1767323045", "allowed"},
		{`"DateLessThan":"1767323045.5"`, "2026-01-02T03:04:05Z", "allowed"},
		{`"DateGreaterThan":["2027-01-01","2026-01-01"]`, "2026-06-01", "allowed"},
		{`"DateLessThan":"2026-01-02"`, "yesterday", "denied"},
		{`"DateLessThan":"tomorrow"`, "2026-01-02", "conditional"},
		// Booleans.
		{`"Bool":true`, "true", "allowed"},
		{`"Bool":"TRUE"`, "true", "allowed"},
		{`"Bool":"true"`, "True", "allowed"},
		{`"Bool":false`, "false", "allowed"},
		{`"Bool":false`, "true", "denied"},
		{`"Bool":["true","false"]`, "false", "allowed"},
		{`"Bool":"true"`, "1", "denied"},
		{`"Bool":"yes"`, "true", "conditional"},
		// Addresses.
		{`"IpAddress":"203.0.113.9"`, "203.0.113.9", "allowed"},
		{`"IpAddress":"203.0.113.9"`, "203.0.113.10", "denied"},
		{`"IpAddress":"203.0.113.9/24"`, "203.0.113.77", "allowed"},
		{`"IpAddress":"203.0.113.0/32"`, "203.0.113.1", "denied"},
		{`"IpAddress":"0.0.0.0/0"`, "203.0.113.9", "allowed"},
		{`"IpAddress":"0.0.0.0/0"`, "2001:db8::1", "denied"},
		{`"IpAddress":"::/0"`, "2001:db8::1", "allowed"},
		{`"IpAddress":"::/0"`, "203.0.113.9", "denied"},
		{`"NotIpAddress":"::/0"`, "203.0.113.9", "allowed"},
		{`"IpAddress":"2001:DB8::/32"`, "2001:db8:0:0::1", "allowed"},
		{`"IpAddress":"2001:db8::1"`, "2001:db8::1", "allowed"},
		{`"IpAddress":"2001:db8::1"`, "2001:db8::2", "denied"},
		{`"IpAddress":"203.0.113.0/24"`, "::ffff:203.0.113.9", "denied"},
		{`"IpAddress":["10.0.0.0/8","203.0.113.0/24"]`, "203.0.113.9", "allowed"},
		{`"IpAddress":"203.0.113.0/24"`, "somewhere", "denied"},
		{`"NotIpAddress":"203.0.113.0/24"`, "somewhere", "allowed"},
		{`"IpAddress":"203.0.113.0/33"`, "203.0.113.9", "conditional"},
		{`"IpAddress":"203.0.113"`, "203.0.113.9", "conditional"},
		// Bytes.
		{`"BinaryEquals":"QmluYXJ5"`, "QmluYXJ5", "allowed"},
		{`"BinaryEquals":"QmluYXJ5"`, "qmluyxj5", "denied"},
		{`"BinaryEquals":"QmluYXJ5"`, "Binary", "denied"},
		{`"BinaryEquals":"?"`, "Pw==", "conditional"},
		// Values are texts, however they are written.
		{`"StringEquals":true`, "true", "allowed"},
		{`"StringEquals":[7,true]`, "7", "allowed"},
		{`"StringEquals":1.50`, "1.50", "allowed"},
		// What AWS would not store.
		{`"StringIs":"a"`, "a", "conditional"},
		{`"StringEqualsIfExist":"a"`, "b", "conditional"},
		{`"ForSomeValues:StringEquals":"a"`, "a", "conditional"},
		{`"NullIfExists":"true"`, "a", "conditional"},
		{`"ForAnyValue:Null":"true"`, "a", "conditional"},
		{`"NumericLessThan":["ten","10"]`, "9", "conditional"},
		{`"Null":["maybe","false"]`, "a", "conditional"},
	} {
		condition := strings.Replace(c.condition, `":`, `":{"aws:x":`, 1) + "}"
		holds(t, []sentence{{c.condition + " on " + c.value, identity(under(condition)), ask("logs:GetLogEvents", logStream, fmt.Sprintf(`"aws:x":%q`, c.value)), c.want}})
	}
}

// TestWhatCannotBeStored holds that a test of an unknown operator or of a
// malformed value is unknown whatever the request holds, and is reported.
func TestWhatCannotBeStored(t *testing.T) {
	for condition, fault := range map[string]string{
		`"StringIs":{"aws:x":"a"}`:                "unknown condition operator",
		`"NullIfExists":{"aws:x":"true"}`:         "unknown condition operator",
		`"NumericLessThan":{"aws:x":"ten"}`:       "no value for NumericLessThan",
		`"NumericEqualsIfExists":{"aws:x":"ten"}`: "no value for NumericEqualsIfExists",
		`"DateGreaterThan":{"aws:x":"soon"}`:      "no value for DateGreaterThan",
		`"Bool":{"aws:x":"yes"}`:                  "no value for Bool",
		`"NotIpAddress":{"aws:x":"here"}`:         "no value for NotIpAddress",
		`"BinaryEquals":{"aws:x":"*"}`:            "no value for BinaryEquals",
		`"Null":{"aws:x":"perhaps"}`:              "no value for Null",
	} {
		for _, keys := range []string{``, `"aws:x":"true"`} {
			holds(t, []sentence{
				{condition + " in an Allow, with " + keys, identity(under(condition)), ask("logs:GetLogEvents", logStream, keys), "conditional"},
				{condition + " in a Deny, with " + keys, beside(on("Deny", "*", "*") + `,"Condition":{` + condition + `}`), ask("logs:GetLogEvents", logStream, keys), "conditional"},
			})
		}
		got := messages(read(t, iam.IdentityDocument, statements(under(condition))))
		if len(got) != 1 || !strings.HasPrefix(got[0], "!") || !strings.Contains(got[0], fault) {
			t.Errorf("%s: faults %q", condition, got)
		}
	}
}

// TestNull holds the one operator that asks for presence.
func TestNull(t *testing.T) {
	test := func(values string) string { return identity(under(`"Null":{"aws:x":` + values + `}`)) }
	get := func(keys ...string) string { return ask("logs:GetLogEvents", logStream, keys...) }
	holds(t, []sentence{
		{"true, missing", test(`"true"`), get(), "allowed"},
		{"true, there", test(`"true"`), get(`"aws:x":"a"`), "denied"},
		{"false, missing", test(`"false"`), get(), "denied"},
		{"false, there", test(`"false"`), get(`"aws:x":"a"`), "allowed"},
		{"a boolean", test(`true`), get(), "allowed"},
		{"false as a boolean", test(`false`), get(), "denied"},
		{"in capitals", test(`"TRUE"`), get(), "allowed"},
		{"in a list", test(`["false"]`), get(`"aws:x":"a"`), "allowed"},
		{"both", test(`["true","false"]`), get(), "allowed"},
		{"a list is there", test(`"false"`), get(`"aws:x":["a"]`), "allowed"},
		{"not known", test(`"true"`), askOpen("logs:GetLogEvents", logStream), "conditional"},
		{"not known, false", test(`"false"`), askOpen("logs:GetLogEvents", logStream), "conditional"},
		{"the operator in any case", identity(under(`"NULL":{"aws:x":"true"}`)), get(), "allowed"},
	})
}
