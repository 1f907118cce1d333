import { z } from 'zod';
import { given } from '../../release/given.js';
import { OpenRun, RunSummary } from '../api/runs.js';
import { jobOf } from '../job-of.js';
import type { RunRow } from '../ports.js';
import { releaseRow } from '../read-release.js';
import { ReleaseParams, releaseIdOf, releasePath } from '../release-path.js';
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
];

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
