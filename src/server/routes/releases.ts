import type { AddRoutes } from '../add-routes.js';
import type { ReleaseSummary } from '../api.js';
import { withRuns } from '../overlay.js';
import type { ReleaseRow, RunRow } from '../ports.js';
import { readBody } from '../read-body.js';
import { readRelease } from '../read-release.js';
import { releaseIdOf, releasePath } from '../release-path.js';
import { StartBodySchema } from '../start-body.js';
import { startRelease } from '../start.js';

export const releaseRoutes: AddRoutes = (app, context) => {
  app.post('/api/v1/releases', async (c) => {
    const answer = await startRelease(context, await readBody(c, StartBodySchema), c.get('by'));
    return c.json(answer, answer.outcome === 'created' ? 201 : 200);
  });
  app.get('/api/v1/releases', async (c) => {
    const { application, service, limit } = c.req.query();
    const rows = await context.store.releases({
      limit: Math.min(Math.max(Math.floor(Number(limit ?? 50)) || 50, 1), 500),
      ...(application === undefined ? {} : { application }),
      ...(service === undefined ? {} : { service }),
    });
    const open = await context.store.openRuns();
    return c.json(rows.map((row) => summaryOf(row, open)));
  });
  app.get(releasePath, async (c) => c.json(await readRelease(context, releaseIdOf(c))));
};

/** A run that is open counts before the release has said so. */
function summaryOf({ id, view, versionName, requestedBy, createdAt }: ReleaseRow, open: RunRow[]): ReleaseSummary {
  const { status, channels } = withRuns(
    view,
    open.filter(({ release }) => release === id),
  );
  return {
    id,
    status,
    version: versionName,
    requestedBy,
    createdAt,
    channels: channels.map((channel) => ({ name: channel.name, status: channel.status })),
  };
}
