package cloudformation

import "github.com/iamwatch/iamwatch/scanner/source"

// Bounds on what one template may cost. CloudFormation itself takes templates
// of 1 MB, 500 resources and values of 4,096 bytes ("Understand CloudFormation
// quotas"); functions can make much of little.
const (
	// freeSteps is the work that any template may take. One may take a step
	// more for each of its bytes.
	freeSteps = 400_000
	// textStep is how many bytes of text cost as much as a value, memberStep
	// how many members that are looked through.
	textStep, memberStep = 16, 16
	// maxChain bounds how many names and conditions may hang on one another.
	maxChain = 200
)

// spend counts work and reports whether the template may go on.
func (t *template) spend(steps int) bool {
	top := t.top()
	top.steps += steps
	if top.steps <= freeSteps+top.file.Size() {
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
