package iam_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// TestGrammar holds section 1 of IAM-SEMANTICS: what a document may look
// like, and what is said of one that may not.
func TestGrammar(t *testing.T) {
	const (
		allow = `"Effect":"Allow","Action":"logs:Get*","Resource":"*"`
		deny  = `"Effect":"Deny","Action":"s3:Get*","Resource":"*"`
		trust = `"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"}`
		open  = `"Effect":"Allow","Action":"sns:Publish","Principal":{"AWS":"111122223333"}`
		rcp   = `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"`
	)
	test := func(condition string) string { return allow + `,"Condition":{` + condition + "}" }
	for _, c := range []struct {
		says string
		kind iam.DocumentKind
		text string
		// fault is a part of the one fault, empty for none.
		fault string
		// invalid says that the document counts for nothing.
		invalid bool
	}{
		// One value or a list of one or more.
		{"one statement, one value each", iam.IdentityDocument, `{` + version2012 + `"Statement":{` + allow + `}}`, "", false},
		{"lists of one", iam.IdentityDocument, statements(`"Effect":"Allow","Action":["logs:Get*"],"Resource":["*"]`), "", false},
		{"lists of two", iam.IdentityDocument, statements(`"Effect":"Allow","Action":["logs:Get*","s3:*"],"Resource":["*","arn:aws:s3:::a"]`, deny), "", false},
		{"a condition value alone", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"a"}`)), "", false},
		{"condition values in a list", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":["a","b"]}`)), "", false},
		{"principals in a list", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["111122223333","444455556666"],"Service":"ec2.amazonaws.com"}`), "", false},
		{"no Statement", iam.IdentityDocument, `{"Version":"2012-10-17"}`, "no Statement", true},
		{"Statement of none", iam.IdentityDocument, `{"Statement":[]}`, "no Statement", true},
		{"Statement of text", iam.IdentityDocument, `{"Statement":"x"}`, "statement is an object", true},
		{"Statement of lists", iam.IdentityDocument, `{"Statement":[[{` + allow + `}]]}`, "statement is an object", true},
		{"document of a list", iam.IdentityDocument, `[{` + allow + `}]`, "document is an object", true},
		{"Action of an object", iam.IdentityDocument, statements(`"Effect":"Allow","Action":{"a":"b"},"Resource":"*"`), "action is a string", true},
		{"Action of a number", iam.IdentityDocument, statements(`"Effect":"Allow","Action":7,"Resource":"*"`), "action is a string", true},
		{"Action of lists", iam.IdentityDocument, statements(`"Effect":"Allow","Action":[["logs:Get*"]],"Resource":"*"`), "action is a string", true},
		{"Resource of a boolean", iam.IdentityDocument, statements(`"Effect":"Allow","Action":"logs:Get*","Resource":true`), "resource is a string", true},
		{"principal of an object", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":{"a":"b"}}`), "principal is a string", true},
		{"condition value of an object", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":{"a":"b"}}`)), "condition value", true},
		{"Condition of a list", iam.IdentityDocument, statements(allow + `,"Condition":["a"]`), "Condition is an object", true},
		{"operator of a text", iam.IdentityDocument, statements(test(`"StringEquals":"a"`)), "object of keys", true},
		// Version.
		{"Version 2008", iam.IdentityDocument, `{"Version":"2008-10-17","Statement":{` + allow + `}}`, "", false},
		{"Version absent", iam.IdentityDocument, `{"Statement":{` + allow + `}}`, "", false},
		{"another Version", iam.IdentityDocument, `{"Version":"2020-10-17","Statement":{` + allow + `}}`, "Version", true},
		{"Version of nothing", iam.IdentityDocument, `{"Version":"","Statement":{` + allow + `}}`, "Version", true},
		{"Version of a list", iam.IdentityDocument, `{"Version":["2012-10-17"],"Statement":{` + allow + `}}`, "Version", true},
		{"Version of a number", iam.IdentityDocument, `{"Version":2012,"Statement":{` + allow + `}}`, "Version", true},
		{"2008 with a variable", iam.IdentityDocument, `{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/${aws:username}"}}`, "plain text", false},
		// Id and Sid.
		{"Id in a resource policy", iam.ResourceDocument, `{"Id":"a b","Statement":{` + open + `}}`, "", false},
		{"Id in an identity policy", iam.IdentityDocument, `{"Id":"x","Statement":{` + allow + `}}`, "Id belongs", false},
		{"Sid of letters and digits", iam.IdentityDocument, statements(`"Sid":"aB9",` + allow), "", false},
		{"Sid with a blank", iam.IdentityDocument, statements(`"Sid":"a b",` + allow), "!the Sid", false},
		{"Sid with a dash in a trust policy", iam.TrustDocument, statements(`"Sid":"a-b",` + trust), "!the Sid", false},
		{"Sid with a blank in a resource policy", iam.ResourceDocument, statements(`"Sid":"a b",` + open), "", false},
		{"Sid twice in an identity policy", iam.IdentityDocument, statements(`"Sid":"a",`+allow, `"Sid":"a",`+deny), "!the Sid \"a\" stands twice", false},
		{"Sid twice in a resource policy", iam.ResourceDocument, statements(`"Sid":"a",`+open, `"Sid":"a",`+open), "", false},
		// Effect.
		{"Deny", iam.IdentityDocument, statements(deny), "", false},
		{"Effect in small letters", iam.IdentityDocument, statements(`"Effect":"allow","Action":"*","Resource":"*"`), "Effect", true},
		{"Effect in capitals", iam.IdentityDocument, statements(`"Effect":"DENY","Action":"*","Resource":"*"`), "Effect", true},
		{"Effect of a list", iam.IdentityDocument, statements(`"Effect":["Allow"],"Action":"*","Resource":"*"`), "Effect", true},
		{"no Effect", iam.IdentityDocument, statements(`"Action":"*","Resource":"*"`), "no Effect", true},
		// Action and Resource, and their negations.
		{"no Action", iam.IdentityDocument, statements(`"Effect":"Allow","Resource":"*"`), "no Action", true},
		{"Action and NotAction", iam.IdentityDocument, statements(`"Effect":"Allow","NotAction":"s3:*","Action":"logs:*","Resource":"*"`), "not both", true},
		{"NotAction and NotResource", iam.IdentityDocument, statements(`"Effect":"Allow","NotAction":"s3:*","NotResource":"arn:aws:s3:::a"`), "", false},
		{"Resource and NotResource", iam.IdentityDocument, statements(allow + `,"NotResource":"arn:aws:s3:::a"`), "not both", true},
		{"no Resource", iam.IdentityDocument, statements(`"Effect":"Allow","Action":"*"`), "no Resource", true},
		{"no Resource in a boundary", iam.BoundaryDocument, statements(`"Effect":"Allow","Action":"*"`), "no Resource", true},
		{"no Resource in a session policy", iam.SessionDocument, statements(`"Effect":"Allow","Action":"*"`), "no Resource", true},
		{"no Resource in an SCP", iam.ServiceControlDocument, statements(`"Effect":"Allow","Action":"*"`), "no Resource", true},
		{"no Resource in an RCP", iam.ResourceControlDocument, statements(`"Effect":"Deny","Principal":"*","Action":"s3:*"`), "no Resource", true},
		{"no Resource in a resource policy", iam.ResourceDocument, statements(open), "", false},
		{"Resource in a resource policy", iam.ResourceDocument, statements(open + `,"Resource":"*"`), "", false},
		{"both in a resource policy", iam.ResourceDocument, statements(open + `,"Resource":"*","NotResource":"*"`), "not both", true},
		{"no Resource in a trust policy", iam.TrustDocument, statements(trust), "", false},
		{"Resource in a trust policy", iam.TrustDocument, statements(trust + `,"Resource":"*"`), "!a trust policy has no Resource", false},
		// Principal.
		{"Principal in an identity policy", iam.IdentityDocument, statements(allow + `,"Principal":"*"`), "Principal is not allowed", true},
		{"NotPrincipal in an identity policy", iam.IdentityDocument, statements(allow + `,"NotPrincipal":{"AWS":"111122223333"}`), "Principal is not allowed", true},
		{"Principal in a boundary", iam.BoundaryDocument, statements(allow + `,"Principal":"*"`), "Principal is not allowed", true},
		{"Principal in a session policy", iam.SessionDocument, statements(allow + `,"Principal":"*"`), "Principal is not allowed", true},
		{"Principal in an SCP", iam.ServiceControlDocument, statements(allow + `,"Principal":"*"`), "Principal is not allowed", true},
		{"NotPrincipal in an SCP", iam.ServiceControlDocument, statements(allow + `,"NotPrincipal":"*"`), "Principal is not allowed", true},
		{"no Principal in a resource policy", iam.ResourceDocument, statements(allow), "no Principal", true},
		{"no Principal in a trust policy", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole"`), "no Principal", true},
		{"Principal and NotPrincipal", iam.ResourceDocument, statements(open + `,"NotPrincipal":"*"`), "not both", true},
		{"NotPrincipal in a resource policy", iam.ResourceDocument, statements(`"Effect":"Deny","Action":"sns:*","NotPrincipal":{"AWS":"111122223333"}`), "", false},
		{"NotPrincipal in a trust policy", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}`), "!a trust policy has no NotPrincipal", false},
		{"bare * in a trust policy", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"`), "", false},
		{"AWS * in a trust policy", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}`), "", false},
		{"Principal of another text", iam.ResourceDocument, statements(`"Effect":"Allow","Action":"sns:*","Principal":"111122223333"`), "Principal is *", true},
		{"Principal of an unknown kind", iam.ResourceDocument, statements(`"Effect":"Allow","Action":"sns:*","Principal":{"User":"x"}`), "unknown kind of principal", true},
		// Resource control policies.
		{"RCP", iam.ResourceControlDocument, statements(rcp), "", false},
		{"RCPFullAWSAccess", iam.ResourceControlDocument, statements(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`), "", false},
		{"RCP of 2008", iam.ResourceControlDocument, `{"Version":"2008-10-17","Statement":{` + rcp + `}}`, "Version 2012-10-17", true},
		{"RCP without Version", iam.ResourceControlDocument, `{"Statement":{` + rcp + `}}`, "Version 2012-10-17", true},
		{"RCP that allows", iam.ResourceControlDocument, statements(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`), "Deny only", true},
		{"RCP of one principal", iam.ResourceControlDocument, statements(`"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"`), "is *", true},
		{"RCP with NotPrincipal", iam.ResourceControlDocument, statements(`"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"`), "no NotPrincipal", true},
		{"RCP with NotAction", iam.ResourceControlDocument, statements(`"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"`), "no NotAction", true},
		{"RCP on every action", iam.ResourceControlDocument, statements(`"Effect":"Deny","Principal":"*","Action":["s3:*","*"],"Resource":"*"`), "names a service", true},
		// Duplicate keys.
		{"Version twice", iam.IdentityDocument, `{"Version":"2012-10-17","Version":"2012-10-17","Statement":{` + allow + `}}`, `"Version" stands twice`, true},
		{"Statement twice", iam.IdentityDocument, `{"Statement":{` + allow + `},"Statement":{` + allow + `}}`, `"Statement" stands twice`, true},
		{"Action twice, once spelt with an escape", iam.IdentityDocument, statements(`"Effect":"Deny","\u0045ffect":"Allow","Action":"*","Resource":"*"`), `"Effect" stands twice`, true},
		{"a kind of principal twice", iam.ResourceDocument, statements(`"Effect":"Allow","Action":"sns:*","Principal":{"AWS":"111122223333","AWS":"444455556666"}`), `"AWS" stands twice`, true},
		{"an operator twice", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"a"},"StringEquals":{"aws:y":"a"}`)), `"StringEquals" stands twice`, true},
		{"a key twice", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"a","aws:x":"b"}`)), `"aws:x" stands twice`, true},
		{"a key twice in another case", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"a","AWS:X":"b"}`)), `"AWS:X" stands twice`, true},
		{"a key under two operators", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"a"},"StringLike":{"AWS:X":"b"}`)), "", false},
		// Sizes and characters.
		{"white space is not counted", iam.IdentityDocument, statements(allow) + strings.Repeat(" \n", 5000), "", false},
		{"a managed policy too long", iam.IdentityDocument, statements(`"Effect":"Allow","Action":"logs:` + strings.Repeat("a", 6200) + `","Resource":"*"`), "quota is 6144", false},
		{"a trust policy too long", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:` + strings.Repeat("a", 4200) + `","Principal":"*"`), "quota is 4096", false},
		{"an SCP too long by its white space", iam.ServiceControlDocument, "{" + strings.Repeat(" ", 5200) + statements(allow)[1:], "quota is 5120", false},
		{"an RCP too long", iam.ResourceControlDocument, "{" + strings.Repeat(" ", 5200) + statements(rcp)[1:], "quota is 5120", false},
		{"tab, line feed and U+00FF", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"\t\n\r ÿ"}`)), "", false},
		{"U+0100", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"Ā"}`)), "!IAM does not take the character U+0100", false},
		{"a control character", iam.IdentityDocument, statements(test(`"StringEquals":{"aws:x":"\u0001"}`)), "!IAM does not take the character U+0001", false},
		// Empty lists are no errors.
		{"no actions", iam.IdentityDocument, statements(`"Effect":"Allow","Action":[],"Resource":"*"`), "applies to nothing", false},
		{"no resources", iam.IdentityDocument, statements(`"Effect":"Allow","Action":"logs:*","Resource":[]`), "applies to nothing", false},
		{"no principals", iam.ResourceDocument, statements(`"Effect":"Allow","Action":"logs:*","Principal":{"AWS":[]}`), "names nobody", false},
		{"no kinds of principal", iam.ResourceDocument, statements(`"Effect":"Allow","Action":"logs:*","Principal":{}`), "names nobody", false},
		{"empty Condition", iam.IdentityDocument, statements(allow + `,"Condition":{}`), "", false},
		// Elements.
		{"an element that does not exist", iam.IdentityDocument, statements(allow + `,"Actions":"s3:*"`), "!unknown element", false},
		{"a trust to a shared issuer without its claim is no fault", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`), "", false},
		{"a Cognito trust without limits is no fault", iam.TrustDocument, statements(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"cognito-identity.amazonaws.com"}`), "", false},
	} {
		d := read(t, c.kind, c.text)
		got := messages(d)
		want := []string{}
		if c.fault != "" {
			want = append(want, c.fault)
		}
		if len(got) != len(want) || len(got) == 1 && !strings.Contains(got[0], c.fault) || d.Invalid != c.invalid {
			t.Errorf("%s: faults %q (invalid %v), want %q (invalid %v)", c.says, got, d.Invalid, want, c.invalid)
		}
	}
}

