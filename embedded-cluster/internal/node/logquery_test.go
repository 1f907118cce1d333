package node

import (
	"bytes"
	"net/url"
	"testing"
	"time"
)

func TestParseLogQuery(t *testing.T) {
	q, err := parseLogQuery(url.Values{"follow": {"true"}, "tailLines": {"3"}, "limitBytes": {"9"}, "timestamps": {"true"},
		"sinceTime": {"2026-03-04T05:06:07Z"}, "insecureSkipTLSVerifyBackend": {"false"}})
	if err != nil || !q.options.Follow || *q.options.TailLines != 3 || *q.options.LimitBytes != 9 || !q.options.Timestamp || q.previous ||
		!q.options.Since.Equal(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)) {
		t.Errorf("got %+v %+v, %v", q, q.options, err)
	}
	q, err = parseLogQuery(url.Values{"previous": {"true"}, "follow": {"true"}, "sinceSeconds": {"60"}})
	if err != nil || q.options.Follow || !q.previous || time.Since(q.options.Since) < time.Minute {
		t.Errorf("what has ended is not followed: %+v %+v, %v", q, q.options, err)
	}
	for _, wrong := range []url.Values{{"follow": {"perhaps"}}, {"tailLines": {"x"}}, {"sinceTime": {"yesterday"}}} {
		if _, err := parseLogQuery(wrong); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
}

func TestAStreamCanBeChosen(t *testing.T) {
	for stream, want := range map[string]string{"": "oe", "All": "oe", "Stdout": "o", "Stderr": "e"} {
		var to bytes.Buffer
		stdout, stderr := logQuery{stream: stream}.choose(&to)
		_, _ = stdout.Write([]byte("o"))
		_, _ = stderr.Write([]byte("e"))
		if to.String() != want {
			t.Errorf("%q: got %s; want %s", stream, to.String(), want)
		}
	}
}
