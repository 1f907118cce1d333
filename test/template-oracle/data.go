package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// image is the parameter kind dockerImage: a text, its full reference, with a tag beside it.
type image string

// Tag is the tag or the digest at the end of the reference.
func (i image) Tag() string {
	if _, digest, ok := strings.Cut(string(i), "@"); ok {
		return digest
	}
	return string(i)[strings.LastIndex(string(i), ":")+1:]
}

// plainData turns decoded JSON into what templates see: whole numbers are int, other numbers float64, and a map with one of
// the keys $int, $float and $image is that.
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
	if written, ok := value["$int"].(string); ok {
		return strconv.Atoi(written)
	}
	if written, ok := value["$float"].(string); ok {
		return strconv.ParseFloat(written, 64)
	}
	if written, ok := value["$image"].(map[string]any); ok {
		return plainImage(written)
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

func plainImage(written map[string]any) (any, error) {
	reference, _ := written["reference"].(string)
	if tag := image(reference).Tag(); tag != written["tag"] {
		return nil, fmt.Errorf("the tag of %q is %q, not %q", reference, tag, written["tag"])
	}
	return image(reference), nil
}
