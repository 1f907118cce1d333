import type { ErrorCode, ReasonCode, RequestCode } from './codes.js';
import type { FailureCode } from './failures.js';

/** What a person can do about each code that a release or the installation shows; configuration errors carry hints of their own. */
export const remedies: Record<ReasonCode | FailureCode | RequestCode, string> = {
  APPLY_FAILED:
    'Read its log with `towpath releases logs`. When the cause is mended, `towpath releases retry` runs the same plan again; another program or other values need a new release.',
  MANUAL_APPROVAL_PENDING: '`towpath releases approve`; `towpath releases why` shows the whole command.',
  MANUAL_APPROVAL_REJECTED: 'Start a new release.',
  RELEASE_CHANNEL_DEPENDENCY_UNMET:
    'Nothing, unless that channel is stuck: `towpath releases why` says what it waits for.',
  QUEUED_BEHIND: 'Nothing, unless the other release is stuck: `towpath releases why` with its name, or cancel it.',
  CONCURRENCY_LIMIT_EXCEEDED:
    'Nothing; the runs that hold the slots are named. If they are too few, raise `maxConcurrency` of the runtime: it holds for releases that are started afterwards.',
  RETRYING: 'Nothing; the time of the next run is shown. `towpath releases cancel` ends it.',
  PROGRESS_DEADLINE_EXCEEDED:
    'Read the log of the last run. `towpath releases retry` begins anew; raise `progressDeadline` of the service for later releases if it was too short.',
  SUPERSEDED: 'Follow the newer release. To go back to this version, start a new release with it.',
  CANCELLED_BY_USER: 'Start a new release if it was a mistake.',
  CANCELLING: 'Nothing; the program has its grace period.',
  WORKFLOW_GONE:
    'Find out in Temporal who terminated it. Check what the program has done until then, and start a new release.',
  UPSTREAM_ENDED: 'Mend the channel that it waited for and retry that one: this one waits again.',
  SPEC_INVALID: 'Start a new release: the plan of this one is made again.',
  RENDER_FAILED:
    'Correct the Job of the runtime; `towpath releases plan` shows what would be created. Then start a new release.',
  NAMESPACE_MISSING:
    'Create the namespace on that cluster, then `towpath releases retry`; or name another one and start a new release.',
  NAMESPACE_NOT_OURS:
    'Look whose it is: another installation, whose Jobs may run in it, has its id in the label `towpath.dev/installation`. If it has none and you may use it, name it in the configuration (see "Use an existing namespace"); otherwise name another one. Then start a new release.',
  JOB_CONFLICT: 'Look at that Job with `kubectl describe job`. When nobody needs it, delete it, and retry.',
  JOB_FAILED:
    'Read its log with `towpath releases logs`. When the cause is mended, `towpath releases retry` runs the same plan again.',
  JOB_TIMED_OUT:
    'The end of its log shows where it was. Check what it has done so far, then retry; if it was only slow, raise `timeout` and start a new release.',
  JOB_NOT_STARTING:
    'The text is what Kubernetes says: an image, a Secret, a quota or a node that is missing. Mend that, and retry; a wrong name in the configuration needs a new release.',
  DISRUPTED:
    'The program may have done half of its work: check, then retry. Where it may always start twice, `idempotent: true` makes that automatic.',
  JOB_LOST:
    'Find out who deletes Jobs there (the audit log of the cluster says). The program may have done half of its work: check, then retry.',
  JOB_REPLACED:
    'Find out who deleted and made that Job. The program may have done half of its work: check, then retry.',
  RUNTIME_FORBIDDEN:
    '`towpath doctor` lists the rights that are missing; give them to the account of the worker; `towpath releases retry` if the run has failed.',
  SPEC_REFUSED:
    "The text is the API server's own: a field, a quota or an admission policy. Correct the Job and start a new release, or the cluster and retry.",
  RUNTIME_UNREACHABLE:
    '`towpath runtimes list` shows whether a worker reaches the cluster. Nothing is lost meanwhile, and it goes on by itself.',
  STORE_UNREACHABLE:
    '`towpath status`, or `towpath doctor` for an installation elsewhere, shows whether PostgreSQL answers. Releases go on by themselves; a command that was refused has to be given again.',
  RESULT_TOO_LARGE:
    'Print the result between markers in the log (see "Results of runs"). The program itself had succeeded: a retry runs it again.',
  RESULT_INVALID:
    'The text says where. Test the result against the published schema. The program itself had succeeded: a retry runs it again.',
  JOB_RUNNING: 'Nothing: its end is waited for.',
  KEY_REUSED: 'Use a new key for a new request; the sentence names what it was used for.',
  PLAN_TOO_LARGE: 'Make values and manifests smaller, or let the program fetch them.',
  NOT_ACTIVE_YET: 'Leave out the field or the option that is named.',
  UNAUTHENTICATED: 'Set TOWPATH_TOKEN; the token is in $TOWPATH_HOME/token where the server runs.',
  NOT_ALLOWED: 'The sentence names what stands against it.',
  NOT_FOUND: '`towpath configs list`, `towpath services list` and `towpath releases list` show what there is.',
  BAD_REQUEST: 'The sentence names the field; the OpenAPI document has the shape.',
  WRONG_METHOD: 'The hint names the methods of the path.',
  BODY_TOO_LARGE: 'Send fewer files at once.',
  WRONG_CONTENT_TYPE: 'Send `Content-Type: application/json`.',
  UNKNOWN_GATE: 'The sentence names the gates of the channel.',
  ALREADY_DECIDED: 'Nothing: `towpath releases why` shows who decided, and how the channel ended.',
  CONFIG_INVALID: 'Correct each place that is named; `towpath configs validate` finds them without a server.',
  SETTINGS_INVALID: 'Correct the settings that are named (see "Settings").',
  NOT_RUNNING:
    'Check `--server` and TOWPATH_SERVER. Where the installation runs, `towpath status` shows which part is away, and `towpath up` starts what is missing.',
  PART_FAILED: 'What the part said last is shown. `towpath doctor` says what is missing.',
  PART_MISSING: '`towpath doctor` says what to install.',
  PORT_TAKEN: 'End the other program, or choose another port where the hint says.',
  JOBS_RUNNING: 'Wait for them, or use `--force`: their runs end DISRUPTED.',
  INTERNAL: 'Report it, with the log of the part: `$TOWPATH_HOME/logs/PART.log`, or what its container has printed.',
};

const all: Partial<Record<ErrorCode, string>> = remedies;

export const remedyOf = (code: ErrorCode): string | undefined => all[code];
