import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';

interface Serving<Link> {
  linked: () => Promise<{ name: string; link: Link }[]>;
  /** Throws a TowpathError when its credentials cannot be read. */
  open: (link: Link) => JobGateway;
  /** Called once for a cluster; `gateway` is always that of its newest link. Answers how to stop serving it. */
  serve: (name: string, gateway: () => JobGateway) => Promise<() => void>;
  /** Called when it cannot be opened or served: once for each reason. */
  refused: (name: string, error: TowpathError) => void;
}

/** What became of a linked cluster: served, perhaps by an older link, or why not. */
export interface ServedCluster {
  name: string;
  gateway?: JobGateway;
  /** Why its newest link cannot be opened. */
  refusal?: TowpathError;
}

interface Open {
  key: string;
  gateway: JobGateway;
  stop: () => void;
}

const refusalOf = (error: unknown): TowpathError =>
  error instanceof TowpathError
    ? error
    : new TowpathError('INTERNAL', 'it cannot be served; the log of the worker says why', { cause: error });

/**
 * Serves clusters as they are linked, also while everything runs. A link that changed is used from the next call on, one
 * that is removed stops, and one that cannot be opened is tried again in each round: what was missing may have come.
 * Answers one round.
 */
export function serveLinked<Link>({ linked, open, serve, refused }: Serving<Link>): () => Promise<ServedCluster[]> {
  const opened = new Map<string, Open>();
  const reasons = new Map<string, string>();

  /** What is the matter with one cluster must not leave the others unserved. */
  async function keep(name: string, link: Link): Promise<ServedCluster> {
    const before = opened.get(name)?.gateway;
    try {
      const gateway = await use(name, link);
      reasons.delete(name);
      return { name, gateway };
    } catch (error) {
      const refusal = refusalOf(error);
      if (reasons.get(name) !== refusal.message) refused(name, refusal);
      reasons.set(name, refusal.message);
      return { name, refusal, ...(before ? { gateway: before } : {}) };
    }
  }

  async function use(name: string, link: Link): Promise<JobGateway> {
    const key = JSON.stringify(link);
    const before = opened.get(name);
    if (before?.key === key) return before.gateway;
    const gateway = open(link);
    if (before) Object.assign(before, { key, gateway });
    else await begin(name, { key, gateway, stop: () => undefined });
    return gateway;
  }

  async function begin(name: string, cluster: Open): Promise<void> {
    cluster.stop = await serve(name, () => cluster.gateway);
    opened.set(name, cluster);
  }

  return async () => {
    const links = await linked();
    const served: ServedCluster[] = [];
    for (const { name, link } of links) served.push(await keep(name, link));
    for (const [name, { stop }] of opened) {
      if (links.some((each) => each.name === name)) continue;
      opened.delete(name);
      stop();
    }
    return served;
  };
}
