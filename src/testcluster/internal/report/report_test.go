package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	var text bytes.Buffer
	report, err := Read(strings.NewReader(strings.Join([]string{
		`{"Action":"start","Package":"p"}`,
		`{"Action":"output","Package":"p","Test":"A/one","Output":"details\n"}`,
		`{"Action":"pass","Package":"p","Test":"A/one","Elapsed":0.5}`,
		`{"Action":"pass","Package":"p","Test":"A","Elapsed":0.5}`,
		`{"Action":"output","Package":"p","Test":"B","Output":"B broke <here>\n"}`,
		`{"Action":"fail","Package":"p","Test":"B","Elapsed":1}`,
		`{"Action":"output","Package":"p","Test":"C","Output":"C needs root\n"}`,
		`{"Action":"skip","Package":"p","Test":"C"}`,
		`{"Action":"fail","Package":"p","Elapsed":2}`,
		`{"Action":"skip","Package":"empty"}`,
		`{"ImportPath":"q","Action":"build-output","Output":"q.go:1: no such thing\n"}`,
		`{"Action":"output","Package":"q","Output":"FAIL q [build failed]\n"}`,
		`{"Action":"fail","Package":"q"}`,
		`go: not JSON`,
	}, "\n")), &text)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Failed() {
		t.Error("not failed")
	}
	var counts []string
	for _, s := range report.Suites {
		counts = append(counts, fmt.Sprint(s.Name, s.Tests, s.Failures, s.Errors, s.Skipped))
	}
	if got, want := strings.Join(counts, ", "), "p3 1 0 1, q1 0 1 0"; got != want {
		t.Errorf("suites %s, want %s", got, want)
	}
	for _, want := range []string{"B broke <here>", "C needs root", "q.go:1: no such thing", "go: not JSON", "3 tests, 1 failed, 1 skipped"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in the text\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "details") {
		t.Error("tells the output of a test that passed")
	}
	var document bytes.Buffer
	if err := report.Write(&document); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<testsuite name="p" tests="3" failures="1" errors="0" skipped="1" time="2">`,
		`<failure>B broke &lt;here&gt;`, `<skipped message="C needs root">`, `name="A/one"`,
	} {
		if !strings.Contains(document.String(), want) {
			t.Errorf("no %q in\n%s", want, &document)
		}
	}
}

func TestAFailureOutsideOfTheSubtestsCounts(t *testing.T) {
	report, err := Read(strings.NewReader(`{"Action":"pass","Package":"p","Test":"A/one"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}`), &bytes.Buffer{})
	if err != nil || !report.Failed() || report.Suites[0].Failures != 1 || report.Suites[0].Tests != 2 {
		t.Errorf("%+v, %v", report.Suites[0], err)
	}
}
