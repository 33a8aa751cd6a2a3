package export

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A part is what one file holds.
type part struct {
	file *source.Source
	is   answer
	// unit holds the things that were read; its name is not set.
	unit model.Unit
	// regions are those of the ARNs, without repeats.
	regions []string
	mixed   bool
	// top holds the members of an answer that are no list of things.
	top source.Value
	// keyIDs are the ids of unit.AccessKeys, to tell keys apart while the
	// directory is read; the model does not hold them.
	keyIDs    []string
	keyUses   []keyUse
	sinkNames map[string]source.String
	profileOf map[string]model.Ref // by instance id
	// more is where the answer says that another page follows; last says
	// that it says there is none.
	more        source.Range
	last        bool
	diagnostics []source.Diagnostic
}

// A keyUse is what GetAccessKeyLastUsed says of some key of a user.
type keyUse struct {
	user, date source.String
	rng        source.Range
}

func read(f *source.Source) *part {
	p := &part{
		file: f, is: recognise(f.Bytes()), top: source.Value{Kind: source.Object},
		sinkNames: map[string]source.String{}, profileOf: map[string]model.Ref{},
	}
	p.unit.Input = model.Export
	switch head := f.Bytes(); {
	case !p.is.said():
		return p
	case p.is == reportFile:
		p.reportFile()
	case source.LooksLikeJSON(head):
		p.json()
	default:
		p.xml()
	}
	p.finish()
	return p
}

func (p *part) fault(d source.Diagnostic) { p.diagnostics = append(p.diagnostics, d) }

// isList reports whether a member at the top of an answer is a list of
// things, which are read one by one.
func isList(name string) bool {
	switch name {
	case "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies",
		"AccessKeyMetadata", "InstanceProfiles", "Reservations", "IamInstanceProfileAssociations",
		"resourcePolicies", "destinations", "logGroups", "Items", "ResourcePolicies",
		"OpenIDConnectProviderList", "SAMLProviderList", "ServiceSpecificCredentials", "MetricAlarms":
		return true
	}
	return false
}

// isTop reports whether a member at the top of an answer is needed whole.
func isTop(name string) bool {
	switch name {
	case "SummaryMap", "AccessKeyLastUsed", "UserName", "SinkArn", "SinkId", "Policy", "Url", "ClientIDList",
		"Content", "GeneratedTime", "IsTruncated", "NextToken", "nextToken", "Marker",
		"Role", "PolicyVersion", "PolicyName", "PolicyDocument", "RoleName", "GroupName":
		return true
	}
	return false
}

// isUnused reports whether a member of an element is not worth a tree.
func isUnused(name string) bool {
	switch name {
	case "RoleLastUsed", "UpdateDate", "PolicyId", "AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable",
		"Description", "ThumbprintList":
		return true
	}
	return false
}

// take reads one element of a list.
func (p *part) take(list string, v *source.Value) {
	switch list {
	case "UserDetailList":
		p.identity(model.User, v)
	case "GroupDetailList":
		p.identity(model.Group, v)
	case "RoleDetailList":
		p.identity(model.Role, v)
	case "Policies":
		p.policy(v)
	case "AccessKeyMetadata":
		p.accessKey(v)
	case "InstanceProfiles":
		p.profile(v)
	case "Reservations":
		p.reservation(v)
	case "IamInstanceProfileAssociations":
		p.association(v)
	default:
		p.takeTelemetry(list, v)
	}
}

func (p *part) takeTelemetry(list string, v *source.Value) {
	switch list {
	case "resourcePolicies":
		p.logPolicy(v)
	case "destinations":
		p.logDestination(v)
	case "logGroups":
		p.logGroup(v)
	case "Items":
		p.sinkNames[v.Get("Arn").Text().Value] = v.Get("Name").Text()
		p.owner(v.Get("Arn").Text())
	case "ResourcePolicies":
		p.tracePolicy(v)
	case "OpenIDConnectProviderList":
		p.provider(model.OIDC, v)
	case "SAMLProviderList":
		p.provider(model.SAML, v)
	case "ServiceSpecificCredentials":
		p.serviceCredential(v)
	case "MetricAlarms":
		p.alarm(v)
	}
}

