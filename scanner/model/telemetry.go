package model

import "github.com/iamwatch/iamwatch/scanner/source"

// A Regional is what every telemetry resource has: an entity that lies in one
// region and has an ARN. Fields of the types below are named after the AWS
// API that makes them, whatever input they were read from. A scalar that is not
// written is zero, as is one that says what holds anyway (see Setting). In a
// list of references, one that is a hole as a whole may stand for any number of
// elements, none included.
type Regional struct {
	Entity
	Unit *Unit
	// Region is empty when unknown, and for the few that lie in none.
	Region string
	// ARN holds holes for what AWS or nobody knows; zero for what has none.
	ARN source.String
	// Policies are the resource policies that guard it. Linked.
	Policies []*ResourcePolicy
}

func (r *Regional) regional() *Regional { return r }

// Setting is the text of an argument, zero when that is its default or empty:
// some inputs write all defaults, others none.
func Setting(s source.String, byDefault string) source.String {
	if s.Is(byDefault) || s.Is("") {
		return source.String{}
	}
	return s
}

// Telemetry is all telemetry resources of a unit, and what carries telemetry
// or gives credentials for it.
type Telemetry struct {
	LogGroups            []*LogGroup
	SubscriptionFilters  []*SubscriptionFilter
	LogDestinations      []*LogDestination
	AccountPolicies      []*AccountPolicy
	DataProtections      []*DataProtection
	MetricFilters        []*MetricFilter
	Alarms               []*Alarm
	MetricStreams        []*MetricStream
	InsightRules         []*InsightRule
	Dashboards           []*Dashboard
	Deliveries           []*Delivery
	DeliverySources      []*DeliverySource
	DeliveryDestinations []*DeliveryDestination
	Centralizations      []*Centralization
	Sinks                []*Sink
	Links                []*SharingLink
	Canaries             []*Canary
	AppMonitors          []*AppMonitor
	RUMDestinations      []*RUMDestination
	XRayEncryptions      []*XRayEncryption
	IdentityPools        []*IdentityPool
	IdentityPoolRoles    []*IdentityPoolRoles
	Trails               []*Trail
	FlowLogs             []*FlowLog
	FunctionPermissions  []*FunctionPermission

	RolesAnywhereProfiles []*RolesAnywhereProfile
	TrustAnchors          []*TrustAnchor
	OrganizationFeatures  []*OrganizationFeatures
}

// EachRegional calls f with what is common to the telemetry resources of a
// unit, type by type.
func (t *Telemetry) EachRegional(f func(*Regional)) {
	each(t.LogGroups, f)
	each(t.SubscriptionFilters, f)
	each(t.LogDestinations, f)
	each(t.AccountPolicies, f)
	each(t.DataProtections, f)
	each(t.MetricFilters, f)
	each(t.Alarms, f)
	each(t.MetricStreams, f)
	each(t.InsightRules, f)
	each(t.Dashboards, f)
	each(t.Deliveries, f)
	each(t.DeliverySources, f)
	each(t.DeliveryDestinations, f)
	each(t.Centralizations, f)
	each(t.Sinks, f)
	each(t.Links, f)
	each(t.Canaries, f)
	each(t.AppMonitors, f)
	each(t.RUMDestinations, f)
	each(t.XRayEncryptions, f)
	each(t.IdentityPools, f)
	each(t.IdentityPoolRoles, f)
	each(t.Trails, f)
	each(t.FlowLogs, f)
	each(t.FunctionPermissions, f)
	each(t.RolesAnywhereProfiles, f)
	each(t.TrustAnchors, f)
}

func each[T regional](list []T, f func(*Regional)) {
	for _, x := range list {
		f(x.regional())
	}
}

// A LogGroup is a log group (Amazon CloudWatch Logs API Reference, LogGroup).
type LogGroup struct {
	Regional
	BearerToken source.String // bearerTokenAuthenticationEnabled: "true", or zero
	// KMSKey is the key that encrypts it; nil for the service's own.
	KMSKey *Ref
	// Retention is retentionInDays; zero keeps events for ever.
	Retention source.String
	// Class is logGroupClass: INFREQUENT_ACCESS or DELIVERY; zero is STANDARD.
	Class source.String
	// DeletionProtection is deletionProtectionEnabled: "true", or zero.
	DeletionProtection source.String
	// Retained is "true" where the group outlives its declaration: Terraform's
	// skip_destroy, CloudFormation's DeletionPolicy Retain.
	Retained source.String
	// Filters, Subscriptions and DataProtection are those of the unit that
	// name it. Linked.
	Filters        []*MetricFilter
	Subscriptions  []*SubscriptionFilter
	DataProtection []*DataProtection
}

// A Forwarding says where log events go and with whose rights. Subscription
// filters and account policies hold one.
type Forwarding struct {
	// Destination is destinationArn: a stream, a function or a log destination,
	// whose ARN names the account that receives.
	Destination Ref
	// Role is roleArn; nil for destinations that need none.
	Role *Ref
	// FilterPattern is zero for one that matches all events.
	FilterPattern source.String
	Distribution  source.String // Random; zero is ByLogStream
	// To is the log destination, where the scan declares it, and RoleTo the
	// role. Linked.
	To     *LogDestination
	RoleTo *Identity
}

// A SubscriptionFilter forwards the events of one log group
// (PutSubscriptionFilter).
type SubscriptionFilter struct {
	Regional
	Forwarding
	LogGroup Ref
	Group    *LogGroup // linked
}

