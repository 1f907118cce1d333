import { randomUUID } from 'node:crypto';
import { digestOf } from '../config/canonical.js';
import { contentDigest } from '../config/plan.js';
import { isUnchanged } from '../release/is-unchanged.js';
import type { ReleasePlan } from '../release/plan.js';
import { planChanges } from '../release/plan-changes.js';
import { previewChannels } from '../release/preview.js';
import type { PlanAnswer, StartAnswer, StartBody } from './api.js';
import type { ServerContext } from './context.js';
import type { ReleaseRow } from './ports.js';
import { planOf, sourcesOf } from './sources.js';
import { startStored } from './start-stored.js';

/** The plan that a start would make now. */
export async function previewRelease({ store }: ServerContext, body: StartBody): Promise<PlanAnswer> {
  const { sources: now, fixed } = await sourcesOf(store, body);
  const { application, name } = now.service;
  const [last] = await store.releases({ application, service: name, limit: 1 });
  const sources = { ...now, previous: fixed?.values ?? (await store.latestValues(application, name)) };
  const version = fixed?.number ?? (await store.versionOf(application, name, contentDigest(sources)));
  const plan = planOf(sources, { version, release: (last?.number ?? 0) + 1 });
  const before = last && (await store.plan(last.id));
  const changes = { ...(last ? { since: last.id } : {}), channels: planChanges(before, plan) };
  const unchanged = last !== undefined && (await standsFor(store, last, plan));
  return { plan, unchanged, channels: previewChannels(plan), changes };
}

/** Whether a release that was started before does what the plan would, as `createRelease` decides it. */
const standsFor = async (store: ServerContext['store'], last: ReleaseRow, plan: ReleasePlan): Promise<boolean> =>
  isUnchanged(last, plan) && !(await store.cancelAsked(last));

/**
 * Stores a release with its number and plan, then starts its workflow. A Temporal that does not answer delays the start and
 * loses nothing: the dispatcher starts what is stored.
 */
export async function startRelease(context: ServerContext, body: StartBody, by: string): Promise<StartAnswer> {
  const { store } = context;
  const { sources, fixed } = await sourcesOf(store, body);
  const { service, values, channels } = sources;
  const rerun = body.rerun ?? false;
  const asked = { service: `${service.application}/${service.name}`, values, channels, rerun, version: fixed?.number };
  const created = await store.createRelease({
    application: service.application,
    service: service.name,
    key: body.key ?? randomUUID(),
    requestDigest: digestOf(asked),
    contentDigest: (previous) => contentDigest({ ...sources, previous }),
    requestedBy: by,
    rerun,
    ...(fixed ? { version: fixed.number } : {}),
    plan: ({ previous, ...numbers }) => planOf({ ...sources, previous: fixed?.values ?? previous }, numbers),
  });
  const { outcome, release } = created;
  const plan = 'plan' in created ? created.plan : await store.plan(release.id);
  return { outcome, ...(await begin(context, { release, plan, isNew: outcome === 'created' })) };
}

/** Unless it has begun before. Its number may become another one. */
async function begin(
  context: ServerContext,
  { release, plan, isNew }: { release: ReleaseRow; plan: ReleasePlan | undefined; isNew: boolean },
): Promise<Omit<StartAnswer, 'outcome'>> {
  const unstarted = plan && release.startedAt === undefined;
  const begun = unstarted ? await startStored(context, { release, plan, isNew }) : undefined;
  const { id, versionName, digest } = begun?.release ?? release;
  const warnings = [...(plan?.warnings ?? []), ...(begun?.remarks ?? [])];
  return { id, version: versionName, digest, warnings };
}
