package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// rootUser is the name of the root user's row in a credential report.
const rootUser = "<root_account>"

// A rootRow is the root user's row with the report that it stands in.
type rootRow struct {
	unit   *model.Unit
	report *model.CredentialReport
	row    *model.CredentialRow
}

// rootRows are the root user's rows, one a unit: equal copies of a report
// inside one account's export count once.
func rootRows(m *model.Model) []rootRow {
	var out []rootRow
	for _, u := range m.Units {
		if r, ok := rootRowOf(u); ok {
			out = append(out, r)
		}
	}
	return out
}

func rootRowOf(u *model.Unit) (rootRow, bool) {
	for _, rep := range u.CredentialReports {
		for _, row := range rep.Rows {
			if row.User.Value == rootUser {
				return rootRow{u, rep, row}, true
			}
		}
	}
	return rootRow{}, false
}

func yes(s source.String) bool { return strings.EqualFold(s.Value, "true") }

func no(s source.String) bool { return strings.EqualFold(s.Value, "false") }

// rootFinding is a finding about the root user.
func rootFinding(u *model.Unit, at source.String, part, message string) scanner.Finding {
	return scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Range: at.Range, Message: message, Unit: u,
		Entity: "account/root", Part: part, Subject: "the root user", Classes: everyClass(),
	}
}

// checkRootKeys is IW101. The summary speaks only where no report does.
func checkRootKeys(p *scanner.Pass) error {
	for _, r := range rootRows(p.Model) {
		for i, k := range r.row.Keys {
			if !yes(k.Active) {
				continue
			}
			part := fmt.Sprintf("access_key_%d", i+1)
			message := fmt.Sprintf("the root user has an active access key (%s)", part)
			if _, ok := date(k.LastUsed); ok {
				message += "; it was last used on " + day(k.LastUsed) + use(k)
			}
			f := rootFinding(r.unit, k.Active, part, message)
			f.Label, f.Advice = "active", "delete the key in the root user's security credentials page and use a role for its job"
			p.Report(f)
		}
	}
	for _, u := range p.Model.Units {
		if _, ok := rootRowOf(u); ok {
			continue
		}
		for _, s := range u.Summaries {
			at := s.Get("AccountAccessKeysPresent")
			if n, err := strconv.Atoi(at.Value); err == nil && n > 0 {
				f := rootFinding(u, at, "access_keys", "the root user has an active access key")
				f.Label, f.Advice = "keys present", "delete the key in the root user's security credentials page and use a role for its job"
				p.Report(f)
				break
			}
		}
	}
	return nil
}

// checkRootUse is IW102.
func checkRootUse(p *scanner.Pass) error {
	days := p.Options.RootUseWindow
	if days == 0 {
		days = 30
	}
	for _, r := range rootRows(p.Model) {
		now, sure, ok := reportTime(r)
		if !ok {
			continue
		}
		since := now.AddDate(0, 0, -days)
		if created, ok := date(r.row.Created); ok && created.After(since) {
			continue
		}
		for _, use := range rootUses(r.row) {
			at, ok := date(use.at)
			if !ok || at.Before(since) || at.After(now.Add(24*time.Hour)) {
				continue
			}
			f := rootFinding(r.unit, use.at, use.part, "the root user was used recently: "+use.words)
			f.Label, f.Advice = "within the window", "confirm who used it and why; make an administrator role behind single sign-on"
			if !sure {
				f.Confidence = scanner.ConfidenceMedium
				f.Message += "; the report's own time is not in the input, its newest date stands in"
			}
			p.Report(f)
		}
	}
	return nil
}

// A rootUse is a credential of the root user and when it was last used.
type rootUse struct {
	at          source.String
	part, words string
}

func rootUses(row *model.CredentialRow) []rootUse {
	out := []rootUse{{row.PasswordLastUsed, "password", "its password on " + day(row.PasswordLastUsed)}}
	for i, k := range row.Keys {
		part := fmt.Sprintf("access_key_%d", i+1)
		words := part + " on " + day(k.LastUsed) + use(k)
		out = append(out, rootUse{k.LastUsed, part, words})
	}
	return out
}

// reportTime is when a report was made: its own time, that of another copy in
// the export, or else the newest date that stands in it, which is never later
// and not sure.
func reportTime(r rootRow) (at time.Time, sure, ok bool) {
	for _, rep := range append([]*model.CredentialReport{r.report}, r.unit.CredentialReports...) {
		if t, ok := date(rep.Generated); ok {
			return t, true, true
		}
	}
	var newest time.Time
	for _, row := range r.report.Rows {
		for _, s := range []source.String{row.Created, row.PasswordLastUsed, row.Keys[0].LastUsed, row.Keys[0].LastRotated, row.Keys[1].LastUsed, row.Keys[1].LastRotated} {
			if t, ok := date(s); ok && t.After(newest) {
				newest = t
			}
		}
	}
	return newest, false, !newest.IsZero()
}

// use says for which service and in which region a key was last used, as far
// as the report knows.
func use(k model.CredentialKey) string {
	words := ""
	if said(k.LastService) {
		words += " for " + k.LastService.Show()
	}
	if said(k.LastRegion) {
		words += " in " + k.LastRegion.Show()
	}
	return words
}

// said reports whether a cell of a report holds a value ("Getting credential
// reports", IAM User Guide).
func said(s source.String) bool {
	return s.Value != "" && !strings.EqualFold(s.Value, "N/A") && !strings.EqualFold(s.Value, "no_information") && !strings.EqualFold(s.Value, "not_supported")
}

// date reads a report's time; N/A and no_information are none.
func date(s source.String) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s.Value)
	return t, err == nil
}

// day is the day of a report's time.
func day(s source.String) string {
	if t, ok := date(s); ok {
		return t.Format(time.DateOnly)
	}
	return s.Show()
}

// checkRootMFA is IW103.
func checkRootMFA(p *scanner.Pass) error {
	const advice = "register a hardware key or a passkey"
	for _, u := range p.Model.Units {
		if withoutCredentials(u) {
			continue
		}
		if r, ok := rootRowOf(u); ok {
			if no(r.row.MFAActive) {
				f := rootFinding(u, r.row.MFAActive, "mfa", "the root user has no MFA: its password alone reaches everything")
				f.Label, f.Advice = "no MFA", advice
				p.Report(f)
			}
			continue
		}
		for _, s := range u.Summaries {
			if at := s.Get("AccountMFAEnabled"); at.Value == "0" {
				f := rootFinding(u, at, "mfa", "the root user has no MFA: its password alone reaches everything")
				f.Label, f.Advice = "no MFA", advice
				p.Report(f)
				break
			}
		}
	}
	return nil
}

// withoutCredentials reports whether the root user has neither password nor
// key, as in member accounts under central root management.
func withoutCredentials(u *model.Unit) bool {
	for _, s := range u.Summaries {
		password, keys := s.Get("AccountPasswordPresent"), s.Get("AccountAccessKeysPresent")
		if password.Value == "0" && keys.Value == "0" {
			return true
		}
	}
	r, ok := rootRowOf(u)
	return ok && no(r.row.PasswordEnabled) && !yes(r.row.Keys[0].Active) && !yes(r.row.Keys[1].Active)
}
