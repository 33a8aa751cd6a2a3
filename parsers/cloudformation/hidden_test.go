package cloudformation_test

import (
	"context"
	"testing"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestDynamicReferencesAreHidden has references that no search of the text for
// their beginning finds: it is written with an escape.
func TestDynamicReferencesAreHidden(t *testing.T) {
	for _, text := range []string{
		`{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "a-{{resolve\u003assm:/deep/name}}-b"}}}}`,
		"AWSTemplateFormatVersion: '2010-09-09'\nResources: {U: {Type: 'AWS::IAM::User', Properties: {UserName: \"a-{{resolve\\x3assm:/deep/name}}-b\"}}}\n",
	} {
		file := source.New("t.template", []byte(text))
		for _, job := range cloudformation.New().Plan(&scanner.Env{}, []*source.Source{file}) {
			job(context.Background())
		}
		hidden := file.Whole().Hidden()
		if len(hidden) != 1 || hidden[0].Text() != "ssm:/deep/name" {
			t.Errorf("hidden %v of %s", hidden, text)
		}
	}
}
