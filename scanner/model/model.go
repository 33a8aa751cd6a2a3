// Package model is the single model that every parser fills and every rule
// reads: accounts, identities, policies and their attachments, instances,
// resource policies. It is read-only once linked.
package model

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An Input is the kind of input that a unit was read from.
type Input uint8

// The inputs (RULES.md, section 1: L, C, T, F).
const (
	Terraform Input = iota
	CloudFormation
	Export
	PolicyFile
	// TerraformPlan is a plan or a state of Terraform.
	TerraformPlan
)

// String is the input's name in reports.
func (i Input) String() string {
	return [...]string{"terraform", "cloudformation", "export", "policy", "tfplan"}[i]
}

// A Unit is what is deployed or exported as one: a Terraform root module, a
// stack, the export of one account. Definitions of two units are never
// merged; a reference is resolved in its own unit first.
type Unit struct {
	Input Input
	// Name is the directory or file, relative to the repository root.
	Name string
	// Covers is the name of the unit of another input that this one says more of:
	// the configuration of a plan that is read for its places. It is read here.
	Covers string
	// Account is the id of the account that the unit is, or is for; empty
	// when unknown. Linking fills it from flags when exactly one is given.
	Account string
	// Credentials say how the code signs in to the account, when it is another
	// one than that of whoever runs the code and its id is unknown. Linking
	// gives such a unit no account.
	Credentials string
	// Region and Partition are empty when unknown.
	Region, Partition string
	// Worlds are the alternatives of which the unit is one, World its place
	// among them; nil when the stack can only be deployed as this.
	Worlds *Worlds
	World  int
	// Management says that the unit makes the organization itself, which only
	// its management account can ("CreateOrganization" in the AWS Organizations
	// API Reference).
	Management bool

	Identities         []*Identity
	Policies           []*Policy // managed policies that the unit defines
	Profiles           []*InstanceProfile
	Instances          []*Instance
	Providers          []*IdentityProvider
	ResourcePolicies   []*ResourcePolicy
	Controls           []*Control
	AccessKeys         []*AccessKey
	Attachments        []*LooseAttachment // attachments declared apart from identity and policy
	Memberships        []*Membership
	ProfileUsers       []*ProfileUser
	MetadataDefaults   []*MetadataDefaults
	AgentAlarms        []*AgentAlarm
	ServiceCredentials []*ServiceCredential
	WrittenKeys        []*WrittenKey
	AssumedRoles       []*AssumedRole
	TemplateUsers      []*TemplateUser
	PodIdentities      []*PodIdentity
	HostManagement     []*HostManagement
	Telemetry
	CredentialReports []*CredentialReport
	Summaries         []*AccountSummary

	// Unresolved are the expressions whose value the input does not hold.
	Unresolved []Unresolved
}

// An Unresolved is an expression whose value the input does not hold, and
// what was assumed instead (rule IW901).
type Unresolved struct {
	Range source.Range
	// Expression is what stands there, such as var.vendor_account_id.
	Expression string
	// Missing says what is missing and how to pass it; one clause.
	Missing string
	// Assumed says what was assumed; one clause.
	Assumed string
	// Bears says that the value bears on a policy, a trust, a role reference
	// or an account id; others are only counted.
	Bears bool
}

// An Entity is what every thing of the model has: how it is called and where
// it was declared.
type Entity struct {
	// Name is the AWS name; a hole when only AWS or nobody knows it.
	Name source.String
	// Path is the IAM path, "/" by default.
	Path source.String
	// Address is what the input calls it: a Terraform address, a logical
	// id, an ARN. It is unique in its unit and kind.
	Address string
	// Range is the name of the block or element that declares it; Block is
	// all of it.
	Range, Block source.Range
	// Maybe says that it exists only under a condition that could not be
	// decided; When says which.
	Maybe bool
	When  string
	// Module is the user's own module call when the declaration lies in a
	// module, for related ranges.
	Module []Cause
}

// Show is how people call the thing: its name, or what the input calls it when
// only AWS makes up the name.
func (e Entity) Show() string {
	pieces := source.Pieces(e.Name.Value)
	made := len(pieces) == 1 && pieces[0].Kind == source.HoleName
	if e.Address != "" && (made || len(pieces) == 0) {
		return e.Address
	}
	return e.Name.Show()
}

// Quoted is Show in quotes; what holds quotes itself, such as the address
// x.y["a"], stands as it is.
func (e Entity) Quoted() string { return Quoted(e.Show()) }

// Quoted is a name in quotes, if it holds none itself.
func Quoted(name string) string {
	if strings.Contains(name, `"`) {
		return name
	}
	return strconv.Quote(name)
}

