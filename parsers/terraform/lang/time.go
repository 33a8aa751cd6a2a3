package lang

import (
	"fmt"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// timeTable holds the documentation's section "Date and Time Functions".
func timeTable() map[string]function.Function {
	return map[string]function.Function{
		"formatdate":    blind(stdlib.FormatDateFunc),
		"plantimestamp": unknownOf(cty.String, nil),
		"timeadd":       blind(stdlib.TimeAddFunc),
		"timecmp":       timeCmpFunc(),
		"timestamp":     unknownOf(cty.String, nil),
	}
}

// timeCmpFunc orders two RFC 3339 timestamps.
func timeCmpFunc() function.Function {
	return blind(static(cty.Number, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var at [2]time.Time
		for i, a := range args {
			t, err := time.Parse(time.RFC3339, a.AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(i, fmt.Errorf("parse timestamp: %w", err))
			}
			at[i] = t
		}
		return cty.NumberIntVal(int64(at[0].Compare(at[1]))), nil
	}, param("timestamp_a", cty.String), param("timestamp_b", cty.String)))
}
