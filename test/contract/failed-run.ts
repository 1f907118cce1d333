import { parseReleaseId } from '../../src/release/ids.js';
import type { Explanation, ReleaseView, RunView } from '../../src/release/view.js';
import { finishOf, grant, keyOf, partOf } from '../store/stored.js';
import type { Served } from './served.js';

const at = '2026-01-01T00:00:00.000Z';
const end = {
  exitCode: 3,
  reason: 'Error',
  condition: 'Failed: BackoffLimitExceeded',
  startedAt: at,
  endedAt: at,
  imageId: 'my-repository@sha256:1',
  tail: ['no'],
  logBytes: 3,
  truncated: false,
  result: { message: 'no', outputs: [{ name: 'url', text: 'https://example.com' }], more: 1 },
  warnings: [],
};

/** A run in staging that failed, its log, and a view with everything that one can have. */
export async function failRun({ context: { store } }: Served, id: string): Promise<void> {
  const key = keyOf({ service: 'my-service' }, parseReleaseId(id)?.number ?? 0);
  const run = await grant(store, key);
  const job = { namespace: 'pvn-proxy-runtime-vm', name: 'job', uid: 'u-1' };
  await store.recordJob({ key, run, cluster: 'ops', ...job, specHash: 's', allottedAt: at, mainContainer: 'main' });
  await store.appendLog(key, partOf(0, 'no\n'));
  const view = (await store.release(id))?.view;
  if (!view) throw new Error(`${id} is not stored`);
  await store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED', end }, view: withRun(view, run, job) }));
}

function withRun(view: ReleaseView, run: number, job: { namespace: string; name: string; uid: string }): ReleaseView {
  const [staging, ...others] = view.channels;
  if (!staging) throw new Error('the release has no channel');
  const ended = { startedAt: at, endedAt: at, code: 'JOB_FAILED', end } as const;
  const failed: RunView = { run, command: 'apply', state: 'failed', cluster: 'ops', job, ...ended };
  const why: Explanation = {
    code: 'APPLY_FAILED',
    subject: 'job',
    message: 'exited with code 3',
    exitCode: 3,
    tail: ['no'],
  };
  return {
    ...view,
    sequence: 7,
    status: 'FAILED',
    channels: [{ ...staging, status: 'FAILED', runs: [failed], explanations: [why] }, ...others],
    decisions: [
      { channel: 'production', gate: 'approval', decision: 'approve', by: 'ann', at, counted: true, source: 'request' },
      { channel: 'x', gate: 'x', decision: 'unknown', by: 'bob', at, counted: false, why: 'x', source: 'signal' },
    ],
  };
}
