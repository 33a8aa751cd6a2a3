package access

// vendors are accounts of monitoring vendors as their own installation pages
// name them. A known name lowers no severity: a listed vendor without an
// external id is the confused deputy itself (IAM-SEMANTICS, T4).
var vendors = map[string]string{
	"464622532012": "Datadog",                    // "AWS manual setup guide": Datadog's account for role delegation
	"754728514883": "New Relic",                  // "Connect AWS to New Relic infrastructure monitoring"
	"926226587429": "Sumo Logic",                 // "Grant Access to an AWS Product"
	"509560245411": "Dynatrace",                  // "Set up AWS monitoring": role-based access
	"008923505280": "Grafana Cloud",              // "Configure AWS CloudWatch metrics"
	"134183635603": "Splunk Observability Cloud", // "Connect to AWS": external account
}
