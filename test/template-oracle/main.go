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
	Error  string  `json:"error,omitempty"`
}

// image is printed as its reference and has a tag beside it.
type image struct {
	reference string
	Tag       string
}

func (i image) String() string { return i.reference }

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
	parsed, err := template.New("t").Option("missingkey=error").Parse(q.Template)
	if err != nil {
		return answer{Error: err.Error()}
	}
	data, err := plainData(q.Data)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return answer{Error: err.Error()}
	}
	text := out.String()
	return answer{Output: &text}
}

// plainData turns decoded JSON into what templates see: whole numbers are int, other numbers float64, and a map with the
// one key "$image" is an image.
func plainData(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return int(whole), nil
		}
		return value.Float64()
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			var err error
			if list[i], err = plainData(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		return plainMap(value)
	default:
		return value, nil
	}
}

func plainMap(value map[string]any) (any, error) {
	if written, ok := value["$image"].(map[string]any); ok {
		reference, _ := written["reference"].(string)
		tag, _ := written["tag"].(string)
		return image{reference: reference, Tag: tag}, nil
	}
	plain := make(map[string]any, len(value))
	for key, item := range value {
		var err error
		if plain[key], err = plainData(item); err != nil {
			return nil, err
		}
	}
	return plain, nil
}
