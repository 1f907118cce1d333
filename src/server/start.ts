import { randomUUID } from 'node:crypto';
import { digestOf } from '../config/canonical.js';
import type { Application, ConfigDocument, Service } from '../config/model.js';
import { placeStored } from '../config/place-stored.js';
import { contentDigest, makePlan, type PlanInput } from '../config/plan.js';
import { nearest } from '../config/suggest.js';
import type { ReleasePlan } from '../release/plan.js';
import { isUnchanged } from '../release/is-unchanged.js';
import { planChanges } from '../release/plan-changes.js';
import { TowpathError } from '../release/towpath-error.js';
import type { PlanAnswer, StartAnswer, StartBody } from './api.js';
import type { ServerContext } from './context.js';
import type { FirstSignal, ReleaseRow, StoredConfig } from './ports.js';
import { IssuesError } from './problem.js';

type Sources = Omit<PlanInput, 'version' | 'release'>;

/** What a release of a service depends on, as it is stored now. */
function sourcesOf(configs: readonly StoredConfig[], body: StartBody): Sources {
  const service = findService(configs, body);
  const documents = configs.map(({ document }) => document as unknown as ConfigDocument);
  const application = documents.find(
    (each): each is Application => each.kind === 'application' && each.name === service.application,
  );
  if (!application)
    throw new TowpathError(
      'NOT_FOUND',
      `application "${service.application}" of service "${service.name}" is not stored`,
    );
  return {
    documents,
    application,
    service,
    versions: Object.fromEntries(configs.map(({ kind, key, version }) => [`${kind}/${key}`, version])),
    values: { all: body.parameters ?? {}, byChannel: body.parametersByChannel ?? {} },
    channels: body.channels && [...new Set(body.channels)].sort(),
  };
}

/** By `app/service`, or by a name that only one application has. */
function findService(configs: readonly StoredConfig[], { service, application }: StartBody): Service {
  const services = configs.filter(({ kind }) => kind === 'service');
  const wanted = application === undefined || service.includes('/') ? service : `${application}/${service}`;
  const found = services.filter(({ key }) => key === wanted || (!wanted.includes('/') && key.endsWith(`/${wanted}`)));
  const [only] = found;
  if (only && found.length === 1) return only.document as unknown as Service;
  const keys = (only ? found : services).map(({ key }) => key);
  if (only)
    throw new TowpathError('BAD_REQUEST', `several applications have a service "${wanted}"`, {
      hint: `name one of ${keys.join(', ')}`,
    });
  const near =
    nearest(wanted, keys) ??
    nearest(
      wanted,
      keys.map((key) => key.slice(key.indexOf('/') + 1)),
    );
  throw new TowpathError('NOT_FOUND', `service "${wanted}" is not stored`, {
    hint: near === undefined ? 'store it with `towpath configs apply`' : `did you mean "${near}"?`,
  });
}

/** The plan, or IssuesError with everything that is wrong with it: placed in the stored text of its document. */
function planOf(
  sources: Sources,
  numbers: { version: number; release: number },
  configs: readonly StoredConfig[],
): ReleasePlan {
  const planned = makePlan({ ...sources, ...numbers });
  if ('plan' in planned) return planned.plan;
  const texts = new Map(configs.map(({ kind, key, text }) => [`${kind}/${key}`, text]));
  throw new IssuesError('the release cannot be planned, nothing was started', placeStored(planned.issues, texts));
}

/** The plan that a start would make now. */
export async function previewRelease({ store }: ServerContext, body: StartBody): Promise<PlanAnswer> {
  const configs = await store.configs();
  const now = sourcesOf(configs, body);
  const { application, name } = now.service;
  const [last] = await store.releases({ application, service: name, limit: 1 });
  const before = last && (await store.plan(last.id));
  const sources = { ...now, previous: before?.values };
  const version = await store.versionOf(application, name, contentDigest(sources));
  const plan = planOf(sources, { version, release: (last?.number ?? 0) + 1 }, configs);
  const changes = { ...(last ? { since: last.id } : {}), channels: planChanges(before, plan) };
  return { plan, unchanged: last !== undefined && isUnchanged(last, plan), changes };
}

/**
 * Stores a release with its number and plan, then starts its workflow. A Temporal that does not answer delays the start and
 * loses nothing: the dispatcher starts what is stored.
 */
export async function startRelease(context: ServerContext, body: StartBody, by: string): Promise<StartAnswer> {
  const { store } = context;
  const configs = await store.configs();
  const sources = sourcesOf(configs, body);
  const { service, values, channels } = sources;
  const rerun = body.rerun ?? false;
  const { outcome, release } = await store.createRelease({
    application: service.application,
    service: service.name,
    key: body.key ?? randomUUID(),
    requestDigest: digestOf({ service: `${service.application}/${service.name}`, values, channels, rerun }),
    contentDigest: (previous) => contentDigest({ ...sources, previous: previous?.values }),
    requestedBy: by,
    rerun,
    plan: ({ previous, ...numbers }) => planOf({ ...sources, previous: previous?.values }, numbers, configs),
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
