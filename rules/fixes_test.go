package rules_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
)

// fixOf is the fix of a rule's finding about a fixture.
func fixOf(t *testing.T, id, road string) string {
	t.Helper()
	tree := os.DirFS(filepath.Join("testdata", id, road, "fires"))
	files, err := fs.Glob(tree, "*")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: tree, Files: files, Parsers: parsers(), Rules: []*scanner.Rule{rule(t, id)}, Selection: scanner.Selection{Strict: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		return f.Fix
	}
	t.Fatalf("%s %s: no finding", id, road)
	return ""
}

// TestFixesSpeakTheLanguageOfTheInput: what can be pasted fits where the fault
// was found.
func TestFixesSpeakTheLanguageOfTheInput(t *testing.T) {
	tests := []struct{ id, road, want string }{
		{"IW401", "terraform", "resource \"aws_iam_instance_profile\" \"app\" {\n  role = aws_iam_role.app.name\n}"},
		{"IW401", "cloudformation", "AppProfile:\n  Type: AWS::IAM::InstanceProfile\n  Properties:\n    Roles: [!Ref App]"},
		{"IW401", "live", "aws iam create-instance-profile --instance-profile-name app\naws iam add-role-to-instance-profile --instance-profile-name app --role-name app"},
		{"IW402", "terraform", "iam_instance_profile = aws_iam_instance_profile.app.name"},
		{"IW402", "cloudformation", "IamInstanceProfile: !Ref AppProfile"},
		{"IW402", "live", "aws ec2 associate-iam-instance-profile --instance-id i-0123456789abcdef0 --iam-instance-profile Name=app"},
		{"IW406", "terraform", `metadata_options { http_tokens = "required" }`},
		{"IW406", "cloudformation", "MetadataOptions:\n  HttpTokens: required"},
		{"IW406", "live", "aws ec2 modify-instance-metadata-options --instance-id i-0123456789abcdef0 --http-tokens required"},
	}
	for _, tt := range tests {
		if got := fixOf(t, tt.id, tt.road); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.id, tt.road, got, tt.want)
		}
	}
}
