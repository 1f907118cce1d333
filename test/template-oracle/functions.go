package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

// errMark ends a template where Go would go on although something is wrong. What comes behind says nothing, and it could
// be a range over a number that never ends.
var errMark = errors.New("a mark")

// functions call Go's own and do nothing else, but that they notice marks, and see an image as the text that it is where Go
// insists on the very type string.
var functions = template.FuncMap{"print": print, "printf": printf, "index": index}

func print(args ...any) (string, error) {
	return fmt.Sprint(args...), lacking(args)
}

func printf(format any, args ...any) (string, error) {
	pattern, ok := plain(format).(string)
	if !ok {
		return "", errors.New("the format is no text")
	}
	// Only what Go itself writes has "%!" in it once no text and no literal has an exclamation mark.
	if strings.Contains(fmt.Sprintf(calm(pattern), quiet(args)...), "%!") {
		return "", errMark
	}
	return fmt.Sprintf(pattern, args...), lacking(args)
}

func lacking(args []any) error {
	if slices.Contains(args, nil) {
		return errMark
	}
	return nil
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
