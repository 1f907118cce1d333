// Command template-oracle renders templates with Go's own text/template, so that another implementation can be compared
// with it. It reads a JSON list of {template, data} and writes a JSON list of {output} or {error}, in the same order.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type question struct {
	Template string         `json:"template"`
	Data     map[string]any `json:"data"`
}

type answer struct {
	Output *string `json:"output,omitempty"`
	// Marked says that Go went on where something was wrong, and wrote a mark such as "%!d(string=x)" or "<no value>".
	Marked bool   `json:"marked,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	decoder := json.NewDecoder(os.Stdin)
	decoder.UseNumber()
	var questions []question
	if err := decoder.Decode(&questions); err != nil {
		return fmt.Errorf("read the questions: %w", err)
	}
	answers := make([]answer, len(questions))
	for i, q := range questions {
		answers[i] = render(q)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answers)
}

func render(q question) answer {
	data, err := plainData(q.Data)
	if err != nil {
		return answer{Error: err.Error()}
	}
	marks := &marks{}
	parsed, err := template.New("t").Option("missingkey=error").Funcs(marks.functions()).Parse(q.Template)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return answer{Error: err.Error()}
	}
	text := out.String()
	return answer{Output: &text, Marked: marks.seen || strings.Contains(text, "<no value>")}
}
