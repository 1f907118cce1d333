package conformance

import (
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func resourceOf(text string) resource.Quantity { return resource.MustParse(text) }

func TestConformanceTerminationMessage(t *testing.T) {
	fallback := v1.TerminationMessageFallbackToLogsOnError
	result := func(j *batchv1.Job) { volume("towpath-result", "/towpath", emptyDir())(j) }
	for _, row := range []struct {
		name, script, path string
		policy             v1.TerminationMessagePolicy
		edits              []func(*batchv1.Job)
		ends               batchv1.JobConditionType
		want               string
	}{
		{name: "the default path", script: "echo done > /dev/termination-log", ends: batchv1.JobComplete, want: "done\n"},
		{name: "a file in a volume, written in place", script: `ls /towpath; printf '{"a":1}' > /towpath/result.json`, path: "/towpath/result.json",
			edits: []func(*batchv1.Job){result}, ends: batchv1.JobComplete, want: `{"a":1}`},
		{name: "a failure too", script: "echo why > /towpath/result.json; exit 3", path: "/towpath/result.json",
			edits: []func(*batchv1.Job){result}, ends: batchv1.JobFailed, want: "why\n"},
		{name: "a path of its own", script: "echo x >> /made/up/message; echo y >> /made/up/message", path: "/made/up/message",
			ends: batchv1.JobComplete, want: "x\ny\n"},
		{name: "the last 4096 bytes", script: "head -c 5000 /dev/zero | tr '\\0' a > /dev/termination-log; printf end >> /dev/termination-log",
			ends: batchv1.JobComplete, want: strings.Repeat("a", 4093) + "end"},
		{name: "a failure without a word", script: "echo log; exit 1", ends: batchv1.JobFailed},
		{name: "the log instead", script: "echo log; exit 1", policy: fallback, ends: batchv1.JobFailed, want: "log\n"},
		{name: "the log only if there is no message", script: "echo log; echo said > /dev/termination-log; exit 1", policy: fallback, ends: batchv1.JobFailed, want: "said\n"},
		{name: "the log only for failures", script: "echo log", policy: fallback, ends: batchv1.JobComplete},
		{name: "the last 2048 bytes of the log", script: "head -c 3000 /dev/zero | tr '\\0' a; echo; echo end; exit 1", policy: fallback, ends: batchv1.JobFailed,
			want: strings.Repeat("a", 2043) + "\nend\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := parallel(t)
			main := shell(row.script)
			main.TerminationMessagePath, main.TerminationMessagePolicy = row.path, row.policy
			w.create(newJob("said", main, row.edits...))
			w.ends("said", row.ends)
			expect(t, "message", w.terminated("said").Message, row.want)
		})
	}
}

func TestConformanceTheMessageFileCannotBeReplaced(t *testing.T) {
	w := parallel(t)
	main := shell("echo x > /towpath/new; mv /towpath/new /towpath/result.json 2>/dev/null || echo as on a real node > /towpath/result.json")
	main.TerminationMessagePath = "/towpath/result.json"
	w.create(newJob("mv", main, volume("r", "/towpath", emptyDir())))
	w.ends("mv", batchv1.JobComplete)
	expect(t, "message", w.terminated("mv").Message, "as on a real node\n")
}
