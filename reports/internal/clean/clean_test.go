package clean_test

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestLine(t *testing.T) {
	secret := "abcdEFGH0123abcdEFGH0123abcdEFGH0123ABCD"
	tests := map[string]struct{ in, want string }{
		"plain":        {"role \"é😀\"", "role \"é😀\""},
		"escape":       {"a\x1b[31mb", "a\uFFFD[31mb"},
		"newline":      {"a\r\nb\tc", "a b c"},
		"bidi":         {"a\u202eb", "a\uFFFDb"},
		"invalid":      {"a\xffb", "a\uFFFDb"},
		"hole":         {"x" + source.Hole(source.HoleName, "var.a"), "x${var.a}"},
		"key id":       {"key AKIA" + "ABCDEFGHIJKL" + "MNOP.", "key ****************MNOP."},
		"lone AKIA":    {"AKIA", "AKIA"},
		"secret":       {"secret = " + secret, "secret = ****************************************"},
		"no secret":    {"id = " + secret, "id = " + secret},
		"id in a path": {"user//AKIA" + "ABCDEFGHIJKL" + "MNOP", "user//****************MNOP"},
		"pair":         {"ASIA" + "ABCDEFGHIJKL" + "MNOP " + secret, "****************MNOP " + stars(40)},
		"github":       {"x=ghp_" + "abcdefghijkl0123", "x=ghp_" + stars(16)},
		"fine-grained": {"github_pat_" + "11ABC_defghijkl", "github_pat_" + stars(15)},
		"gitlab":       {"(glpat-" + "abcdefghijklmnopqrst)", "(glpat-" + stars(20) + ")"},
		"slack":        {`"xoxb-` + `123456789012-abc"`, `"xoxb-` + stars(16) + `"`},
		"password":     {"export DB_PASSWORD=hunter2; ls", "export DB_PASSWORD=*******; ls"},
		"yaml":         {"MasterUserPassword: hunter2", "MasterUserPassword: *******"},
		"quoted":       {`api_key = "a b,c" # why`, `api_key = "*****" # why`},
		"escaped":      {`{\"passwd\":\"hunter2\"}`, `{\"passwd\":\"*******\"}`},
		"private key":  {`k = "-----BEGIN RSA ` + `PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----" x`, `k = "` + stars(68) + `" x`},
		"key line":     {strings.Repeat("aB3/", 16), stars(64)},
		"base64 line":  {"MIIEpAIBAAKCAQEA7bq3Zz9xJm5vT2wQhR8kLcYpE4sNfUoGd1aXiVtKjWyB0eHu", stars(64)},
		"logical id":   {"AwsAuthMasterRoleNestedStackAwsAuthNestedStackResource1A2B3C4D/TelemetryReaderRole5E6F7A8B", "AwsAuthMasterRoleNestedStackAwsAuthNestedStackResource1A2B3C4D/TelemetryReaderRole5E6F7A8B"},
		"entity":       {`role "` + nestedRole + `"`, `role "` + nestedRole + `"`},
		"handed on":    {nestedRole + "Ref", nestedRole + "Ref"},
		"advice":       {"pass --var db_password=... or a file", "pass --var db_password=... or a file"},
		"empty":        {`{"token":"","x":"y"}`, `{"token":"","x":"y"}`},
		"reference":    {"token = var.token, password: !Ref P", "token = var.token, password: !Ref P"},
		"action":       {"sts:GetSessionToken, secretsmanager:GetSecretValue", "sts:GetSessionToken, secretsmanager:GetSecretValue"},
		"arn":          {"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"},
		"metadata":     {`http_tokens = "optional"`, `http_tokens = "optional"`},
		"dynamic":      {`"x-{{resolve:ssm:/a/${B}}}" "{{resolve:b}}"`, `"x-{{resolve:` + stars(10) + `}}}" "{{resolve:*}}"`},
		"dynamic open": {`"{{resolve:ssm`, `"{{resolve:***`},
		"oidc":         {`"token.actions.githubusercontent.com:sub" = "repo:a/b"`, `"token.actions.githubusercontent.com:sub" = "repo:a/b"`},
		"prose":        {`role "ci-token": no default`, `role "ci-token": no default`},
	}
	for name, tt := range tests {
		if got := clean.Line(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

const nestedRole = "role/ApiNestedStackApiNestedStackResourceD8FE4395/ObserverServiceRoleF7BF189D"

// TestNoKeyPassesForLogicalIDs: every line of a key that has a digit is masked,
// not most.
func TestNoKeyPassesForLogicalIDs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	line := make([]byte, 48)
	for range 50_000 {
		for i := range line {
			line[i] = byte(random.Uint32())
		}
		key := base64.StdEncoding.EncodeToString(line)
		if got := clean.Line(key); got != stars(64) && strings.ContainsAny(key, "0123456789") {
			t.Fatalf("%s gives %s", key, got)
		}
	}
}

func stars(n int) string { return strings.Repeat("*", n) }

// TestTextLooksAroundTheRange: a range of the value alone is masked too.
func TestTextLooksAroundTheRange(t *testing.T) {
	s := source.New("a.tf", []byte("x = 1\npassword = \"hunter2\" # y\n"))
	at := strings.Index(string(s.Bytes()), "hunter2")
	if got := clean.Text(s.Range(at, at+7)); got != stars(7) {
		t.Errorf("%q", got)
	}
	if got := clean.Text(s.Range(0, 5)); got != "x = 1" {
		t.Errorf("%q", got)
	}
}

// TestTextHidesWhatTheParserHides: cut to the range, in as many bytes and lines.
func TestTextHidesWhatTheParserHides(t *testing.T) {
	s := source.New("a.json", []byte("{\"a\":\"one\",\"b\":\"tw\nö\"}"))
	s.Range(6, 9).Hide()
	s.Range(16, 21).Hide()
	s.Range(16, 21).Hide()
	if got, want := clean.Text(s.Whole()), "{\"a\":\"***\",\"b\":\"**\n**\"}"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := clean.Text(s.Range(7, 17)); got != "**\",\"b\":\"*" {
		t.Errorf("%q", got)
	}
	if got := clean.Text(s.Range(1, 6)); got != "\"a\":\"" {
		t.Errorf("%q", got)
	}
}

// FuzzMask: masking keeps the length and the lines, and never fails.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"password=", `token = "\\`, "-----BEGIN ", "AKIA" + "ABCDEFGHIJKLMNOP", `secret: \"x`, "ghp_" + "abcdefgh"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.Mask(s)
		if len(got) != len(s) || strings.Count(got, "\n") != strings.Count(s, "\n") {
			t.Errorf("%q from %q", got, s)
		}
	})
}
