package cloudformation_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestPseudoParametersOfAKnownRegion(t *testing.T) {
	const decided = `{"Fn::Sub": ["${P}", {"P": {"Fn::If": ["InChina", "china", "elsewhere"]}}]}`
	for _, c := range []struct{ region, value, want string }{
		{"", `{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		{"eu-west-1", `{"Fn::Sub": "ec2.${AWS::URLSuffix}"}`, "ec2.amazonaws.com"},
		{"cn-north-1", `{"Fn::Sub": "ec2.${AWS::URLSuffix}"}`, "ec2.amazonaws.com.cn"},
		{"us-gov-west-1", `{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		{"us-isob-east-1", `{"Ref": "AWS::URLSuffix"}`, "sc2s.sgov.gov"},
		{"eu-west-1", `{"Ref": "AWS::Region"}`, "eu-west-1"},
		{"cn-north-1", `{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}`, "arn:<partition>:iam::<self>:root"},
		{"cn-north-1", decided, "china"},
		{"eu-west-1", decided, "elsewhere"},
	} {
		env := &scanner.Env{Region: c.region}
		if got := source.Show(tag(t, given(t, c.value, env).Units[0]).Value); got != c.want {
			t.Errorf("%s in %q: %s, want %s", c.value, c.region, got, c.want)
		}
	}
}
