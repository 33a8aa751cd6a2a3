// Package cloudwatch is the telemetry catalogue: the actions of the CloudWatch
// family (core) and those that open, close or bypass the way to telemetry
// (related), with access level, exposure classes, impact, resource types and
// condition keys; and the AWS managed policies that grant core actions.
//
// Both tables are generated (see generate.go) and embedded; nothing is decoded
// before its first use. Access levels, resource types and condition keys are
// those of the AWS Service Authorization Reference; classes and impact are ours.
package cloudwatch

// A Class says what the holder of an action can do to telemetry.
type Class uint8

// The exposure classes.
const (
	// ClassRead returns the content of telemetry: metric values, log events,
	// traces, canary results, RUM events, dashboards.
	ClassRead Class = iota
	// ClassRecon returns configuration or names only.
	ClassRecon
	// ClassTamper adds false telemetry or changes what it and its views show.
	ClassTamper
	// ClassBlind removes, mutes, stops or weakens detection, retention or
	// delivery of telemetry.
	ClassBlind
	// ClassExfiltrate creates or redirects a lasting flow of telemetry to
	// another place, account or service.
	ClassExfiltrate
	// ClassControl changes who may reach telemetry: resource policies, sharing
	// points, access grants, keys, masking, bearer credentials.
	ClassControl
	// ClassEscalate makes a service or role act for the caller: alarm actions,
	// canary code, passed roles.
	ClassEscalate
	// ClassCost creates billable ingestion, storage or queries at scale.
	ClassCost
	// ClassTag changes tags, and with them any access decision based on tags.
	ClassTag
	// ClassManage is ordinary configuration change without direct exposure.
	ClassManage

	classCount = iota
)

var classNames = [classCount]string{"read", "recon", "tamper", "blind", "exfiltrate", "control", "escalate", "cost", "tag", "manage"}

// String is the class's name in reports, such as "exfiltrate".
func (c Class) String() string {
	if int(c) < classCount {
		return classNames[c]
	}
	return "unknown"
}

// ParseClass returns the class of a name, as String gives it.
func ParseClass(s string) (Class, bool) {
	for c, name := range classNames {
		if name == s {
			return Class(c), true
		}
	}
	return 0, false
}

// An AccessLevel is the kind of access that an action gives (Service
// Authorization Reference, "Access level"). Of several levels the gravest
// counts: Tagging, then Permissions management, then the one named first.
type AccessLevel uint8

// The access levels.
const (
	LevelList AccessLevel = iota
	LevelRead
	LevelWrite
	LevelPermissions
	LevelTagging

	levelCount = iota
)

var levelNames = [levelCount]string{"List", "Read", "Write", "Permissions management", "Tagging"}

// String is the level's name in the Service Authorization Reference.
func (l AccessLevel) String() string {
	if int(l) < levelCount {
		return levelNames[l]
	}
	return "unknown"
}

// A Service is a service of which the catalogue holds actions.
type Service struct {
	// Prefix is what stands before the colon of its actions.
	Prefix string
	Name   string
	// Core says that the service belongs to the CloudWatch family: all its
	// actions are in the catalogue. Of a related service only those are that
	// bear on telemetry.
	Core bool
	// Retired is the day on which AWS ended the service (YYYY-MM-DD), if it did.
	Retired string
	// ActionCount is the number of actions that the service has, in the
	// catalogue or not.
	ActionCount int
	// ResourceTypes are those of a core service, and those that the catalogue's
	// actions name of a related one; by name.
	ResourceTypes []ResourceType
}

// A ResourceType is a kind of resource of a service.
type ResourceType struct {
	Name string
	// ARN is the template, such as
	// arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${AlarmName}.
	ARN string
	// ConditionKeys are the keys that a request on the resource carries.
	ConditionKeys []string
}

// An ActionResource is a resource type of an action.
type ActionResource struct {
	Name string
	// Required says that every request of the action names such a resource.
	Required bool
}

// An Action is an action of the catalogue. It is read-only, slices included.
type Action struct {
	ID      ActionID
	Service string // prefix: "logs"
	Name    string // "PutSubscriptionFilter"
	Level   AccessLevel
	// Classes are the exposure classes, the primary one first.
	Classes []Class
	// Impact is how bad a misuse is within the class: 1 nearly harmless,
	// 2 ordinary, 3 worst.
	Impact int
	// ResourceTypes are the types of the resources that a request may name;
	// none for an action that only a Resource of "*" grants.
	ResourceTypes []ActionResource
	// ConditionKeys are the keys that the reference lists for the action,
	// on whichever resource type; those of the types themselves are in
	// ResourceType.
	ConditionKeys []string
	// DependentActions are actions that the caller needs besides.
	DependentActions []string
	// PermissionOnly says that no API call has the action's name.
	PermissionOnly bool
	// Core says that the action belongs to the CloudWatch family.
	Core bool
	// PassService is the service principal to which the caller hands a role
	// with the action (iam:PassRole is checked), or empty.
	PassService string

	full string
	// arns are the templates of ResourceTypes, required those of the types
	// that every request names, keys those that a request can carry.
	arns, required, keys []string
	// queries are arns with * for each variable.
	queries []string
	shape   int
}

// Templates are the ARN templates of the action's resource types in the form
// that its requests carry; none for an action without resource types. The
// slice must not be changed.
func (a *Action) Templates() []string { return a.arns }

// Queries are Templates with a * for each variable: each asks for all of a
// type's resources. The slice must not be changed.
func (a *Action) Queries() []string { return a.queries }

// Shape is equal for actions whose requests name the same types of resources
// and carry the same condition keys: what a statement says of one of them it
// says of all.
func (a *Action) Shape() int { return a.shape }

// String is the action as policies write it: "logs:PutSubscriptionFilter".
func (a Action) String() string { return a.full }

// Has reports whether c is one of the action's classes.
func (a *Action) Has(c Class) bool {
	for _, x := range a.Classes {
		if x == c {
			return true
		}
	}
	return false
}

// Primary is the action's first class.
func (a *Action) Primary() Class { return a.Classes[0] }
