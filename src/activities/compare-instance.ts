import { given } from '../release/given.js';
import type { BeginRunInput } from '../release/steps.js';
import { listedJobs } from './listed-jobs.js';
import type { Gateways, Manifests, ObservedJob, RunStore, SeenJob } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
}

/** Tells the store which Jobs its cluster has of an instance; answers why the run has to wait, if it has to. */
export async function compareInstance(
  { store, gateways, manifests }: Dependencies,
  { key, cluster }: BeginRunInput,
  epoch: number,
): ReturnType<RunStore['compareInstance']> {
  const gateway = gateways(cluster);
  const installation = await store.installationId();
  const { application, service, channel } = key;
  const of = { installation, instance: { application, service, channel } };
  const jobs: SeenJob[] = [];
  for await (const items of listedJobs(gateway, of)) jobs.push(...items.map((job) => seen(cluster, job)));
  return store.compareInstance(key, { epoch, jobs });

  function seen(on: string, job: ObservedJob): SeenJob {
    const { namespace, name, uid, end } = job;
    const active = end === undefined && !manifests.isTombstone(job, installation);
    return { ...given({ cluster: on, namespace, name, uid, of: manifests.runOf(job) }), active };
  }
}
