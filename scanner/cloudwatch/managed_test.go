package cloudwatch_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestManagedByAnyName(t *testing.T) {
	for _, s := range []string{
		"CloudWatchFullAccess", "arn:aws:iam::aws:policy/CloudWatchFullAccess", "arn:aws-us-gov:iam::aws:policy/CloudWatchFullAccess",
		"arn:aws-cn:iam::aws:policy/service-role/CloudWatchFullAccess", "service-role/CloudWatchFullAccess",
	} {
		p, ok := cloudwatch.Managed(s)
		if !ok || p.Name != "CloudWatchFullAccess" || p.Successor != "CloudWatchFullAccessV2" || p.Deprecated || p.CoreActions != 285 {
			t.Errorf("Managed(%q) = %+v, %v", s, p, ok)
		}
	}
	for _, s := range []string{"", "arn:aws:iam::111122223333:policy/CloudWatchFullAccess", "cloudwatchfullaccess", "AmazonS3ReadOnlyAccess"} {
		if p, ok := cloudwatch.Managed(s); ok {
			t.Errorf("Managed(%q) = %s", s, p.Name)
		}
	}
}

func TestKnownManagedName(t *testing.T) {
	for name, want := range map[string]bool{
		"AmazonS3ReadOnlyAccess": true, "AWSLambdaFullAccess": true, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": true,
		"AmazonSSMManagedInstanceCore": true, "NoSuchPolicy": false, "arn:aws:iam::111122223333:policy/AmazonS3ReadOnlyAccess": false,
	} {
		if got := cloudwatch.KnownManagedName(name); got != want {
			t.Errorf("KnownManagedName(%q) = %v", name, got)
		}
	}
	for _, name := range cloudwatch.ManagedNames() {
		if !cloudwatch.KnownManagedName(name) {
			t.Errorf("%s is not known", name)
		}
	}
}

// The policies of which rules speak by name, withdrawn ones included.
func TestManagedOfTheRules(t *testing.T) {
	type facts struct {
		deprecated bool
		successor  string
	}
	tests := map[string]facts{
		"AdministratorAccess":                                {},
		"CloudWatchFullAccessV2":                             {},
		"CloudWatchReadOnlyAccess":                           {},
		"CloudWatchAgentServerPolicy":                        {},
		"CloudWatchCrossAccountSharingConfiguration":         {},
		"CloudWatchLogsAPIKeyAccess":                         {},
		"CloudWatchAPIKeyAccess":                             {},
		"CloudWatchLogsFullAccess":                           {},
		"OAMFullAccess":                                      {},
		"AmazonEC2FullAccess":                                {},
		"DataScientist":                                      {},
		"PowerUserAccess":                                    {},
		"AWSLambdaExecute":                                   {},
		"AmazonEC2RoleforSSM":                                {successor: "AmazonSSMManagedInstanceCore"},
		"AWSXrayWriteOnlyAccess":                             {successor: "AWSXRayDaemonWriteAccess"},
		"AWSLambdaFullAccess":                                {deprecated: true, successor: "AWSLambda_FullAccess"},
		"AWSElasticBeanstalkFullAccess":                      {deprecated: true, successor: "AdministratorAccess-AWSElasticBeanstalk"},
		"AmazonEC2RolePolicyForLaunchWizard":                 {},
		"CloudWatchOpenSearchDashboardsFullAccess":           {},
		"CloudWatchLogsCrossAccountSharingConfiguration":     {},
		"AWSXrayCrossAccountSharingConfiguration":            {},
		"CloudWatchSyntheticsFullAccess":                     {},
		"AmazonAPIGatewayPushToCloudWatchLogs":               {},
		"arn:aws:iam::aws:policy/service-role/AWSIoTLogging": {},
	}
	for name, want := range tests {
		p, ok := cloudwatch.Managed(name)
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		if got := (facts{p.Deprecated, p.Successor}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestManagedDocuments(t *testing.T) {
	v := cloudwatch.DataVersion()
	names := cloudwatch.ManagedNames()
	if len(names) != v.ManagedCount || !slices.IsSorted(names) {
		t.Errorf("%d names, the header says %d", len(names), v.ManagedCount)
	}
	deprecated := 0
	for _, name := range names {
		p, _ := cloudwatch.Managed(name)
		if p.Deprecated {
			deprecated++
		}
		if p.Successor != "" && !cloudwatch.KnownManagedName(p.Successor) {
			t.Errorf("%s: no policy is named %s", name, p.Successor)
		}
		if !strings.HasSuffix(p.ARN, "/"+name) || !strings.HasPrefix(p.Version, "v") || len(p.Updated) != len("2026-01-01") {
			t.Errorf("%s: %s %s %s", name, p.ARN, p.Version, p.Updated)
		}
		tree, faults := source.ReadJSON(source.New(name+".json", []byte(p.Document)).Text())
		d := iam.Read(tree, iam.IdentityDocument)
		if len(faults) > 0 || d.Unknown || d.Invalid || len(d.Statements) == 0 {
			t.Errorf("%s: %v %+v", name, faults, d.Faults)
			continue
		}
		checkPatterns(t, name, d)
	}
	if deprecated != 21 {
		t.Errorf("%d withdrawn policies", deprecated)
	}
}

// checkPatterns holds that the catalogue knows every action that AWS names.
func checkPatterns(t *testing.T, name string, d *iam.Document) {
	t.Helper()
	for _, st := range d.Statements {
		for _, a := range st.Actions {
			prefix, _, _ := strings.Cut(a.Value, ":")
			s, ok := cloudwatch.ServiceByPrefix(prefix)
			if ok && s.Core && cloudwatch.Match(a.Value).Empty() {
				t.Errorf("%s: %s matches no action", name, a.Value)
			}
		}
	}
}

func TestManagedDocumentIsSlim(t *testing.T) {
	p, ok := cloudwatch.Managed("CloudWatchAPIKeyAccess")
	if !ok {
		t.Fatal("CloudWatchAPIKeyAccess is missing")
	}
	var got struct {
		Version   string
		Statement map[string]any
	}
	if err := json.Unmarshal([]byte(p.Document), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"Effect": "Allow", "Action": []any{"cloudwatch:CallWithBearerToken", "cloudwatch:PutMetricData"}, "Resource": "*"}
	if diff := cmp.Diff(want, got.Statement); diff != "" || got.Version != "2012-10-17" {
		t.Error(diff)
	}
}
