package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// ownJSON holds the policies that an endpoint does not list: those that AWS
// withdrew, which stay in force where they are attached, and those newer than
// a local double; and the replacements that AWS documents.
//
//go:embed policies.json
var ownJSON []byte

// An ownTable is the content of policies.json.
type ownTable struct {
	// Policies hold of the statements what bears on telemetry.
	Policies []ownPolicy `json:"policies"`
	// Successors is the documented replacement by policy name, for policies
	// that are withdrawn or that AWS advises to replace.
	Successors map[string]string `json:"successors"`
}

type ownPolicy struct {
	Name       string `json:"name"`
	Path       string `json:"path"` // "/" where the path of a withdrawn policy is not known
	Version    string `json:"version"`
	Updated    string `json:"updated"`
	Deprecated bool   `json:"deprecated"`
	// Source is the AWS page that shows the policy.
	Source     string      `json:"source"`
	Statements []statement `json:"statements"`
}

func readOwn(data []byte) (*ownTable, error) {
	var t ownTable
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("read own policies: %w", err)
	}
	return &t, nil
}

// complete adds the own policies to those of the endpoint. Of a policy that
// both have, the higher version counts.
func (t *ownTable) complete(live []policy, log io.Writer) []policy {
	all := slices.Clone(live)
	for i := range t.Policies {
		p := t.Policies[i].policy()
		at := slices.IndexFunc(all, func(q policy) bool { return q.Name == p.Name })
		switch {
		case at < 0:
			all = append(all, p)
		case versionNumber(p.Version) > versionNumber(all[at].Version):
			all[at] = p
		default:
			fmt.Fprintf(log, "%s: the endpoint has %s, our table %s: the row can go\n", p.Name, all[at].Version, p.Version)
		}
	}
	return all
}

func (p *ownPolicy) policy() policy {
	return policy{
		ARN: "arn:aws:iam::aws:policy" + p.Path + p.Name, Name: p.Name, Version: p.Version, Updated: p.Updated,
		Deprecated: p.Deprecated, Document: document{Version: "2012-10-17", Statement: p.Statements},
	}
}

func versionNumber(v string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(v, "v"))
	return n
}
