package cloudformation

import "github.com/iamwatch/iamwatch/scanner/source"

// Bounds on what one template may cost. CloudFormation itself takes templates
// of 1 MB, 500 resources and values of 4,096 bytes ("Understand CloudFormation
// quotas"); functions can make much of little.
const (
	// freeSteps is the work that any template may take. A larger one may take
	// a step more for every few bytes.
	freeSteps, bytesPerStep = 400_000, 4
	// textStep is how many bytes of text cost as much as a value, memberStep
	// how many members that are looked through.
	textStep, memberStep = 16, 16
	// maxChain bounds how many names and conditions may hang on one another.
	maxChain = 200
	// maxNamed bounds how many conditions the words for one name.
	maxNamed = 32
	// maxDocument is several times the size of the largest policy document
	// that any service takes (32,768 characters: "Quotas for IAM Identity
	// Center", inline policy of a permission set).
	maxDocument = 128 << 10
)

// spend counts work and reports whether the template may go on.
func (t *template) spend(steps int) bool {
	top := t.top()
	top.steps += steps
	if top.steps <= freeSteps+top.file.Size()/bytesPerStep {
		return true
	}
	t.errorf(t.file.Range(0, 0), "evaluate template: more steps than the limit")
	return false
}

// spendText counts a text that is about to be made.
func (e *evaluator) spendText(bytes int) bool { return e.t.spend(1 + bytes/textStep) }

// unevaluated stands for what a bound leaves out.
func unevaluated(r source.Range) *source.Value {
	return source.UnreadValue("a part that was not evaluated", r)
}

// bounded is a document's tree, unread if no service could take it: what each
// of its resources covers would be asked in vain.
func (e *evaluator) bounded(tree, raw *source.Value) *source.Value {
	if textSize(tree) <= maxDocument {
		return tree
	}
	e.t.errorf(raw.Range, "the policy document is larger than any that AWS takes")
	return unevaluated(raw.Range)
}

// textSize is about how many bytes a value takes as JSON.
func textSize(v *source.Value) int {
	if v == nil {
		return 0
	}
	n := 4 + len(v.Scalar.Value)
	for _, i := range v.Items {
		n += textSize(i)
	}
	for _, m := range v.Members {
		n += len(m.Name.Value) + textSize(m.Value)
	}
	return n
}
