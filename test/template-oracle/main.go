// Command template-oracle renders templates with Go's own text/template, so that another implementation can be compared
// with it. It reads a JSON list of {template, data} and writes a JSON list of {output} or {error}, in the same order.
package main

import (
	"encoding/json"
	"errors"
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
	Error  string  `json:"error,omitempty"`
	// Marked says that Go would have gone on where something is wrong, with a mark such as "%!d(string=x)" or "<no value>".
	Marked bool `json:"marked,omitempty"`
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
	parsed, err := template.New("t").Option("missingkey=error").Funcs(functions).Parse(q.Template)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var out output
	if err := parsed.Execute(&out, data); err != nil {
		return answer{Error: err.Error(), Marked: errors.Is(err, errMark)}
	}
	text := out.String()
	return answer{Output: &text}
}

// output ends where Go writes that there is no value.
type output struct{ strings.Builder }

func (o *output) Write(text []byte) (int, error) {
	if string(text) == "<no value>" {
		return 0, errMark
	}
	return o.Builder.Write(text)
}
