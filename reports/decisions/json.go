package decisions

import (
	"io"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/reports/internal/indent"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Version is the version of the JSON format.
const Version = 1

// The JSON format: lists are never null, texts and objects that are absent are
// left out.
//
//	version, tool     of the format; name and version of the program
//	passed, failed    the numbers of cases
//	cases             in the order of the files and of the cases in them
//	  id, passed, location
//	  principal, action, resource   of the request
//	  expected, got   result; denyKind (explicit, implicit), parseError where
//	                  the case asks
//	  incomplete      a document that bears on the request could not be read
//	  allowing, denying   the statements that decided, or may: policy (its
//	                  kind), sid, effect, location
//	  tests           what a conditional result depends on: operator, key and
//	                  values of a condition, or reason; needs (hold, fail): what
//	                  the test must do for the request to be allowed; location
//	  cut             what alone leaves nothing of what is allowed
//	  faults          what AWS would refuse the documents for: message, location
type jsonReport struct {
	Version int        `json:"version"`
	Tool    jsonTool   `json:"tool"`
	Passed  int        `json:"passed"`
	Failed  int        `json:"failed"`
	Cases   []jsonCase `json:"cases"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonCase struct {
	ID         string           `json:"id"`
	Passed     bool             `json:"passed"`
	Location   *indent.Location `json:"location,omitempty"`
	Principal  string           `json:"principal"`
	Action     string           `json:"action"`
	Resource   string           `json:"resource"`
	Expected   jsonAnswer       `json:"expected"`
	Got        jsonAnswer       `json:"got"`
	Incomplete bool             `json:"incomplete"`
	Allowing   []jsonStatement  `json:"allowing"`
	Denying    []jsonStatement  `json:"denying"`
	Tests      []jsonTest       `json:"tests"`
	Cut        *jsonNote        `json:"cut,omitempty"`
	Faults     []jsonNote       `json:"faults"`
}

type jsonAnswer struct {
	Result     string `json:"result"`
	DenyKind   string `json:"denyKind,omitempty"`
	ParseError *bool  `json:"parseError,omitempty"`
}

type jsonStatement struct {
	Policy   string           `json:"policy"`
	Sid      string           `json:"sid,omitempty"`
	Effect   string           `json:"effect"`
	Location *indent.Location `json:"location,omitempty"`
}

type jsonTest struct {
	Operator string           `json:"operator,omitempty"`
	Key      string           `json:"key,omitempty"`
	Values   []string         `json:"values"`
	Reason   string           `json:"reason,omitempty"`
	Needs    string           `json:"needs"`
	Location *indent.Location `json:"location,omitempty"`
}

type jsonNote struct {
	Message  string           `json:"message"`
	Location *indent.Location `json:"location,omitempty"`
}

// JSON writes every case with what decided it. Equal results give equal bytes.
// The error is the writer's.
func JSON(w io.Writer, r *Result) error {
	passed, failed := r.Counts()
	out := jsonReport{
		Version: Version, Tool: jsonTool{"iamwatch", r.Version}, Passed: passed, Failed: failed,
		Cases: make([]jsonCase, 0, len(r.Cases)),
	}
	for i := range r.Cases {
		out.Cases = append(out.Cases, jsonOf(&r.Cases[i]))
	}
	return indent.Write(w, "json", out)
}

func jsonOf(c *Case) jsonCase {
	out := jsonCase{
		ID: clean.Line(c.ID), Passed: len(c.Mismatches) == 0, Location: indent.At(c.Range),
		Principal: clean.Line(c.Request.Principal), Action: clean.Line(c.Request.Action), Resource: clean.Line(c.Request.Resource),
		Expected: answer(c.Expected, c.Expected.AskedParseError), Got: answer(c.Got, c.Expected.AskedParseError),
		Incomplete: c.Decision.Incomplete, Allowing: indent.Each(c.Allowing, statement), Denying: indent.Each(c.Denying, statement),
		Tests:  indent.Each(c.Decision.Tests, test),
		Faults: indent.Each(c.Faults, func(f iam.Fault) jsonNote { return jsonNote{clean.Line(f.Message), indent.At(f.Range)} }),
	}
	if c.Cut != "" {
		out.Cut = &jsonNote{c.Cut, indent.At(c.CutRange)}
	}
	return out
}

func answer(a Answer, parseError bool) jsonAnswer {
	out := jsonAnswer{Result: a.Result.String(), DenyKind: a.DenyKind}
	if parseError {
		out.ParseError = &a.ParseError
	}
	return out
}

func statement(st Statement) jsonStatement {
	effect := "unknown"
	switch st.Effect {
	case iam.Allow:
		effect = "Allow"
	case iam.Deny:
		effect = "Deny"
	}
	return jsonStatement{st.Policy, clean.Line(st.Sid.Value), effect, indent.At(st.Range)}
}

func test(t iam.Test) jsonTest {
	needs := "hold"
	if t.Direction == iam.EscapesDeny {
		needs = "fail"
	}
	return jsonTest{
		Operator: clean.Line(t.Operator), Key: clean.Line(t.Key), Reason: clean.Line(t.Reason), Needs: needs, Location: indent.At(t.Range),
		Values: indent.Each(t.Values, func(v source.String) string { return clean.Line(v.Value) }),
	}
}