// A Cause is a place that brought something about: a module call, a variable
// default, an attachment.
type Cause struct {
	Range   source.Range
	Message string
}

// A Ref names another thing of the model. Address is set when the parser saw
// a reference and not only text.
type Ref struct {
	Value   source.String // name or ARN as text
	Address string
	// Unit is the name of the unit of the same input that has the address;
	// empty for the unit itself.
	Unit  string
	Maybe bool
}

// An IdentityKind is user, group or role ("IAM identities").
type IdentityKind uint8

// The kinds of identity.
const (
	User IdentityKind = iota
	Group
	Role
	PermissionSet
)

// String is the kind's name in messages.
func (k IdentityKind) String() string {
	return [...]string{"user", "group", "role", "permission set"}[k]
}

// An Identity is a user, group or role.
type Identity struct {
	Entity
	Kind   IdentityKind
	Unit   *Unit
	Inline []*Policy
	// Managed are the attachments of managed policies.
	Managed []*Attachment
	// Boundary is the permissions boundary, nil for none.
	Boundary *Attachment
	// Trust is a role's trust policy, nil when the input has none.
	Trust *iam.Document
	// TrustRange is where the trust policy is brought in.
	TrustRange source.Range
	// AllInline and AllManaged say that the input names all its inline and all
	// its managed policies, so that it holds no others.
	AllInline, AllManaged bool
	// Assignments are where a permission set makes a role.
	Assignments []Assignment
	// Groups are a user's groups. Linking fills GroupsOf from them.
	Groups   []Ref
	GroupsOf []*Identity // linked
	Members  []*Identity // linked: users of a group
	Profiles []*InstanceProfile
	// Incomplete says that attachments may be missing: one could not be
	// read or lies elsewhere for certain. Reason says which.
	Incomplete string
	// Elsewhere says that the scan names it and does not declare it: only
	// what the scan attaches to it is known. Linking makes such identities;
	// their Range is the first place that names them.
	Elsewhere bool
	// UniqueID is AIDA..., AROA..., AGPA..., when the input has it.
	UniqueID   string
	MaxSession source.String
	HasLogin   bool
	Tags       []Tag
}

// An Assignment gives a user or group of IAM Identity Center the role of a
// permission set in an account ("CreateAccountAssignment" in the IAM Identity
// Center API Reference).
type Assignment struct {
	// TargetID is the account's id, PrincipalType is USER or GROUP.
	TargetID, PrincipalType, PrincipalID source.String
	Range                                source.Range
	Maybe                                bool
}

// A Tag is a tag of an identity or instance.
type Tag struct{ Key, Value source.String }

// An Attachment joins a managed policy to an identity, as policy or boundary.
type Attachment struct {
	// Policy is the ARN as written, or the address of the policy.
	Policy Ref
	// Range is the ARN or expression that attaches; Block is the resource
	// that declares the attachment when it is one of its own.
	Range, Block source.Range
	Maybe        bool
	Module       []Cause
	// To is the policy of the scan; nil for an AWS managed one or one that
	// lies elsewhere. Linked.
	To *Policy
}

// A LooseAttachment attaches policies to identities from outside of both:
// aws_iam_role_policy_attachment, AWS::IAM::Policy, an inline policy
// resource. Linking moves it to its identity.
type LooseAttachment struct {
	Kind IdentityKind
	To   Ref
	// Exactly one of the two is set.
	Inline  *Policy
	Managed *Attachment
	// Block is the resource that attaches, for related ranges.
	Block source.Range
}

// A Membership puts users into groups from outside of both.
type Membership struct {
	User, Group Ref
	Range       source.Range
	Maybe       bool
}

// A PolicyKind is inline, customer managed or AWS managed.
type PolicyKind uint8

// The kinds of policy.
const (
	Inline PolicyKind = iota
	Customer
	AWSManaged
	// Loose is a policy document that stands alone in a file.
	Loose
)

// A Policy is a named policy document.
type Policy struct {
	Entity
	Kind     PolicyKind
	Unit     *Unit
	ARN      source.String
	Document *iam.Document
	// Attached are the identities that hold it, and Bounds those that it
	// bounds. Linked.
	Attached []*Identity
	Bounds   []*Identity
}

// An InstanceProfile holds at most one role (Using instance profiles).
type InstanceProfile struct {
	Entity
	Unit  *Unit
	Roles []Ref
	To    []*Identity // linked
}

// An InstanceKind is what carries an instance profile.
type InstanceKind uint8

// The kinds of instance.
const (
	Machine InstanceKind = iota
	SpotInstance
	LaunchTemplate
	LaunchConfiguration
	// SpotSpecification is one of the launch specifications of a spot fleet
	// request.
	SpotSpecification
	// ImageBuild is the infrastructure of EC2 Image Builder.
	ImageBuild
)

