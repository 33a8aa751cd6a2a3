package model

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Delivery sends the logs of a delivery source to a delivery destination
// (CreateDelivery).
type Delivery struct {
	Regional
	Source      Ref // deliverySourceName
	Destination Ref // deliveryDestinationArn
	// From and To are the two where the scan declares them. Linked.
	From *DeliverySource
	To   *DeliveryDestination
}

// A DeliverySource is a resource whose logs an AWS service vends
// (PutDeliverySource).
type DeliverySource struct {
	Regional
	LogSource Ref // resourceArn
	LogType   source.String
}

// A DeliveryDestination is where vended logs go (PutDeliveryDestination). Who
// else may send there is said by its resource policy.
type DeliveryDestination struct {
	Regional
	Target Ref           // destinationResourceArn
	Type   source.String // deliveryDestinationType: CWL, FH, S3 or XRAY
}

// A Centralization copies telemetry of an organization's accounts into one of
// them (CreateCentralizationRuleForOrganization).
type Centralization struct {
	Regional
	// Account and DestinationRegion are where the copies go.
	Account, DestinationRegion source.String
	Scope                      source.String // of the sources
}

// A Sink is what the accounts that share telemetry link to (Amazon CloudWatch
// Observability Access Manager API Reference, CreateSink).
type Sink struct{ Regional }

// A SharingLink shares telemetry of its account with the account of a sink
// (CreateLink).
type SharingLink struct {
	Regional
	Sink          Ref // SinkIdentifier
	ResourceTypes []source.String
	// LogGroupFilter and MetricFilter narrow what is shared
	// (LinkConfiguration).
	LogGroupFilter, MetricFilter source.String
	To                           *Sink // linked
}

// A Canary is a Synthetics canary (Amazon CloudWatch Synthetics API
// Reference, CreateCanary). Neither its code nor its variables are kept.
type Canary struct {
	Regional
	ExecutionRole Ref // ExecutionRoleArn
	// Artifacts is ArtifactS3Location: s3://bucket/prefix.
	Artifacts Ref
	// ArtifactKey is the key that encrypts the artifacts; nil for none of
	// one's own.
	ArtifactKey *Ref
	// VPC is where it is put into a VPC, which needs further permissions; zero
	// for one outside.
	VPC    source.Range
	RoleTo *Identity // linked
}

// An AppMonitor is a RUM app monitor (CloudWatch RUM API Reference,
// CreateAppMonitor).
type AppMonitor struct {
	Regional
	// IdentityPool and GuestRole are what visitors get credentials by; nil for
	// none.
	IdentityPool, GuestRole *Ref
	CWLogEnabled            source.String // "true", or zero
	Pool                    *IdentityPool // linked
	GuestRoleTo             *Identity     // linked
}

// A RUMDestination receives the extended metrics of an app monitor
// (PutRumMetricsDestination).
type RUMDestination struct {
	Regional
	AppMonitor     Ref           // AppMonitorName
	Destination    source.String // CloudWatch or Evidently
	DestinationARN *Ref
	Role           *Ref // IamRoleArn
	Monitor        *AppMonitor
	RoleTo         *Identity
}

// An XRayEncryption is how X-Ray encrypts traces in an account and region
// (PutEncryptionConfig).
type XRayEncryption struct {
	Regional
	Type source.String // NONE or KMS
	Key  *Ref          // KeyId
}

// An IdentityPool gives credentials to the users of applications (Amazon
// Cognito Federated Identities API Reference, CreateIdentityPool).
type IdentityPool struct {
	Regional
	// ID is REGION:GUID, which trust policies name as aud; a hole when only
	// AWS knows it.
	ID source.String
	// AllowUnauthenticated and AllowClassicFlow are "true", or zero.
	AllowUnauthenticated, AllowClassicFlow source.String
	// Roles are the attachments that name it. Linked.
	Roles []*IdentityPoolRoles
}

// An IdentityPoolRoles attaches roles to an identity pool
// (SetIdentityPoolRoles).
type IdentityPoolRoles struct {
	Regional
	Pool Ref // IdentityPoolId
	// Authenticated and Unauthenticated are the roles of users and of guests;
	// more than one of a kind when nobody can tell which holds.
	Authenticated, Unauthenticated []Ref
	Mappings                       []RoleMapping
	// Incomplete says why roles may be missing, empty for no reason.
	Incomplete string
	// The linked pool and roles, the latter without repetition.
	To                                 *IdentityPool
	AuthenticatedTo, UnauthenticatedTo []*Identity
}

