package cloudwatch

import "strings"

// Nearest returns the catalogue action, or pattern of a catalogue service, that
// an unknown action was probably meant to be: "cloudwatch:PutMetricDatas" gives
// cloudwatch:PutMetricData, "cloudwatch-logs:Get*" gives logs:Get*.
func Nearest(action string) (string, bool) {
	c := load()
	prefix, name, ok := strings.Cut(strings.ToLower(action), ":")
	if !ok || name == "" {
		return "", false
	}
	if strings.ContainsAny(name, "*?") {
		return c.nearestPattern(action, prefix, name)
	}
	best, least := -1, len(name)/4+2
	for i := range c.actions {
		far := prefixDistance(prefix, c.actions[i].Service)
		if far >= least {
			continue
		}
		if d := far + distance(name, c.lower[i], least-far); d < least {
			best, least = i, d
		}
	}
	if best < 0 {
		return "", false
	}
	return c.actions[best].full, true
}

// nearestPattern corrects the prefix of a pattern whose name part matches
// actions of the service so found.
func (c *catalogue) nearestPattern(action, prefix, name string) (string, bool) {
	best, least := "", 3
	for _, s := range c.services {
		var set ActionSet
		if c.matchIn(&set, c.first[s.Prefix], name); set.Empty() {
			continue
		}
		if d := prefixDistance(prefix, s.Prefix); d < least && d > 0 {
			best, least = s.Prefix, d
		}
	}
	if best == "" {
		return "", false
	}
	return best + action[strings.IndexByte(action, ':'):], true
}

// prefixDistance rates a written prefix against a service's. People write a
// service's long name: cloudwatch-logs, cloudwatchlogs, amazon-xray.
func prefixDistance(written, prefix string) int {
	if written == prefix {
		return 0
	}
	d := distance(written, prefix, 3)
	if strings.HasSuffix(written, prefix) {
		d = min(d, 1)
	}
	return d
}

// distance is the number of characters to insert, delete or replace to make b
// of a, or limit if that is less.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return min(row[len(b)], limit)
}