// finish reads the answers that are one object, and whether there is more.
func (p *part) finish() {
	switch p.is {
	case accountSummary:
		if v := p.top.Get("SummaryMap"); v != nil {
			p.unit.Summaries = append(p.unit.Summaries, &model.AccountSummary{Range: v.Range, Values: v.Members})
		}
	case keyLastUsed:
		p.keyUse()
	case sinkPolicy:
		p.sinkPolicy()
	case oidcProvider:
		p.providerDetail()
	case reportAnswer:
		p.wrappedReport()
	default:
		p.finishIdentity()
	}
	for _, name := range []string{"NextToken", "nextToken", "Marker"} {
		if v := p.top.Get(name); v.Text().Value != "" {
			p.more = v.Range
		}
	}
	if v := p.top.Get("IsTruncated"); v.Text().Is("true") {
		p.more = v.Range
	} else if v.Text().Is("false") {
		p.last, p.more = true, source.Range{}
	}
}

// finishIdentity reads the answers that are one role or one policy.
func (p *part) finishIdentity() {
	switch p.is {
	case roleDetail:
		p.roleDetail()
	case policyVersion:
		p.policyVersion()
	case userPolicy:
		p.inlineAnswer(model.User)
	case groupPolicy:
		p.inlineAnswer(model.Group)
	case rolePolicy:
		p.inlineAnswer(model.Role)
	}
}

// owner learns account, partition and region from the ARN of something that
// the account owns.
func (p *part) owner(arn source.String) {
	a, ok := iam.ParseARN(arn.Value)
	if !ok {
		return
	}
	if a.Region != "" && !slices.Contains(p.regions, a.Region) {
		p.regions = append(p.regions, a.Region)
	}
	if iam.IsAccountID(a.Account) {
		p.unit.Partition = a.Partition
		p.account(source.NewString(a.Account, arn.Range))
	}
}

func (p *part) account(id source.String) {
	switch {
	case !iam.IsAccountID(id.Value) || id.Value == p.unit.Account:
	case p.unit.Account == "":
		p.unit.Account = id.Value
	case !p.mixed:
		p.mixed = true
		p.fault(source.Warningf(id.Range, "the file holds things of account %s besides those of %s, and is read as that account's",
			id.Value, p.unit.Account))
	}
}

// document reads a policy document: an object, or a string that holds JSON,
// percent-encoded or not (IAM API Reference: documents are URL-encoded in
// compliance with RFC 3986; the CLI decodes them).
func (p *part) document(v *source.Value, kind iam.DocumentKind) *iam.Document {
	if v != nil && v.Kind == source.Str {
		v = p.decode(source.JSONText(v.Scalar), v.Range)
	}
	return iam.Read(v, kind)
}

// decode reads a document inside a string. One that cannot be read is
// unknown rather than one that grants nothing: AWS stores no such document,
// so the file is damaged.
func (p *part) decode(t source.Text, r source.Range) *source.Value {
	t, err := source.PercentDecode(t)
	if err != nil {
		p.fault(source.Errorf(r, "read policy document: %v", err))
		return source.UnreadValue(unreadDocument, r)
	}
	v, diags := source.ReadJSON(t)
	switch {
	case len(diags) > 0:
		p.fault(diags[0])
	case holdsMark(v):
		p.fault(source.Errorf(r, "read policy document: %s", markMessage))
	default:
		return v
	}
	return source.UnreadValue(unreadDocument, r)
}

const (
	unreadDocument = "a document that cannot be read"
	markMessage    = "the noncharacters U+FDD0 and U+FDD1 are not accepted"
)

// holdsMark reports whether a tree holds marks, which a file could forge by
// escaping them twice.
func holdsMark(v *source.Value) bool {
	if v == nil {
		return false
	}
	if !v.Scalar.Known && v.IsScalar() {
		return true
	}
	if slices.ContainsFunc(v.Items, holdsMark) {
		return true
	}
	return slices.ContainsFunc(v.Members, func(m source.Member) bool { return !m.Name.Known || holdsMark(m.Value) })
}
