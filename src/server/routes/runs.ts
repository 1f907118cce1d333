import { given } from '../../release/given.js';
import type { AddRoutes } from '../add-routes.js';
import type { OpenRun, RunSummary } from '../api.js';
import { jobOf } from '../job-of.js';
import type { RunRow } from '../ports.js';
import { releaseRow } from '../read-release.js';
import { releaseIdOf, releasePath } from '../release-path.js';

export const runRoutes: AddRoutes = (app, { store }) => {
  app.get('/api/v1/runs', async (c) => c.json((await store.openRuns()).map(openRun)));
  app.get(`${releasePath}/runs`, async (c) => {
    const { id } = await releaseRow(store, releaseIdOf(c));
    return c.json((await store.runs(id, c.req.query('channel'))).map(summaryOf));
  });
};

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
