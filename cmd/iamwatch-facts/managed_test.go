package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// endpoint is a double of IAM: two pages of policies, documents
// percent-encoded as on the wire or, for names in raw, as they are.
func endpoint(t *testing.T, documents map[string]string, raw string) string {
	t.Helper()
	member := func(name string) string {
		return "<member><PolicyName>" + name + "</PolicyName><Arn>arn:aws:iam::aws:policy/" + name +
			"</Arn><DefaultVersionId>v3</DefaultVersionId><UpdateDate>2026-04-0" + fmt.Sprint(len(name)%9+1) + "T10:00:00Z</UpdateDate></member>"
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "text/xml")
		switch {
		case r.Form.Get("Action") == "GetPolicyVersion":
			name := strings.TrimPrefix(r.Form.Get("PolicyArn"), "arn:aws:iam::aws:policy/")
			text := documents[name]
			if name != raw {
				text = url.PathEscape(text)
			}
			fmt.Fprintf(w, "<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document><![CDATA[%s]]></Document></PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>", text)
		case r.Form.Get("Scope") != "AWS":
			http.Error(w, "scope", http.StatusBadRequest)
		default:
			var first, second string
			for name := range documents {
				if name < "M" {
					first += member(name)
				} else {
					second += member(name)
				}
			}
			page := "<IsTruncated>true</IsTruncated><Marker>m</Marker><Policies>" + first
			if r.Form.Get("Marker") == "m" {
				page = "<IsTruncated>false</IsTruncated><Policies>" + second
			}
			fmt.Fprintf(w, "<ListPoliciesResponse><ListPoliciesResult>%s</Policies></ListPoliciesResult></ListPoliciesResponse>", page)
		}
	}))
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	return srv.URL
}

func TestRunManaged(t *testing.T) {
	documents := map[string]string{
		"AlarmOperator":          `{"Version":"2012-10-17","Statement":{"Sid":"One+Two","Effect":"Allow","Action":["cloudwatch:DeleteAlarms","s3:*"],"Resource":"*"}}`,
		"BucketReader":           `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`,
		"ReadAlmost":             `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","s3:PutObject"],"Resource":"*"},{"Effect":"Deny","Action":["s3:*","logs:*"],"Resource":["*"]}]}`,
		"Typo":                   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:PutLogEventz","oam:GetLink"],"Resource":"*"}]}`,
		"AWSLambdaFullAccess":    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}]}`,
		"CloudWatchAPIKeyAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*"}]}`,
	}
	out := filepath.Join(t.TempDir(), "managed.bin")
	var log bytes.Buffer
	if err := run(t.Context(), []string{"managed", "--endpoint", endpoint(t, documents, "Typo"), "--out", out}, &log); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	header, body, _ := strings.Cut(string(data), "\n")
	if !strings.HasPrefix(header, "iamwatch-managed\t1\t2026-04-0") {
		t.Errorf("header %q", header)
	}
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	got := records(string(text))
	want := map[string]string{
		"AlarmOperator": `1 {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"cloudwatch:DeleteAlarms","Resource":"*"}}`,
		"BucketReader":  "",
		"ReadAlmost":    `456 {"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","s3:PutObject"],"Resource":"*"},{"Effect":"Deny","Action":["s3:*","logs:*"],"Resource":["*"]}]}`,
		"Typo":          `1 {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"oam:GetLink","Resource":"*"}}`,
		// The endpoint's v3 is older than our v8, and newer than our v2.
		"CloudWatchAPIKeyAccess": `1 {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*"}}`,
	}
	for name, record := range want {
		if diff := cmp.Diff(record, got[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if !strings.HasPrefix(got["AWSLambdaFullAccess"], "285 ") {
		t.Errorf("AWSLambdaFullAccess: %.80s", got["AWSLambdaFullAccess"])
	}
	if all, _, _ := strings.Cut(string(text), "\n"); !strings.Contains(all, ",BucketReader,") {
		t.Errorf("the names lack BucketReader: %.200s", all)
	}
	for _, line := range []string{"Typo names logs:PutLogEventz", "CloudWatchAPIKeyAccess: the endpoint has v3, our table v2"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("the log does not say %q: %s", line, log.String())
		}
	}
}

// records gives core actions and document by policy name.
func records(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); f[0] == "pol" {
			out[f[2]] = f[7] + " " + f[8]
		}
	}
	return out
}

func TestManagedRefuses(t *testing.T) {
	for name, text := range map[string]string{"not JSON": "{", "statement": `{"Statement":[1]}`, "encoding": "%zz"} {
		url := endpoint(t, map[string]string{"Broken": text}, "Broken")
		if _, err := managedTable(t.Context(), url, io.Discard); err == nil {
			t.Errorf("%s: the table is made all the same", name)
		}
	}
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	if _, err := fetchPolicies(t.Context(), srv.URL); err == nil {
		t.Error("an endpoint without IAM is read")
	}
}

// Every row of our own table must be one that the rules can use.
func TestOwnPolicies(t *testing.T) {
	own, err := readOwn(ownJSON)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range own.Policies {
		p := own.Policies[i].policy()
		if seen[p.Name] || versionNumber(p.Version) == 0 || len(p.Updated) != 10 || !strings.Contains(own.Policies[i].Source, p.Name) {
			t.Errorf("%s: twice, or without version, day or source", p.Name)
		}
		seen[p.Name] = true
		if p.Document.coreGranted().any.Empty() || len(p.Document.unknownCore()) > 0 {
			t.Errorf("%s grants no core action, or names one that is unknown", p.Name)
		}
		slim := p.Document.slim()
		if diff := cmp.Diff(p.Document.Statement, slim.Statement); diff != "" {
			t.Errorf("%s holds what bears on nothing: %s", p.Name, diff)
		}
	}
	if _, err := readOwn([]byte(`{"policy":[]}`)); err == nil {
		t.Error("a table with an unknown field is read")
	}
}

func TestOneOrMore(t *testing.T) {
	for text, want := range map[string]oneOrMore[string]{`"a"`: {"a"}, `["a"]`: {"a"}, `["a","b"]`: {"a", "b"}} {
		var got oneOrMore[string]
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	var got oneOrMore[string]
	if err := json.Unmarshal([]byte("1"), &got); err == nil {
		t.Error("a number is read as text")
	}
}
