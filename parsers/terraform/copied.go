package terraform

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An inline policy may be the copy of a managed policy of AWS that a data
// source has looked up (AWS provider documentation, data source
// aws_iam_policy, attribute policy).

// managedDocument is the text of the policy that a data source looks up: known
// for those managed policies of AWS that grant something on telemetry.
func (e *evaluator) managedDocument(o *object) (cty.Value, bool) {
	if m, ok := cloudwatch.Managed(e.lookedUpARN(o)); ok {
		return cty.StringVal(m.Document), true
	}
	return cty.NilVal, false
}

// lookedUpARN is the ARN of the policy that a data source looks up.
func (e *evaluator) lookedUpARN(o *object) string {
	v, _, err := e.computedLookup(o, "arn")
	if err != nil || !isText(v) {
		return ""
	}
	return v.AsString()
}

// copies is the managed policy of AWS that an inline policy copies, where its
// text is not known because it grants nothing on telemetry. To hold the copy is
// then no more than to have the policy attached.
func (b *builder) copies(o *object) (model.Ref, bool) {
	a := o.attr("policy")
	if a == nil {
		return model.Ref{}, false
	}
	s := site{a.Expr, o.sc}
	for range maxModuleDepth {
		p := b.e.follow(s.expr, s.sc)
		if p == nil {
			break
		}
		from, next := b.e.objectAt(p)
		if from == nil {
			if s = next; !s.ok() {
				break
			}
			continue
		}
		arn := b.e.lookedUpARN(from)
		if !from.res.data || from.res.kind != "aws_iam_policy" || !cloudwatch.KnownManagedName(arn) {
			break
		}
		if _, has := cloudwatch.Managed(arn); has {
			break
		}
		return model.Ref{Value: source.NewString(b.localText(arn), b.e.exprRange(a.Expr))}, true
	}
	return model.Ref{}, false
}
