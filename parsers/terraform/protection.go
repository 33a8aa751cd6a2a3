package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/source"
)

const protectionKind = "aws_cloudwatch_log_data_protection_policy_document"

// protectionDocument is the document that a data block of protectionKind makes
// (AWS provider documentation, the data source of that name).
func (e *evaluator) protectionDocument(o *object) *source.Value {
	if t := e.trees[o]; t != nil {
		return t
	}
	r, header := e.rng(blockRange(o.res.block)), e.rng(headerRange(o.res.block))
	e.trees[o] = unread(o.address+".json", r) // what it gives to itself
	whole := expandedBlock{body: o.res.block.Body, block: o.res.block, sc: o.sc}
	out := e.madeObject(whole, [][2]string{{"name", "Name"}, {"description", "Description"}, {"version", "Version"}})
	if out.Get("Version") == nil {
		addMember(out, "Version", header, source.StringValue(source.NewString("2021-06-01", header)))
	}
	statements := &source.Value{Kind: source.List, Range: r}
	for _, s := range e.nestedIn(whole, "statement") {
		statements.Items = append(statements.Items, e.protectionStatement(s))
	}
	addMember(out, "Statement", header, statements)
	e.trees[o] = out
	return out
}

func (e *evaluator) protectionStatement(s expandedBlock) *source.Value {
	out := e.madeObject(s, [][2]string{{"sid", "Sid"}, {"data_identifiers", "DataIdentifier"}})
	for _, operation := range e.nestedIn(s, "operation") {
		made := e.madeObject(operation, nil)
		for _, audit := range e.nestedIn(operation, "audit") {
			addMember(made, "Audit", e.headerOf(audit), e.auditOperation(audit))
		}
		for _, mask := range e.nestedIn(operation, "deidentify") {
			config := e.madeObject(mask, nil)
			addMember(config, "MaskConfig", e.headerOf(mask), e.madeObject(mask, nil))
			addMember(made, "Deidentify", e.headerOf(mask), config)
		}
		addMember(out, "Operation", e.headerOf(operation), made)
	}
	return out
}

func (e *evaluator) auditOperation(audit expandedBlock) *source.Value {
	out := e.madeObject(audit, nil)
	for _, to := range e.nestedIn(audit, "findings_destination") {
		made := e.madeObject(to, nil)
		for _, k := range [][4]string{
			{"cloudwatch_logs", "CloudWatchLogs", "log_group", "LogGroup"},
			{"firehose", "Firehose", "delivery_stream", "DeliveryStream"},
			{"s3", "S3", "bucket", "Bucket"},
		} {
			for _, one := range e.nestedIn(to, k[0]) {
				addMember(made, k[1], e.headerOf(one), e.madeObject(one, [][2]string{{k[2], k[3]}}))
			}
		}
		addMember(out, "FindingsDestination", e.headerOf(to), made)
	}
	return out
}

// madeObject is an object with the arguments of a block under the names of a
// document.
func (e *evaluator) madeObject(b expandedBlock, names [][2]string) *source.Value {
	out := &source.Value{Kind: source.Object, Range: e.rng(blockRange(b.block)), Maybe: b.maybe}
	for _, n := range names {
		a := b.body.Attributes[n[0]]
		if a == nil {
			continue
		}
		if v := e.read(a.Expr, b.sc, elementLevel); v.Kind != source.Null {
			addMember(out, n[1], e.rng(a.NameRange), v)
		}
	}
	return out
}

func (e *evaluator) nestedIn(b expandedBlock, name string) []expandedBlock {
	out, _ := e.expand(nested(b.body, name), b.sc)
	return out
}

func (e *evaluator) headerOf(b expandedBlock) source.Range { return e.rng(headerRange(b.block)) }

func addMember(out *source.Value, name string, at source.Range, v *source.Value) {
	out.Members = append(out.Members, source.Member{Name: source.NewString(name, at), Value: v})
}