// A RoleMapping chooses the role of a user by the identity provider's token.
type RoleMapping struct {
	IdentityProvider source.String
	Type             source.String // Token or Rules
	// AmbiguousRoleResolution is AuthenticatedRole or Deny.
	AmbiguousRoleResolution source.String
	Rules                   []MappingRule
	// Range is the mapping as written.
	Range source.Range
	Maybe bool
}

// A MappingRule gives a role to users whose claim matches.
type MappingRule struct {
	Claim, MatchType, Value source.String
	Role                    Ref // RoleARN
	RoleTo                  *Identity
}

// A Trail is a CloudTrail trail, as far as it feeds CloudWatch Logs (AWS
// CloudTrail API Reference, CreateTrail).
type Trail struct {
	Regional
	// LogGroup is CloudWatchLogsLogGroupArn; nil for a trail that sends
	// nothing there. Role is CloudWatchLogsRoleArn.
	LogGroup, Role *Ref
	Organization   source.String // IsOrganizationTrail: "true", or zero
	Group          *LogGroup     // linked
	RoleTo         *Identity     // linked
}

// A FlowLog records the traffic of a network (Amazon EC2 API Reference,
// CreateFlowLogs).
type FlowLog struct {
	Regional
	// Destination is the log group, bucket or stream: name or ARN. Role is
	// DeliverLogsPermissionArn; nil where none is needed.
	Destination, Role *Ref
	DestinationType   source.String // s3 or kinesis-data-firehose; zero is cloud-watch-logs
	RoleTo            *Identity     // linked
}

// A FunctionPermission lets a service of AWS call a function, if it is one
// through which telemetry does (AWS Lambda API Reference, AddPermission).
type FunctionPermission struct {
	Regional
	Function  Ref
	Action    source.String
	Principal source.String
	// SourceARN, SourceAccount and PrincipalOrgID narrow who can make the
	// service call; nil and zero for not at all.
	SourceARN, SourceAccount *Ref
	PrincipalOrgID           source.String
}

// CallsForTelemetry reports whether a principal that may call a function is,
// or may be, a service that telemetry triggers functions through: alarms and
// the subscription filters of CloudWatch Logs ("Using Amazon CloudWatch alarm
// actions", "Subscription filters with AWS Lambda").
func CallsForTelemetry(principal source.String) bool {
	const alarms, logs = "lambda.alarms.cloudwatch.amazonaws.com", "logs."
	switch {
	case principal.Value == "":
		return false
	case !principal.Known:
		begin := source.Pieces(principal.Value)[0].Text
		return strings.HasPrefix(alarms, begin) || strings.HasPrefix(logs, begin) || strings.HasPrefix(begin, logs)
	}
	service := strings.TrimSuffix(principal.Value, ".cn")
	return service == "*" || service == alarms || strings.HasPrefix(service, logs) && strings.HasSuffix(service, ".amazonaws.com")
}

// An OrganizationFeatures is what an organization has enabled for the root
// users of its accounts (IAM API Reference, ListOrganizationsFeatures).
type OrganizationFeatures struct {
	Entity
	// Enabled are RootCredentialsManagement and RootSessions.
	Enabled []source.String
}

// A RolesAnywhereProfile says which roles certificates may be exchanged for
// (IAM Roles Anywhere API Reference, CreateProfile).
type RolesAnywhereProfile struct {
	Regional
	Enabled source.String // true or false
	Roles   []Ref         // roleArns
	// SessionPolicy limits what the sessions may do; nil for none.
	SessionPolicy *iam.Document
	// ManagedPolicies limit them as well (managedPolicyArns).
	ManagedPolicies []Ref
	RolesTo         []*Identity // linked, without repetition
}

// A TrustAnchor says which certificates IAM Roles Anywhere accepts
// (CreateTrustAnchor).
type TrustAnchor struct {
	Regional
	Enabled source.String // true or false
	// SourceType is AWS_ACM_PCA, CERTIFICATE_BUNDLE or SELF_SIGNED_REPOSITORY.
	SourceType source.String
}
