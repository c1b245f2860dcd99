// Package report turns what `go test -json` says into a text for people and a JUnit report for the project's summary.
package report

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of `go test -json`, see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// Suites is a JUnit report; each suite is a Go package.
type Suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []*Suite `xml:"testsuite"`
}

// Suite counts and lists the tests of a package. A test with subtests does not count, its subtests do.
type Suite struct {
	Name     string  `xml:"name,attr"`
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Errors   int     `xml:"errors,attr"` // 1 if the package failed and none of its tests did: it does not compile, or crashed
	Skipped  int     `xml:"skipped,attr"`
	Time     float64 `xml:"time,attr"`
	Cases    []Case  `xml:"testcase"`
}

// Case is a test.
type Case struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    float64  `xml:"time,attr"`
	Failure *string  `xml:"failure"` // its output
	Skipped *Skipped `xml:"skipped"`
}

// Skipped tells why a test did not run.
type Skipped struct {
	Message string `xml:"message,attr"`
}

// Read collects the events and writes to out what a person wants to see of them: packages, failures, and why tests were
// skipped.
func Read(in io.Reader, out io.Writer) (*Suites, error) {
	report := &Suites{}
	suites := map[string]*Suite{}
	outputs := map[string]*strings.Builder{} // by package and test
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Package == "" {
			if e.Output != "" {
				fmt.Fprint(out, e.Output) // of the build
			} else if e.Action == "" {
				fmt.Fprintln(out, lines.Text()) // of the go command itself
			}
			continue
		}
		key := e.Package + " " + e.Test
		if outputs[key] == nil {
			outputs[key] = &strings.Builder{}
		}
		switch e.Action {
		case "output":
			outputs[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			if suites[e.Package] == nil {
				suites[e.Package] = &Suite{Name: e.Package}
				report.Suites = append(report.Suites, suites[e.Package])
			}
			suites[e.Package].add(e, outputs[key].String(), out)
		}
	}
	report.Suites = slices.DeleteFunc(report.Suites, func(s *Suite) bool { return s.Tests+s.Errors == 0 })
	return report, lines.Err()
}

func (s *Suite) add(e event, output string, out io.Writer) {
	if e.Test == "" { // the whole package, after its tests
		s.Time = e.Elapsed
		if e.Action == "fail" && s.Failures == 0 {
			s.Errors = 1
			s.Cases = append(s.Cases, Case{Class: s.Name, Name: "package", Failure: &output})
			s.Tests++
		}
		if s.Tests > 0 {
			fmt.Fprintf(out, "%-4s %s: %d tests, %d failed, %d skipped, %.1f s\n", e.Action, s.Name, s.Tests, s.Failures+s.Errors, s.Skipped, s.Time)
			if s.Errors > 0 {
				fmt.Fprint(out, output)
			}
		}
		return
	}
	if e.Action != "pass" {
		fmt.Fprint(out, output)
	}
	// Subtests are reported before their test.
	if slices.ContainsFunc(s.Cases, func(c Case) bool { return strings.HasPrefix(c.Name, e.Test+"/") }) &&
		!(e.Action == "fail" && s.Failures == 0) {
		return
	}
	test := Case{Class: s.Name, Name: e.Test, Time: e.Elapsed}
	s.Tests++
	switch e.Action {
	case "fail":
		s.Failures++
		test.Failure = &output
	case "skip":
		s.Skipped++
		test.Skipped = &Skipped{Message: strings.TrimSpace(output)}
	}
	s.Cases = append(s.Cases, test)
}

// Failed tells whether anything failed.
func (r *Suites) Failed() bool {
	return slices.ContainsFunc(r.Suites, func(s *Suite) bool { return s.Failures+s.Errors > 0 })
}

// Write writes the report as XML.
func (r *Suites) Write(out io.Writer) error {
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	return encoder.Encode(r)
}
