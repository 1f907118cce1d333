import { z } from 'zod';
import { given } from '../../release/given.js';
import { ReleaseSummary } from '../api/releases.js';
import { StartAnswer, StartBody } from '../api/start.js';
import { ReleaseView } from '../api/view.js';
import { withRuns } from '../overlay.js';
import type { ReleaseRow, RunRow, ServedCluster } from '../ports.js';
import { readRelease } from '../read-release.js';
import { ReleaseParams, releaseIdOf, releasePath } from '../release-path.js';
import { jsonRoute } from '../route.js';
import { startRelease } from '../start.js';

const subject = 'releases';

export const releaseRoutes = [
  jsonRoute({
    method: 'post',
    path: '/api/v1/releases',
    subject,
    operationId: 'startRelease',
    summary: 'Starts a release of a service',
    repeat:
      'with a `key`, the same key and content is the same release and answers `existing`; other content is refused with ' +
      'KEY_REUSED. Without one, content that the newest release has already answers `unchanged` and starts nothing, unless ' +
      '`rerun`: so give a key with `rerun`.',
    body: StartBody,
    answer: StartAnswer,
    statuses: { 200: 'unchanged, or the key was known', 201: 'created' },
    status: ({ outcome }) => (outcome === 'created' ? 201 : 200),
    problems: ['NOT_FOUND', 'KEY_REUSED', 'CONFIG_INVALID', 'NOT_ACTIVE_YET', 'PLAN_TOO_LARGE'],
    handle: (context, { body, by }) => startRelease(context, body, by),
  }),
  jsonRoute({
    method: 'get',
    path: '/api/v1/releases',
    subject,
    operationId: 'listReleases',
    summary: 'The newest releases first',
    query: z.strictObject({
      application: z.string().exactOptional(),
      service: z.string().exactOptional().meta({ description: 'Its name, without the application.' }),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    answer: z.array(ReleaseSummary),
    async handle({ store }, { query }) {
      const rows = await store.releases(given(query));
      const [open, served] = [await store.openRuns(), await store.served()];
      return rows.map((row) => summaryOf(row, open, served));
    },
  }),
  jsonRoute({
    method: 'get',
    path: releasePath,
    subject,
    operationId: 'getRelease',
    summary: 'One release as it is now',
    description: 'Live when a worker answers, else as it was written last; with what is known of its runs.',
    params: ReleaseParams,
    answer: ReleaseView,
    problems: ['NOT_FOUND'],
    handle: (context, { params }) => readRelease(context, releaseIdOf(params)),
  }),
];

/** A run that is open counts before the release has said so. */
function summaryOf(
  { id, view, versionName, requestedBy, createdAt }: ReleaseRow,
  open: RunRow[],
  served: ReadonlyMap<string, ServedCluster>,
): ReleaseSummary {
  const mine = open.filter(({ release }) => release === id);
  const { status, channels } = withRuns(view, mine, served);
  return {
    id,
    status,
    version: versionName,
    requestedBy,
    createdAt,
    channels: channels.map((channel) =>
      given({ name: channel.name, status: channel.status, reason: channel.explanations[0]?.code }),
    ),
  };
}