// A LogDestination receives log events of other accounts (PutDestination).
// Who may send is said by its resource policy.
type LogDestination struct {
	Regional
	Target Ref // targetArn: a stream
	Role   Ref // roleArn
	RoleTo *Identity
}

// The types of an AccountPolicy that a rule tells apart (PutAccountPolicy,
// policyType).
const (
	SubscriptionFilterPolicy = "SUBSCRIPTION_FILTER_POLICY"
	DataProtectionPolicy     = "DATA_PROTECTION_POLICY"
)

// An AccountPolicy applies to the log groups of an account in a region
// (PutAccountPolicy).
type AccountPolicy struct {
	Regional
	Type source.String // policyType
	// Scope is zero for ALL, the only one there is.
	Scope source.String
	// SelectionCriteria says which log groups it is for; zero for all.
	SelectionCriteria source.String
	// Document is where the policy's text is brought in.
	Document source.Range
	// Unread is what kept the document from being read, empty for nothing.
	Unread string
	// Subscription is the document of a SubscriptionFilterPolicy, and
	// Protection that of a DataProtectionPolicy; both are nil for other types.
	Subscription *Forwarding
	Protection   *Protection
}

// A Protection is the document of a data protection policy ("Help protect
// sensitive log data with masking").
type Protection struct {
	// Identifiers are what it audits or masks: ARNs of AWS's data identifiers
	// and names of custom ones, each once.
	Identifiers []source.String
	// Audits are where what it audits is told: the names of log groups,
	// delivery streams and buckets (FindingsDestination).
	Audits []AuditDestination
	// Masks is where it says that what it finds is masked (Deidentify); zero
	// when it only audits.
	Masks source.Range
}

// An AuditDestination is where a data protection policy tells what it audits.
type AuditDestination struct {
	// Kind is CloudWatchLogs, Firehose or S3.
	Kind string
	To   Ref
}

// A DataProtection is the data protection policy of a log group
// (PutDataProtectionPolicy). It is named as its group is.
type DataProtection struct {
	Regional
	Protection
	LogGroup Ref
	// Unread is what kept the document from being read, empty for nothing.
	Unread string
	Group  *LogGroup // linked
}

// A MetricFilter makes metrics of the events of a log group that match a
// pattern (PutMetricFilter).
type MetricFilter struct {
	Regional
	LogGroup        Ref
	FilterPattern   source.String // zero for one that matches all events
	Transformations []MetricTransformation
	// Group is its log group, and Alarms those of the scan that watch a metric
	// it makes, in the same region as far as that is known. Linked.
	Group  *LogGroup
	Alarms []*Alarm
}

// A MetricTransformation names the metric that a metric filter makes.
type MetricTransformation struct {
	MetricNamespace, MetricName, MetricValue source.String
}

// An AlarmKind is how an alarm decides.
type AlarmKind uint8

// The kinds of alarm (PutMetricAlarm, PutCompositeAlarm, PutLogAlarm).
const (
	MetricAlarm AlarmKind = iota
	CompositeAlarm
	LogAlarm
)

// String is the kind's name in messages.
func (k AlarmKind) String() string {
	return [...]string{"metric alarm", "composite alarm", "log alarm"}[k]
}

// An Alarm is a CloudWatch alarm.
type Alarm struct {
	Regional
	Kind AlarmKind
	// ActionsEnabled is "false", or zero.
	ActionsEnabled source.String
	// The actions are ARNs of topics, functions, incidents and the like, or of
	// AWS's own (arn:aws:automate:...).
	AlarmActions, OKActions, InsufficientDataActions []Ref
	// Metrics are what a metric alarm watches; those of a metric math
	// expression are its parts.
	Metrics []AlarmMetric
	// Rule is the AlarmRule of a composite alarm, which names other alarms.
	Rule source.String
	// Suppressor is the alarm that holds back a composite alarm's actions
	// (ActionsSuppressor); nil for none.
	Suppressor *Ref
}

// An AlarmMetric is a metric that an alarm watches.
type AlarmMetric struct {
	Namespace, MetricName source.String
	Dimensions            []Dimension
	// AccountID is the account that the metric lies in; zero for the alarm's.
	AccountID source.String
}

// A Dimension is a name and value that tell a metric from others of its name.
type Dimension struct{ Name, Value source.String }

// A MetricStream sends metrics to a delivery stream (PutMetricStream). With
// neither kind of filter it sends all.
type MetricStream struct {
	Regional
	Firehose                       Ref // FirehoseArn
	Role                           Ref // RoleArn
	IncludeFilters, ExcludeFilters []MetricStreamFilter
	// LinkedAccounts is IncludeLinkedAccountsMetrics: "true", or zero.
	LinkedAccounts source.String
	RoleTo         *Identity // linked
}

// A MetricStreamFilter chooses the metrics of a namespace.
type MetricStreamFilter struct {
	Namespace source.String
	// MetricNames are those that are chosen; none for all of the namespace.
	MetricNames []source.String
	// Maybe says that the filter is there only under a condition that could
	// not be decided.
	Maybe bool
}

// An InsightRule is a Contributor Insights rule (PutInsightRule,
// PutManagedInsightRules).
type InsightRule struct {
	Regional
	State source.String // DISABLED; zero is ENABLED
	// LogGroups are the names, patterns and ARNs of what it reads.
	LogGroups []Ref
	// Managed is the resource that an AWS-made rule is for, and Template the
	// rule's name; nil and zero for a rule of one's own.
	Managed  *Ref
	Template source.String
	// Unread is what kept the definition from being read, empty for nothing.
	Unread string
}

// A Dashboard is a CloudWatch dashboard; of its body nothing is kept.
type Dashboard struct{ Regional }