// TestInvalidDocumentsCountForNothing holds that a document which AWS would
// not store grants nothing and denies nothing, and leaves others alone.
func TestInvalidDocumentsCountForNothing(t *testing.T) {
	raw := func(s string) string {
		return `"identity_raw":["` + strings.ReplaceAll(s, `"`, `\"`) + `"]`
	}
	holds(t, []sentence{
		{"an invalid document grants nothing", identity(`"Effect":"Allow","Action":"*"`), ask("logs:GetLogEvents", logStream), "denied"},
		{"nor do its valid statements", identity(allowEverything, `"Effect":"Allow","Action":"*"`), ask("logs:GetLogEvents", logStream), "denied"},
		{"an invalid document denies nothing", beside(`"Effect":"Deny","Action":"*"`), ask("logs:GetLogEvents", logStream), "allowed"},
		{"an invalid boundary leaves nothing", identity(allowEverything) + `,"boundary":` + statements(`"Effect":"Allow","Action":"*"`), ask("logs:GetLogEvents", logStream), "denied"},
		{"a level of an invalid SCP allows nothing", identity(allowEverything) + `,"scp":[[` + statements(`"Effect":"Allow","Action":"*"`) + `]]`, ask("logs:GetLogEvents", logStream), "denied"},
		{"the last of two effects is not taken", raw(`{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}`), ask("logs:GetLogEvents", logStream), "denied"},
		{"nor the first", `"identity":[` + statements(allowEverything) + `],` + raw(`{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}`), ask("logs:GetLogEvents", logStream), "allowed"},
		{"keys that differ by case are duplicates", beside(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:x":"a","AWS:x":"a"}}`), ask("logs:GetLogEvents", logStream, `"aws:x":"a"`), "allowed"},
		{"a Sid that stands twice is harmless", identity(`"Sid":"a",`+on("Allow", "logs:Get*", "*"), `"Sid":"a",`+on("Allow", "logs:Put*", "*")), ask("logs:GetLogEvents", logStream), "allowed"},
		{"a Deny of an Effect in small letters denies nothing", beside(`"Effect":"deny","Action":"*","Resource":"*"`), ask("logs:GetLogEvents", logStream), "allowed"},
		{"a document of another Version grants nothing", `"identity":[{"Version":"2012-10-18","Statement":{` + allowEverything + `}}]`, ask("logs:GetLogEvents", logStream), "denied"},
		{"2008 is evaluated alike", `"identity":[{"Version":"2008-10-17","Statement":{` + allowEverything + `}}]`, ask("logs:GetLogEvents", logStream), "allowed"},
		{"so is a document without Version", `"identity":[{"Statement":{` + under(`"StringLike":{"aws:x":"a?c*"}`) + `}}]`, ask("logs:GetLogEvents", logStream, `"aws:x":"abcd"`), "allowed"},
		{"a trust to a shared issuer is evaluated as written", `"trust":` + statements(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}`),
			askAs("token.actions.githubusercontent.com", "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/ci", "closed") + `,"resource_account":"111122223333"`, "allowed"},
	})
}

// TestEmptyLists holds that an empty list makes a statement apply to nothing,
// and what an empty list of condition values means.
func TestEmptyLists(t *testing.T) {
	request := ask("logs:GetLogEvents", logStream, `"aws:x":"a","aws:TagKeys":["a"]`)
	public := func(principal string) string {
		return `"resource":` + statements(`"Effect":"Allow","Action":"logs:*","Resource":"*",`+principal)
	}
	holds(t, []sentence{
		{"no actions, Allow", identity(`"Effect":"Allow","Action":[],"Resource":"*"`), request, "denied"},
		{"no actions, Deny", beside(`"Effect":"Deny","Action":[],"Resource":"*"`), request, "allowed"},
		{"no actions in NotAction, Allow", identity(`"Effect":"Allow","NotAction":[],"Resource":"*"`), request, "denied"},
		{"no actions in NotAction, Deny", beside(`"Effect":"Deny","NotAction":[],"Resource":"*"`), request, "allowed"},
		{"no resources, Allow", identity(`"Effect":"Allow","Action":"*","Resource":[]`), request, "denied"},
		{"no resources, Deny", beside(`"Effect":"Deny","Action":"*","Resource":[]`), request, "allowed"},
		{"no resources in NotResource, Allow", identity(`"Effect":"Allow","Action":"*","NotResource":[]`), request, "denied"},
		{"no resources in NotResource, Deny", beside(`"Effect":"Deny","Action":"*","NotResource":[]`), request, "allowed"},
		{"no principals", public(`"Principal":{"AWS":[]}`), request, "denied"},
		{"no kinds of principal", public(`"Principal":{}`), request, "denied"},
		{"no principals in NotPrincipal", public(`"NotPrincipal":{"AWS":[]}`), request, "denied"},
		{"a principal beside an empty list", public(`"Principal":{"Service":[],"AWS":"` + alice + `"}`), request, "allowed"},
		{"an empty Condition restricts nothing", identity(under(``)), request, "allowed"},
		{"an empty operator restricts nothing", identity(under(`"StringEquals":{}`)), request, "allowed"},
		{"an empty Condition does not weaken a Deny", beside(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{}`), request, "explicit"},
		{"no values under a plain operator", identity(under(`"StringEquals":{"aws:x":[]}`)), request, "conditional"},
		{"no values under a plain operator, key missing", identity(under(`"StringEquals":{"aws:y":[]}`)), request, "conditional"},
		{"no values under a negated operator", identity(under(`"StringNotEquals":{"aws:x":[]}`)), request, "conditional"},
		{"no values under a plain operator of a Deny", beside(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:x":[]}}`), request, "conditional"},
		{"no values under Null", identity(under(`"Null":{"aws:x":[]}`)), request, "conditional"},
		{"no values under ForAllValues, key there", identity(under(`"ForAllValues:StringEquals":{"aws:TagKeys":[]}`)), request, "denied"},
		{"no values under ForAllValues, key missing", identity(under(`"ForAllValues:StringEquals":{"aws:CalledVia":[]}`)), request, "allowed"},
		{"no values under IfExists, key there", identity(under(`"StringEqualsIfExists":{"aws:x":[]}`)), request, "denied"},
		{"no values under IfExists, key missing", identity(under(`"StringEqualsIfExists":{"aws:y":[]}`)), request, "allowed"},
		{"no values under ForAnyValue, key there", identity(under(`"ForAnyValue:StringEquals":{"aws:TagKeys":[]}`)), request, "denied"},
		{"no values under ForAnyValue, key missing", identity(under(`"ForAnyValue:StringEquals":{"aws:CalledVia":[]}`)), request, "denied"},
		{"no values under ForAllValues, key unknown", identity(under(`"ForAllValues:StringEquals":{"aws:CalledVia":[]}`)), askOpen("logs:GetLogEvents", logStream), "conditional"},
	})
}

// TestEncodedDocuments holds that text is percent-decoded only if it does not
// begin with {.
func TestEncodedDocuments(t *testing.T) {
	const want = "arn:aws:s3:::a/b+c"
	for text, resource := range map[string]string{
		`%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Aa%2Fb%2Bc%22%7D%7D`: want,
		`%7b%22Statement%22:%7b%22Effect%22:%22Allow%22,%22Action%22:%22s3:*%22,%22Resource%22:%22arn:aws:s3:::a/b+c%22%7d%7d`:                               want,
		`%0A%7B%22Statement%22:%7B%22Effect%22:%22Allow%22,%22Action%22:%22s3:*%22,%22Resource%22:%22arn:aws:s3:::a/b+c%22%7D%7D`:                            want,
		`{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a%2Fb+c\"}}`:                                                   "arn:aws:s3:::a%2Fb+c",
	} {
		d := read(t, iam.IdentityDocument, `"`+text+`"`)
		if d.Invalid || len(d.Statements) != 1 {
			t.Errorf("%s: faults %v", text, d.Faults)
			continue
		}
		if diff := cmp.Diff(resource, d.Statements[0].Resources[0].Value); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for _, text := range []string{`%7B%22Statement%22%3A%5B%5D%7`, `%7B%22Statement%22%3A%5B%5D%ZZ`, `%5B%5D`} {
		if d := read(t, iam.IdentityDocument, `"`+text+`"`); !d.Invalid {
			t.Errorf("%s is taken", text)
		}
	}
}
