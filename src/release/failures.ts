/**
 * Every way an activity can fail, and whether asking again can help (docs/spec.md §9.3). `ApplicationFailure.type` is
 * the key. The retry decision is made here, once, not at each throw.
 */
export const failures = {
  SPEC_INVALID: { retry: false, text: 'The plan of the release is not valid' },
  RENDER_FAILED: { retry: false, text: 'The Job could not be made from its template' },
  NAMESPACE_MISSING: { retry: false, text: 'The namespace does not exist' },
  NAMESPACE_NOT_OURS: { retry: false, text: 'The namespace exists and does not belong to this installation' },
  JOB_CONFLICT: { retry: false, text: 'A Job of that name exists and is not the one of this run' },
  JOB_FAILED: { retry: false, text: 'The program ended with a failure' },
  JOB_TIMED_OUT: { retry: false, text: 'The Job did not finish in time' },
  JOB_NOT_STARTING: { retry: false, text: 'The Job did not start in time' },
  DISRUPTED: {
    retry: false,
    text: 'The pod was evicted, deleted or lost with its node before the program had finished',
  },
  JOB_LOST: { retry: false, text: 'The Job disappeared before it had finished' },
  JOB_REPLACED: { retry: false, text: 'Another Job has taken the place of the one of this run' },
  PROGRESS_DEADLINE_EXCEEDED: {
    retry: false,
    text: 'It was tried again for as long as its progress deadline allows, without success',
  },
  RUNTIME_FORBIDDEN: { retry: false, text: 'The cluster refused the credentials of the worker' },
  SPEC_REFUSED: { retry: false, text: 'The cluster refused the Job' },
  RUNTIME_UNREACHABLE: { retry: true, text: 'The cluster did not answer' },
  STORE_UNREACHABLE: { retry: true, text: 'The database did not answer' },
  RESULT_TOO_LARGE: { retry: false, text: 'The result is larger than its limit' },
  RESULT_INVALID: { retry: false, text: 'The result is not a valid JSON object, or its frame in the log is broken' },
  JOB_RUNNING: { retry: true, text: 'The Job is still running' },
} as const satisfies Record<string, { retry: boolean; text: string }>;

export type FailureCode = keyof typeof failures;
