package node

import (
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/cri-client/pkg/logs"
)

// A logQuery is what the API server asks of a log. It has validated it already.
type logQuery struct {
	options  *logs.LogOptions
	previous bool
	stream   string
}

func parseLogQuery(values url.Values) (logQuery, error) {
	q := logQuery{options: &logs.LogOptions{}, stream: values.Get("stream")}
	for name, to := range map[string]*bool{"follow": &q.options.Follow, "timestamps": &q.options.Timestamp, "previous": &q.previous} {
		if text := values.Get(name); text != "" {
			value, err := strconv.ParseBool(text)
			if err != nil {
				return q, fmt.Errorf("%s: %w", name, err)
			}
			*to = value
		}
	}
	var since *int64
	for name, to := range map[string]**int64{"tailLines": &q.options.TailLines, "limitBytes": &q.options.LimitBytes, "sinceSeconds": &since} {
		if text := values.Get(name); text != "" {
			value, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return q, fmt.Errorf("%s: %w", name, err)
			}
			*to = &value
		}
	}
	if since != nil {
		q.options.Since = time.Now().Add(-time.Duration(*since) * time.Second)
	} else if text := values.Get("sinceTime"); text != "" {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return q, fmt.Errorf("sinceTime: %w", err)
		}
		q.options.Since = t
	}
	q.options.Follow = q.options.Follow && !q.previous
	return q, nil
}

// choose returns where each stream of the program goes.
func (q logQuery) choose(w io.Writer) (stdout, stderr io.Writer) {
	switch q.stream {
	case v1.LogStreamStdout:
		return w, io.Discard
	case v1.LogStreamStderr:
		return io.Discard, w
	}
	return w, w
}
