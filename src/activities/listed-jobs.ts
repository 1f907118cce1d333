import { orCancelled } from './clock.js';
import type { JobGateway, JobsOf, ObservedJob } from './ports.js';

/** All Jobs of an installation, or of an instance, on a cluster, piece by piece: they are never all in memory. */
export async function* listedJobs(gateway: JobGateway, of: JobsOf): AsyncGenerator<ObservedJob[]> {
  for (let from: string | undefined, more = true; more;) {
    const { items, next } = await orCancelled(() => gateway.listJobs(of, from));
    yield items;
    from = next;
    more = next !== undefined;
  }
}
