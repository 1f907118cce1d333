import { z } from 'zod';
import { given } from '../../release/given.js';
import { TowpathError } from '../../release/towpath-error.js';
import { OpenRun, RunSummary } from '../api/runs.js';
import { RunResult } from '../api/view.js';
import { jobOf } from '../job-of.js';
import type { RunRow } from '../ports.js';
import { releaseRow } from '../read-release.js';
import { ReleaseParams, releaseIdOf, releasePath, RunParams } from '../release-path.js';
import { jsonRoute } from '../route.js';

export const runRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/runs',
    subject: 'runs',
    operationId: 'listOpenRuns',
    summary: 'Runs of all releases that have not ended, oldest first',
    query: z.strictObject({ state: z.literal('open').default('open') }),
    answer: z.array(OpenRun),
    handle: async ({ store }) => (await store.openRuns()).map(openRun),
  }),
  jsonRoute({
    method: 'get',
    path: `${releasePath}/runs`,
    subject: 'runs',
    operationId: 'listRuns',
    summary: 'The runs of a release',
    params: ReleaseParams,
    query: z.strictObject({ channel: z.string().exactOptional() }),
    answer: z.array(RunSummary),
    problems: ['NOT_FOUND'],
    async handle({ store }, { params, query }) {
      const { id } = await releaseRow(store, releaseIdOf(params));
      return (await store.runs(id, query.channel)).map(summaryOf);
    },
  }),
  jsonRoute({
    method: 'get',
    path: `${releasePath}/runs/:channel/:run/result`,
    subject: 'runs',
    operationId: 'readResult',
    summary: 'What the program of a run reported, whole',
    description: 'Large results are kept as long as the log of their run (setting logRetention).',
    params: RunParams,
    answer: RunResult,
    problems: ['NOT_FOUND'],
    async handle({ store }, { params }) {
      const { id } = await releaseRow(store, releaseIdOf(params));
      const { channel, run } = params;
      const found = (await store.runs(id, channel)).find((row) => String(row.run) === run);
      if (!found) throw new TowpathError('NOT_FOUND', `release "${id}" has no run ${run} in channel "${channel}"`);
      const result = await store.result(id, channel, found.run);
      if (result) return result as z.input<typeof RunResult>;
      throw new TowpathError('NOT_FOUND', `run ${run} in channel "${channel}" of release "${id}" ${whyNone(found)}`);
    },
  }),
];

function whyNone({ state, end }: RunRow): string {
  if (state === 'open') return 'has not ended yet';
  return end?.largeResult ? 'had a result that is not kept any more (setting logRetention)' : 'reported nothing';
}

const summaryOf = (row: RunRow): RunSummary =>
  given({
    channel: row.channel,
    run: row.run,
    command: row.command,
    state: row.state,
    code: row.code,
    job: jobOf(row),
    startedAt: row.allottedAt,
    endedAt: row.endedAt,
    exitCode: row.end?.exitCode,
    logBytes: row.logBytes,
    logSha256: row.logSha256,
    waiting: row.waiting,
  });

const openRun = (row: RunRow): OpenRun =>
  given({
    release: row.release,
    channel: row.channel,
    run: row.run,
    command: row.command,
    cluster: row.cluster ?? '',
    job: jobOf(row),
    startedAt: row.allottedAt,
  });
