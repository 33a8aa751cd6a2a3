package cloudformation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// TestWorldsAreInOrder holds the values of a parameter that several conditions
// compare to one order: the alternatives of a stack are numbered by it.
func TestWorldsAreInOrder(t *testing.T) {
	conditions, resources := "", ""
	for _, c := range "ABCDEF" {
		conditions += fmt.Sprintf("  Is%c: !Equals [!Ref Stage, %c]\n", c, c)
		resources += fmt.Sprintf("  User%c: {Type: AWS::IAM::User, Condition: Is%c}\n", c, c)
	}
	text := "Parameters:\n  Stage: {Type: String, Default: none}\nConditions:\n" + conditions + "Resources:\n" + resources
	want := []model.WorldValue{{Text: "none"}, {Text: "A"}, {Text: "B"}, {Text: "C"}, {Text: "D"}, {Text: "E"}, {Text: "F"}, {Other: true}}
	for range 8 {
		got := parse(t, "t.yaml", text, nil)
		if len(got.Units) == 0 || got.Units[0].Worlds == nil || len(got.Units[0].Worlds.Inputs) != 1 {
			t.Fatalf("no worlds of one input in %d units", len(got.Units))
		}
		if diff := cmp.Diff(want, got.Units[0].Worlds.Inputs[0].Values); diff != "" {
			t.Fatal(diff)
		}
	}
}
