package terraform

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// callerData is an attribute of a data source that tells who runs Terraform,
// and with what (AWS provider documentation: aws_caller_identity,
// aws_iam_session_context, aws_default_tags). Of the caller the account alone
// is known.
func (e *evaluator) callerData(o *object, name string) (cty.Value, bool, error) {
	switch o.res.kind + "." + name {
	case "aws_caller_identity.arn":
		return cty.StringVal(e.someone(e.selfOf(o), o.address+"."+name)), true, nil
	case "aws_iam_session_context.issuer_arn":
		// A session's role is in the account of the session.
		given := e.attrText(o, "arn")
		if !source.HasMark(given) {
			return cty.NilVal, false, nil
		}
		return cty.StringVal(e.someone(e.selfOf(o), o.address+"."+name)), true, nil
	case "aws_default_tags.tags":
		return e.defaultTags(e.providerOf(o))
	}
	return cty.NilVal, false, nil
}

// someone is the ARN of an identity of an account of which nothing more is
// known.
func (e *evaluator) someone(account, label string) string {
	return "arn:" + partition() + ":iam::" + account + ":" + hole(source.HoleName, label)
}

// defaultTags are the tags that a provider gives its resources.
func (e *evaluator) defaultTags(p *provider) (cty.Value, bool, error) {
	if p == nil || p.block == nil {
		return cty.EmptyObjectVal, true, nil
	}
	blocks, sure := e.expand(nested(p.block.Body, "default_tags"), p.sc)
	if !sure || len(blocks) > 1 {
		return cty.NilVal, false, nil
	}
	if len(blocks) == 0 || blocks[0].body.Attributes["tags"] == nil {
		return cty.EmptyObjectVal, true, nil
	}
	v, err := e.eval(blocks[0].body.Attributes["tags"].Expr, blocks[0].sc)
	return v, true, err
}
