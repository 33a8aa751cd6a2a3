package iam_test

import "testing"

// TestVariablesInResources holds section 4 of IAM-SEMANTICS on variables in
// Resource and NotResource.
func TestVariablesInResources(t *testing.T) {
	get := func(keys ...string) string { return ask("s3:GetObject", object, keys...) }
	asked := func(resource string, keys ...string) string { return ask("s3:GetObject", resource, keys...) }
	in := func(version, effect, element, resource string) string {
		return `{"Version":"` + version + `","Statement":{"Effect":"` + effect + `","Action":"s3:*","` + element + `":` + asJSON(resource) + `}}`
	}
	allow := func(resource string) string {
		return `"identity":[` + in("2012-10-17", "Allow", "Resource", resource) + `]`
	}
	deny := func(element, resource string) string {
		return `"identity":[` + statements(allowEverything) + "," + in("2012-10-17", "Deny", element, resource) + `]`
	}
	old := func(resource string) string {
		return `"identity":[` + in("2008-10-17", "Allow", "Resource", resource) + `]`
	}
	const (
		own   = "arn:aws:s3:::trail/users/${aws:username}"
		name  = `"aws:username":"alice"`
		other = `"aws:username":"bob"`
	)
	holds(t, []sentence{
		{"the key's value", allow(own), get(name), "allowed"},
		{"another value", allow(own), get(other), "denied"},
		{"the key in any case", allow("arn:aws:s3:::trail/users/${AWS:UserName}"), get(name), "allowed"},
		{"the value in its case", allow(own), get(`"aws:username":"Alice"`), "denied"},
		{"a tag key in any case", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/User}"), get(`"aws:principaltag/user":"alice"`), "allowed"},
		{"a tag key with a blank", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/user name}"), get(`"aws:PrincipalTag/user name":"alice"`), "allowed"},
		{"two variables", allow("arn:aws:s3:::trail/${aws:PrincipalTag/dir}/${aws:username}"), get(name, `"aws:PrincipalTag/dir":"users"`), "allowed"},
		{"a variable within a name", allow("arn:aws:s3:::trail/users/a${aws:PrincipalTag/x}e"), get(`"aws:PrincipalTag/x":"lic"`), "allowed"},
		{"a variable beside wildcards", allow("arn:aws:s3:::tr*/${aws:PrincipalTag/dir}/al?c*"), get(`"aws:PrincipalTag/dir":"users"`), "allowed"},
		{"a value with colons and slashes", allow("arn:aws:s3:::trail/${aws:PrincipalTag/path}"), asked("arn:aws:s3:::trail/a:b/c", `"aws:PrincipalTag/path":"a:b/c"`), "allowed"},
		{"an empty value is a value", allow("arn:aws:s3:::trail/users/alice${aws:PrincipalTag/x}"), get(`"aws:PrincipalTag/x":""`), "allowed"},
		{"a variable in a Deny", deny("Resource", own), get(name), "explicit"},
		{"a variable in another's Deny", deny("Resource", own), get(other), "allowed"},
		{"a variable in NotResource, Deny", deny("NotResource", own), get(name), "allowed"},
		{"a variable in another's NotResource", deny("NotResource", own), get(other), "explicit"},
		{"a variable in a boundary", identity(allowEverything) + `,"boundary":` + in("2012-10-17", "Allow", "Resource", own), get(other), "denied"},
		{"a variable in an SCP", identity(allowEverything) + `,"scp":[[` + in("2012-10-17", "Allow", "Resource", own) + `]]`, get(name), "allowed"},
		// Documents of 2008.
		{"text in 2008", old(own), get(name), "denied"},
		{"text without Version", `"identity":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"` + own + `"}}]`, get(name), "denied"},
		{"which matches itself", old("arn:aws:s3:::trail/${x}"), asked("arn:aws:s3:::trail/${x}"), "allowed"},
		{"escapes are text in 2008 too", old("arn:aws:s3:::trail/${*}"), asked("arn:aws:s3:::trail/${x}"), "allowed"},
		{"and no asterisk", old("arn:aws:s3:::trail/${*}"), asked("arn:aws:s3:::trail/*x"), "denied"},
		// Defaults.
		{"a default without a value", allow("arn:aws:s3:::trail/users/${aws:username, 'alice'}"), get(), "allowed"},
		{"a default without a blank", allow("arn:aws:s3:::trail/users/${aws:username,'alice'}"), get(), "allowed"},
		{"a default beside a value", allow("arn:aws:s3:::trail/users/${aws:username, 'alice'}"), get(other), "denied"},
		{"the value beside a default", allow("arn:aws:s3:::trail/users/${aws:username, 'bob'}"), get(name), "allowed"},
		{"another default", allow("arn:aws:s3:::trail/users/${aws:username, 'bob'}"), get(), "denied"},
		{"a default of nothing", allow("arn:aws:s3:::trail/users/alice${aws:PrincipalTag/x, ''}"), get(), "allowed"},
		{"a default with a colon", allow("arn:aws:s3:::trail/${aws:PrincipalTag/x, 'a:b'}"), asked("arn:aws:s3:::trail/a:b"), "allowed"},
		{"the * of a default is a letter", allow("arn:aws:s3:::trail/users/${aws:username, '*'}"), get(), "denied"},
		// Escapes.
		{"${*} is an asterisk", allow("arn:aws:s3:::trail/${*}"), asked("arn:aws:s3:::trail/x"), "denied"},
		{"${*} matches one", allow("arn:aws:s3:::trail/a${*}b"), asked("arn:aws:s3:::trail/a*b", name), "conditional"},
		{"${?} is a question mark", allow("arn:aws:s3:::trail/${?}"), asked("arn:aws:s3:::trail/x"), "denied"},
		{"${$} is a dollar", allow("arn:aws:s3:::trail/${$}"), asked("arn:aws:s3:::trail/$"), "allowed"},
		{"${$} begins no variable", allow("arn:aws:s3:::trail/${$}{aws:username}"), asked("arn:aws:s3:::trail/${aws:username}", name), "allowed"},
		{"a dollar alone is text", allow("arn:aws:s3:::trail/$x"), asked("arn:aws:s3:::trail/$x"), "allowed"},
		{"an escape beside a wildcard", allow("arn:aws:s3:::trail/${$}*"), asked("arn:aws:s3:::trail/$abc"), "allowed"},
		// The value is literal.
		{"the * of a value is a letter", allow(own), get(`"aws:username":"*"`), "denied"},
		{"the ? of a value is a letter", allow(own), get(`"aws:username":"alic?"`), "denied"},
		{"a value is not read for variables", allow(own), get(name, `"aws:username2":"x"`, `"aws:PrincipalTag/x":"${aws:username}"`), "allowed"},
		{"nor is a variable in it filled", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/x}"), get(name, `"aws:PrincipalTag/x":"${aws:username}"`), "denied"},
		// No value.
		{"no value matches no resource", allow("arn:aws:s3:::trail/users/${aws:username}*"), get(), "denied"},
		{"nor in a Deny", deny("Resource", "arn:aws:s3:::trail/users/${aws:username}*"), get(), "allowed"},
		{"in NotResource it leaves nothing out", deny("NotResource", "arn:aws:s3:::trail/users/${aws:username}*"), get(), "explicit"},
		{"other patterns of the list stand", allow(`["arn:aws:s3:::trail/${aws:username}","arn:aws:s3:::trail/users/*"]`), get(), "allowed"},
		{"a list cannot be used", allow(own), get(`"aws:username":["alice"]`), "denied"},
		{"nor in NotResource", deny("NotResource", own), get(`"aws:username":["alice"]`), "explicit"},
		{"nor is its default used", allow("arn:aws:s3:::trail/users/${aws:username, 'alice'}"), get(`"aws:username":["x","y"]`), "denied"},
		{"nor in NotResource its default", deny("NotResource", "arn:aws:s3:::trail/users/${aws:username, 'alice'}"), get(`"aws:username":["x","y"]`), "explicit"},
		{"an empty list has no value", allow("arn:aws:s3:::trail/users/${aws:username, 'alice'}"), get(`"aws:username":[]`), "allowed"},
		// Where a variable may stand.
		{"in the account it matches nothing", allow("arn:aws:s3::${aws:PrincipalAccount}:trail/*"), ask("s3:GetObject", "arn:aws:s3::111122223333:trail/x", `"aws:PrincipalAccount":"111122223333"`), "denied"},
		{"in the region it matches nothing", allow("arn:aws:sns:${aws:RequestedRegion}:*:*"), ask("s3:Publish", topic, `"aws:RequestedRegion":"us-east-1"`), "denied"},
		{"as the whole ARN it matches nothing", allow("${aws:PrincipalTag/arn}"), get(`"aws:PrincipalTag/arn":"` + object + `"`), "denied"},
		{"not even by its default", allow("arn:aws:s3::${aws:x, ''}:trail/*"), get(), "denied"},
		{"in NotResource it leaves nothing out there", deny("NotResource", "arn:aws:s3::${aws:x, ''}:trail/*"), get(), "explicit"},
		{"a colon within a variable parts no fields", allow("arn:aws:s3:::${aws:PrincipalTag/a:b}/users/*"), get(`"aws:PrincipalTag/a:b":"trail"`), "allowed"},
		{"in an action it is text", identity(on("Allow", "s3:${aws:PrincipalTag/x}", "*")), get(`"aws:PrincipalTag/x":"GetObject"`), "denied"},
		{"in a principal it is text", `"resource":` + statements(`"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"arn:aws:iam::111122223333:user/${aws:username}"}`), get(name), "denied"},
	})
}

