package main

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// marks notices where Go goes on although an argument is wrong. The functions do nothing else but call Go's own: they only
// see an image as the text that it is, where Go insists on the very type string.
type marks struct{ seen bool }

func (m *marks) functions() template.FuncMap {
	return template.FuncMap{"print": m.print, "printf": m.printf, "index": index}
}

func (m *marks) print(args ...any) string {
	m.note(args)
	return fmt.Sprint(args...)
}

func (m *marks) printf(format any, args ...any) (string, error) {
	pattern, ok := plain(format).(string)
	if !ok {
		return "", errors.New("the format is no text")
	}
	m.note(args)
	// Only what Go itself writes has "%!" in it once no text and no literal has an exclamation mark.
	if strings.Contains(fmt.Sprintf(calm(pattern), quiet(args)...), "%!") {
		m.seen = true
	}
	return fmt.Sprintf(pattern, args...), nil
}

func (m *marks) note(args []any) {
	for _, arg := range args {
		m.seen = m.seen || arg == nil
	}
}

func calm(text string) string { return strings.ReplaceAll(text, "!", "é") }

func quiet(list []any) []any {
	quiet := make([]any, len(list))
	for i, item := range list {
		quiet[i] = calmed(item)
	}
	return quiet
}

func calmed(value any) any {
	switch value := value.(type) {
	case string:
		return calm(value)
	case image:
		return image(calm(string(value)))
	case []any:
		return quiet(value)
	case map[string]any:
		other := make(map[string]any, len(value))
		for key, item := range value {
			other[calm(key)] = calmed(item)
		}
		return other
	default:
		return value
	}
}

func plain(value any) any {
	if value, ok := value.(image); ok {
		return string(value)
	}
	return value
}

// index has Go's own do the work, which only a template can call.
func index(item any, keys ...any) (any, error) {
	data := map[string]any{"item": item}
	call := "index .item"
	for i, key := range keys {
		name := fmt.Sprintf("k%d", i)
		data[name] = plain(key)
		call += " ." + name
	}
	var found any
	keep := template.FuncMap{"keep": func(value any) string { found = value; return "" }}
	parsed, err := template.New("index").Funcs(keep).Parse("{{keep (" + call + ")}}")
	if err != nil {
		return nil, err
	}
	return found, parsed.Execute(&strings.Builder{}, data)
}
