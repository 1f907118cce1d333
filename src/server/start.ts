import { randomUUID } from 'node:crypto';
import { digestOf } from '../config/canonical.js';
import { contentDigest } from '../config/plan.js';
import type { ReleasePlan } from '../release/plan.js';
import { isUnchanged } from '../release/is-unchanged.js';
import { planChanges } from '../release/plan-changes.js';
import { previewChannels } from '../release/preview.js';
import { TowpathError } from '../release/towpath-error.js';
import type { PlanAnswer, StartAnswer, StartBody } from './api.js';
import type { ServerContext } from './context.js';
import type { FirstSignal, ReleaseRow } from './ports.js';
import { planOf, sourcesOf } from './sources.js';

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
  const unchanged = last !== undefined && isUnchanged(last, plan);
  return { plan, unchanged, channels: previewChannels(plan), changes };
}

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
  const { outcome, release } = await store.createRelease({
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
  const plan = await store.plan(release.id);
  const delayed = plan && release.startedAt === undefined ? await startStored(context, { release, plan }) : undefined;
  const warnings = [...(plan?.warnings ?? []), ...(delayed === undefined ? [] : [delayed])];
  return { outcome, id: release.id, version: release.versionName, digest: release.digest, warnings };
}

/** Starts the workflow of a stored release; a sentence when Temporal does not answer. Safe to repeat. */
export async function startStored(
  { store, releases }: Pick<ServerContext, 'store' | 'releases'>,
  { release, plan, first }: { release: ReleaseRow; plan: ReleasePlan; first?: FirstSignal | undefined },
): Promise<string | undefined> {
  try {
    await releases.start(release, plan, first);
  } catch (error) {
    if (!(error instanceof TowpathError) || error.code !== 'NOT_RUNNING') throw error;
    return `${error.message}: the release is stored, and starts when it does`;
  }
  await store.markStarted(release.id);
  return undefined;
}