// TestVariablesInConditions holds which operators know variables, and what
// one without a value does.
func TestVariablesInConditions(t *testing.T) {
	const (
		team = `"aws:ResourceTag/team":"blue"`
		mine = `"aws:PrincipalTag/team":"blue"`
		tag  = `{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}`
	)
	change := func(keys ...string) string { return ask("cloudwatch:DeleteAlarms", alarm, keys...) }
	test := func(condition string) string { return identity(under(condition)) }
	old := func(condition string) string {
		return `"identity":[{"Version":"2008-10-17","Statement":{` + under(condition) + `}}]`
	}
	holds(t, []sentence{
		{"StringEquals", test(`"StringEquals":` + tag), change(team, mine), "allowed"},
		{"StringEquals, another", test(`"StringEquals":` + tag), change(team, `"aws:PrincipalTag/team":"red"`), "denied"},
		{"StringNotEquals", test(`"StringNotEquals":` + tag), change(team, mine), "denied"},
		{"StringEqualsIgnoreCase", test(`"StringEqualsIgnoreCase":` + tag), change(team, `"aws:PrincipalTag/team":"BLUE"`), "allowed"},
		{"StringLike, with wildcards around", test(`"StringLike":{"aws:ResourceTag/team":"b*${aws:PrincipalTag/tail}?"}`), change(team, `"aws:PrincipalTag/tail":"u"`), "allowed"},
		{"StringLike, the value's * is a letter", test(`"StringLike":` + tag), change(team, `"aws:PrincipalTag/team":"b*"`), "denied"},
		{"StringNotLike", test(`"StringNotLike":` + tag), change(team, mine), "denied"},
		{"ArnLike", test(`"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:*:*:alarm:${aws:username}-*"}`), change(`"aws:SourceArn":"arn:aws:cloudwatch:us-east-1:111122223333:alarm:alice-1"`, `"aws:username":"alice"`), "allowed"},
		{"ArnEquals, in the account", test(`"ArnEquals":{"aws:SourceArn":"arn:aws:cloudwatch:*:${aws:PrincipalAccount}:alarm:*"}`), change(`"aws:SourceArn":"`+alarm+`"`, `"aws:PrincipalAccount":"111122223333"`), "allowed"},
		{"Bool", test(`"Bool":{"aws:SecureTransport":"${aws:PrincipalTag/secure}"}`), change(`"aws:SecureTransport":"true"`, `"aws:PrincipalTag/secure":"True"`), "allowed"},
		{"Bool, another", test(`"Bool":{"aws:SecureTransport":"${aws:PrincipalTag/secure}"}`), change(`"aws:SecureTransport":"true"`, `"aws:PrincipalTag/secure":"false"`), "denied"},
		{"no numbers", test(`"NumericEquals":{"aws:n":"${aws:PrincipalTag/n}"}`), change(`"aws:n":"5"`, `"aws:PrincipalTag/n":"5"`), "conditional"},
		{"no dates", test(`"DateEquals":{"aws:d":"${aws:PrincipalTag/d}"}`), change(`"aws:d":"2026-01-01"`, `"aws:PrincipalTag/d":"2026-01-01"`), "conditional"},
		{"no addresses", test(`"IpAddress":{"aws:SourceIp":"${aws:PrincipalTag/ip}"}`), change(`"aws:SourceIp":"203.0.113.9"`, `"aws:PrincipalTag/ip":"203.0.113.9"`), "conditional"},
		{"text in 2008", old(`"StringEquals":` + tag), change(team, mine), "denied"},
		{"which equals itself", old(`"StringEquals":` + tag), change(`"aws:ResourceTag/team":"${aws:PrincipalTag/team}"`), "allowed"},
		// Escapes and defaults.
		{"${*} under StringLike", test(`"StringLike":{"aws:x":"a${*}"}`), change(`"aws:x":"ab"`), "denied"},
		{"${*} is one", test(`"StringLike":{"aws:x":"a${*}"}`), change(`"aws:x":"a*"`), "allowed"},
		{"${?} under StringLike", test(`"StringLike":{"aws:x":"a${?}*"}`), change(`"aws:x":"a?bc"`), "allowed"},
		{"${*} under StringEquals", test(`"StringEquals":{"aws:x":"a${*}"}`), change(`"aws:x":"a*"`), "allowed"},
		{"${$}", test(`"StringEquals":{"aws:x":"${$}5"}`), change(`"aws:x":"$5"`), "allowed"},
		{"a default", test(`"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team, 'blue'}"}`), change(team), "allowed"},
		{"a default unused", test(`"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team, 'blue'}"}`), change(team, `"aws:PrincipalTag/team":"red"`), "denied"},
		// No value.
		{"no value, positive", test(`"StringEquals":` + tag), change(team), "denied"},
		{"no value, positive, with a pattern", test(`"StringLike":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}*"}`), change(team), "denied"},
		{"no value, negated", test(`"StringNotEquals":` + tag), change(team), "allowed"},
		{"no value, negated pattern", test(`"StringNotLike":{"aws:ResourceTag/team":"*${aws:PrincipalTag/team}*"}`), change(team), "allowed"},
		{"no value, negated ARN", test(`"ArnNotLike":{"aws:SourceArn":"arn:aws:*:*:*:${aws:PrincipalTag/team}*"}`), change(`"aws:SourceArn":"` + alarm + `"`), "allowed"},
		{"no value, Bool", test(`"Bool":{"aws:SecureTransport":"${aws:PrincipalTag/secure}"}`), change(`"aws:SecureTransport":"true"`), "denied"},
		{"no value beside another", test(`"StringEquals":{"aws:ResourceTag/team":["${aws:PrincipalTag/team}","blue"]}`), change(team), "allowed"},
		{"no value beside another, negated", test(`"StringNotEquals":{"aws:ResourceTag/team":["${aws:PrincipalTag/team}","blue"]}`), change(team), "denied"},
		{"no value under ForAllValues", test(`"ForAllValues:StringEquals":{"aws:TagKeys":"${aws:PrincipalTag/team}"}`), change(`"aws:TagKeys":["blue"]`), "denied"},
		{"no value under ForAnyValue", test(`"ForAnyValue:StringEquals":{"aws:TagKeys":"${aws:PrincipalTag/team}"}`), change(`"aws:TagKeys":["blue"]`), "denied"},
		{"a list cannot be used", test(`"StringEquals":` + tag), change(team, `"aws:PrincipalTag/team":["blue"]`), "denied"},
		{"a list cannot be used, negated", test(`"StringNotEquals":` + tag), change(team, `"aws:PrincipalTag/team":["blue"]`), "allowed"},
		{"nor is its default used", test(`"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team, 'blue'}"}`), change(team, `"aws:PrincipalTag/team":["red","green"]`), "denied"},
		{"a value under ForAnyValue", test(`"ForAnyValue:StringEquals":{"aws:TagKeys":"${aws:PrincipalTag/team}"}`), change(`"aws:TagKeys":["red","blue"]`, mine), "allowed"},
	})
}

