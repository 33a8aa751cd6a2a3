package model

import "github.com/iamwatch/iamwatch/scanner/source"

// A CredentialReport is IAM's credential report ("Generate credential
// reports for your AWS account").
type CredentialReport struct {
	Range source.Range
	// Generated is the report's own time in RFC 3339, empty when the input
	// does not hold it.
	Generated source.String
	Rows      []*CredentialRow
}

// A CredentialRow is one user's row; fields that the report lacks are zero.
type CredentialRow struct {
	User, ARN, Created                           source.String
	PasswordEnabled, PasswordLastUsed, MFAActive source.String
	Keys                                         [2]CredentialKey
	Range                                        source.Range
}

// A CredentialKey is one of the two access keys of a row.
type CredentialKey struct {
	Active, LastRotated, LastUsed, LastRegion, LastService source.String
}

// An AccountSummary is GetAccountSummary's map, numbers as text.
type AccountSummary struct {
	Range  source.Range
	Values []source.Member
}

// Get returns a number of the summary, or the zero String.
func (s *AccountSummary) Get(name string) source.String {
	for _, m := range s.Values {
		if m.Name.Value == name {
			return m.Value.Text()
		}
	}
	return source.String{}
}
