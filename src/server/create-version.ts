import { contentDigest } from '../config/plan.js';
import type { VersionAnswer, VersionBody } from './api.js';
import type { ServerContext } from './context.js';
import { planOf, sourcesOf } from './sources.js';

/** Stores a service version and starts nothing. It is planned as a release would be, so that one that cannot be is refused. */
export async function createVersion({ store }: ServerContext, body: VersionBody): Promise<VersionAnswer> {
  const { sources } = await sourcesOf(store, body);
  const { application, name: service } = sources.service;
  const { outcome, number, plan } = await store.createVersion({
    application,
    service,
    contentDigest: (previous) => contentDigest({ ...sources, previous }),
    plan: ({ previous, ...numbers }) => planOf({ ...sources, previous }, numbers),
  });
  return { outcome, application, service, number, version: plan.version.name, warnings: plan.warnings };
}
