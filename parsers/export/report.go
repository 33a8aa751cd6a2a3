package export

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// reportFile reads a credential report as the CSV that it is.
func (p *part) reportFile() {
	if source.HasMarkBytes(p.file.Bytes()) {
		p.fault(source.Errorf(p.file.Range(0, 0), "read credential report: %s", markMessage))
		return
	}
	p.report(p.file, nil, source.String{})
}

// wrappedReport reads the answer of GetCredentialReport: the CSV in base64.
// All of its rows stand at the Content token.
func (p *part) wrappedReport() {
	content := p.top.Get("Content").Text()
	data, at, ok := decodeBase64(content)
	switch {
	case !ok:
		p.fault(source.Errorf(at, "read credential report: its content is not base64"))
	case source.HasMarkBytes(data):
		p.fault(source.Errorf(content.Range, "read credential report: %s", markMessage))
	default:
		p.report(source.New(p.file.Path, data), &content.Range, p.top.Get("GeneratedTime").Text())
	}
}

// decodeBase64 decodes a string that blanks may break. What is not base64
// fails at its place.
func decodeBase64(s source.String) (data []byte, at source.Range, ok bool) {
	t := source.JSONText(s)
	var body []byte
	var places []int
	for i := range len(t.Value) {
		if strings.IndexByte(" \t\r\n", t.Value[i]) < 0 {
			body, places = append(body, t.Value[i]), append(places, i)
		}
	}
	data, err := base64.StdEncoding.AppendDecode(nil, body)
	var corrupt base64.CorruptInputError
	if !errors.As(err, &corrupt) {
		return data, source.Range{}, true
	}
	i := len(t.Value)
	if int(corrupt) < len(places) {
		i = places[corrupt]
	}
	return nil, t.Range(i, min(i+1, len(t.Value))), false
}

// rootUser is the name of the root user's row.
const rootUser = "<root_account>"

func hasRoot(r *model.CredentialReport) bool {
	return slices.ContainsFunc(r.Rows, func(row *model.CredentialRow) bool { return row.User.Is(rootUser) })
}

// report reads the rows of a CSV by the names in its header line. If at is
// set, everything stands there.
func (p *part) report(csvFile *source.Source, at *source.Range, generated source.String) {
	body := bytes.TrimPrefix(csvFile.Bytes(), byteOrderMark)
	r := &reportReader{file: csvFile, at: at, base: csvFile.Size() - len(body), csv: csv.NewReader(bytes.NewReader(body))}
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	out := &model.CredentialReport{Range: r.place(0, csvFile.Size()), Generated: generated}
	p.unit.CredentialReports = append(p.unit.CredentialReports, out)
	for {
		err := r.next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			p.fault(source.Errorf(r.lineStart(), "read credential report: %v", csvCause(err)))
			return
		}
		if r.columns == nil {
			r.header()
			continue
		}
		if len(r.record) != r.width {
			p.fault(source.Errorf(r.row(), "read credential report: the row has %d fields, not %d", len(r.record), r.width))
			continue
		}
		row := r.credentials()
		p.owner(row.ARN)
		out.Rows = append(out.Rows, row)
	}
}

// csvCause is an error without the line that a diagnostic names anyway.
func csvCause(err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// A reportReader reads a credential report row by row.
type reportReader struct {
	file    *source.Source
	at      *source.Range
	base    int // bytes of a byte order mark
	csv     *csv.Reader
	columns map[string]int
	width   int
	record  []string
	ends    int // where the record that was read last ends
}

func (r *reportReader) next() error {
	record, err := r.csv.Read()
	if err != nil {
		return err
	}
	r.record, r.ends = record, r.base+int(r.csv.InputOffset())
	return nil
}

func (r *reportReader) header() {
	r.columns, r.width = make(map[string]int, len(r.record)), len(r.record)
	for i, name := range r.record {
		r.columns[strings.TrimSpace(name)] = i
	}
}

func (r *reportReader) place(start, end int) source.Range {
	if r.at != nil {
		return *r.at
	}
	return r.file.Range(start, end)
}

// lineStart is the place behind the last record that could be read.
func (r *reportReader) lineStart() source.Range { return r.place(r.ends, r.ends) }

func (r *reportReader) start(field int) int {
	line, column := r.csv.FieldPos(field)
	start := r.file.LineRange(line).Start() + column - 1
	if line == 1 {
		start += r.base
	}
	return start
}

func (r *reportReader) row() source.Range {
	start := r.start(0)
	text := r.file.Range(start, r.ends).Text()
	return r.place(start, start+len(strings.TrimRight(text, "\r\n")))
}

// field returns a field by its column's name; zero if there is no such
// column. Truth values come in both cases and are given in lower case.
func (r *reportReader) field(name string) source.String {
	i, ok := r.columns[name]
	if !ok {
		return source.String{}
	}
	start := r.start(i)
	end := start + len(r.record[i])
	if b := r.file.Bytes(); start < len(b) && b[start] == '"' {
		end = min(end+2+strings.Count(r.record[i], `"`), len(b))
	}
	value := r.record[i]
	if lower := strings.ToLower(value); lower == "true" || lower == "false" {
		value = lower
	}
	return source.NewString(value, r.place(start, end))
}

func (r *reportReader) credentials() *model.CredentialRow {
	row := &model.CredentialRow{
		User: r.field("user"), ARN: r.field("arn"), Created: r.field("user_creation_time"),
		PasswordEnabled: r.field("password_enabled"), PasswordLastUsed: r.field("password_last_used"),
		MFAActive: r.field("mfa_active"), Range: r.row(),
	}
	for i, key := range []string{"access_key_1_", "access_key_2_"} {
		row.Keys[i] = model.CredentialKey{
			Active: r.field(key + "active"), LastRotated: r.field(key + "last_rotated"), LastUsed: r.field(key + "last_used_date"),
			LastRegion: r.field(key + "last_used_region"), LastService: r.field(key + "last_used_service"),
		}
	}
	return row
}