// TestVariablesInOpenContexts holds what follows of a variable from the
// caller.
func TestVariablesInOpenContexts(t *testing.T) {
	const own = "arn:aws:s3:::trail/users/${aws:username}"
	allow := func(resource string) string { return identity(on("Allow", "s3:*", resource)) }
	askOf := func(principal string) string { return askAs(principal, "s3:GetObject", object, "open") }
	public := func(effect string) string {
		return `"resource":` + statements(`"Effect":"`+effect+`","Action":"s3:*","Principal":"*","Resource":"`+own+`"`)
	}
	holds(t, []sentence{
		{"a user's name", allow(own), askOf(alice), "allowed"},
		{"another user's name", allow(own), askOf("arn:aws:iam::111122223333:user/bob"), "denied"},
		{"a user's name without its path", allow(own), askOf("arn:aws:iam::111122223333:user/team/alice"), "allowed"},
		{"a session has none", allow(own), askOf(session), "denied"},
		{"nor has a role", allow(own), askOf("arn:aws:iam::111122223333:role/alice"), "denied"},
		{"nor has a session of the same name", allow(own), askOf("arn:aws:sts::111122223333:assumed-role/alice/alice"), "denied"},
		{"nor has who is anonymous", public("Allow"), askOf("*") + `,"resource_account":"111122223333"`, "denied"},
		{"nor has the root user", public("Deny"), askOf("arn:aws:iam::111122223333:root"), "allowed"},
		{"a default for those without", allow("arn:aws:s3:::trail/users/${aws:username, 'alice'}"), askOf(session), "allowed"},
		{"an account's id", allow("arn:aws:s3:::trail/users/${aws:PrincipalAccount}"), askAs(alice, "s3:GetObject", "arn:aws:s3:::trail/users/111122223333", "open"), "allowed"},
		{"a tag is not known", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/user}"), askOf(alice), "conditional"},
		{"the text around it is", allow("arn:aws:s3:::trail/other/${aws:PrincipalTag/user}"), askOf(alice), "denied"},
		{"and what stands behind it", allow("arn:aws:s3:::trail/${aws:PrincipalTag/user}/bob"), askOf(alice), "denied"},
		{"a tag that is given", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/user}"), askAs(alice, "s3:GetObject", object, "open", `"aws:PrincipalTag/user":"alice"`), "allowed"},
		{"the default of a list that may be missing", allow("arn:aws:s3:::trail/users/${aws:CalledVia, 'alice'}"), askOf(alice), "conditional"},
		{"an unknown default may be needed", allow("arn:aws:s3:::trail/users/${aws:PrincipalTag/user, 'alice'}"), askOf(alice), "conditional"},
		{"an unknown tag in a Deny", beside(on("Deny", "s3:*", "arn:aws:s3:::trail/users/${aws:PrincipalTag/user}")), askOf(alice), "conditional"},
		{"an unknown tag in a condition", identity(under(`"StringEquals":{"aws:username":"${aws:PrincipalTag/user}"}`)), askOf(alice), "conditional"},
		{"a known variable in a condition", identity(under(`"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}`)), askOf(alice), "allowed"},
	})
}
