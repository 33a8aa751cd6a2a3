package rules_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNotesKeepTheirFingerprints holds that the fingerprint of a note does not
// depend on where and how a template writes the expression.
func TestNotesKeepTheirFingerprints(t *testing.T) {
	of := func(text string) []string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.template"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return fingerprints(t, rule(t, "IW901"), dir)
	}
	head := "AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      ManagedPolicyArns:\n"
	want := of(head + "        - !ImportValue a\n        - !ImportValue b\n")
	if len(want) != 2 {
		t.Fatalf("%d notes", len(want))
	}
	for name, text := range map[string]string{
		"moved": "# one\n# two\n" + head + "        - !ImportValue b\n        # three\n        -    !ImportValue \"a\"\n",
		"long":  head + "        - Fn::ImportValue: a\n        - {\"Fn::ImportValue\": b}\n",
		"JSON": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"U": {"Type": "AWS::IAM::User",
			"Properties": {"ManagedPolicyArns": [{"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}]}}}}`,
	} {
		if diff := cmp.Diff(want, of(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