// String is the kind's name in messages.
func (k InstanceKind) String() string {
	return [...]string{"instance", "spot instance request", "launch template", "launch configuration",
		"launch specification", "image builder infrastructure"}[k]
}

// An Instance is an EC2 instance, or a template or configuration of some.
type Instance struct {
	Entity
	Kind InstanceKind
	Unit *Unit
	// Region is empty when unknown.
	Region string
	// Profile names the instance profile; nil for none.
	Profile *Ref
	// Template names a launch template; nil for none.
	Template *Ref
	// Tokens and Endpoint are the metadata options http_tokens and
	// http_endpoint; zero when not written.
	Tokens, Endpoint source.String
	// MetadataRange is the metadata options block.
	MetadataRange source.Range
	// Needs are signs that it calls AWS: the agent, SSM or the AWS CLI in
	// its user data or tags. The user data itself is not kept. Linking adds
	// the alarms on metrics that its agent sends.
	Needs []Cause
	// IMDSSupport is v2.0 when its image demands IMDSv2; zero when the image
	// does not say so or is not in the scan.
	IMDSSupport source.String
	To          *InstanceProfile // linked
	From        *Instance        // linked: its launch template
	UsedBy      []*TemplateUser  // linked: of a template
}

// A ProfileUser is a service that makes an instance profile for a role by
// itself: an EKS node group, Batch, EMR, and the like (IW401, traps).
type ProfileUser struct {
	Entity
	Service string
	Role    Ref
	// Template names a launch template that must not carry a profile.
	Template *Ref
	// Unread says that it is no service but a module whose source is not at
	// hand, which may make a profile or not; Service is its name.
	Unread bool
}

// An AgentAlarm is an alarm on metrics that the CloudWatch agent of one
// instance sends.
type AgentAlarm struct {
	Instance Ref
	Range    source.Range
}

// MetadataDefaults are an account's and region's instance metadata defaults.
type MetadataDefaults struct {
	Entity
	// Region is empty when unknown.
	Region string
	// Tokens and Endpoint are http_tokens and http_endpoint; zero when not
	// written.
	Tokens, Endpoint source.String
}

// A ProviderKind is OIDC or SAML.
type ProviderKind uint8

// The kinds of identity provider.
const (
	OIDC ProviderKind = iota
	SAML
)

// An IdentityProvider is an OIDC or SAML provider of the account.
type IdentityProvider struct {
	Entity
	Kind     ProviderKind
	Unit     *Unit
	URL      source.String // issuer, with or without https://
	Audience []source.String
}

// A ResourcePolicyKind says what a resource policy guards.
type ResourcePolicyKind uint8

// The kinds of resource policy.
const (
	LogResourcePolicy ResourcePolicyKind = iota
	LogGroupPolicy
	LogDestinationPolicy
	DeliveryDestinationPolicy
	OAMSinkPolicy
	XRayResourcePolicy
	RUMResourcePolicy
)

// String is the kind's name in messages.
func (k ResourcePolicyKind) String() string {
	return [...]string{"log resource policy", "log group resource policy", "log destination policy",
		"delivery destination policy", "OAM sink policy", "X-Ray resource policy", "RUM resource policy"}[k]
}

// A ResourcePolicy is a policy on a telemetry resource.
type ResourcePolicy struct {
	Entity
	Kind     ResourcePolicyKind
	Unit     *Unit
	Resource Ref // the sink, destination or group that it guards
	Document *iam.Document
	Region   string
	To       *Regional // linked: what it guards, where the scan declares it
}

// A Control is a service control policy of an organization ("Service control
// policies (SCPs)").
type Control struct {
	Entity
	Unit *Unit
	// Targets are what it is attached to: ids of accounts, organizational
	// units (ou-...) and roots (r-...). A hole may be any of them.
	Targets []Ref
	// Document is of the kind iam.ServiceControlDocument, unknown for a policy
	// that the scan attaches and does not hold.
	Document *iam.Document
}

// An AccessKey is a long-lived key of a user. The secret is never kept, and
// of the id at most the last four characters.
type AccessKey struct {
	Entity
	Unit   *Unit
	User   Ref
	Last4  string
	Active source.String // Active or Inactive; zero when not written
	// PGPKey is what the secret is encrypted with before it is stored with the
	// code's state; zero for nothing.
	PGPKey source.String
	// Shown are the places that hand the secret on in plain text: an output, a
	// parameter, an environment variable, user data, metadata of a stack.
	Shown    []Cause
	Created  source.String
	LastUsed source.String
	Service  source.String
	To       *Identity // linked
}

// A Model is all units of a scan.
type Model struct {
	Units []*Unit
}
