import { given } from '../release/given.js';
import type { ReleasePlan } from '../release/plan.js';
import { viewOf } from '../release/release-view.js';
import { createState } from '../release/state.js';
import type { ReleaseRow } from '../server/ports.js';
import { releases } from './schema.js';

/** Without the plan, which is large. */
export const columns = {
  id: releases.id,
  number: releases.number,
  application: releases.application,
  service: releases.service,
  digest: releases.digest,
  version: releases.version,
  versionName: releases.versionName,
  requestedBy: releases.requestedBy,
  createdAt: releases.createdAt,
  startedAt: releases.startedAt,
  rerun: releases.rerun,
  startKey: releases.startKey,
  view: releases.view,
};
type Row = { [K in keyof typeof columns]: (typeof releases.$inferSelect)[K] };

/** A release as server and client know it. */
export const releaseRow = (row: Row): ReleaseRow =>
  given({
    ...row,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString(),
    startKey: row.startKey ?? undefined,
  });

/** How the release will begin: what people see until its workflow says something. */
export const beginning = (plan: ReleasePlan, { number, requestedBy }: Pick<ReleaseRow, 'number' | 'requestedBy'>) => ({
  ...viewOf(createState(plan, { number, requestedBy, startedAt: new Date().toISOString() })),
  sequence: 0,
});
