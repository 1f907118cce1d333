import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';

interface Serving<Link> {
  linked: () => Promise<{ name: string; link: Link }[]>;
  /** Throws a TowpathError when its credentials cannot be read. */
  open: (link: Link) => JobGateway;
  /** Called once for a cluster; `gateway` is always that of its newest link. Answers how to stop serving it. */
  serve: (name: string, gateway: () => JobGateway) => Promise<() => void>;
  /** Called when it cannot be opened: once for each reason. */
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

/**
 * Serves clusters as they are linked, also while everything runs. A link that changed is used from the next call on, one
 * that is removed stops, and one that cannot be opened is tried again in each round: what was missing may have come.
 * Answers one round.
 */
export function serveLinked<Link>({ linked, open, serve, refused }: Serving<Link>): () => Promise<ServedCluster[]> {
  const opened = new Map<string, Open>();
  const reasons = new Map<string, string>();

  function tryOpen(name: string, link: Link): JobGateway | TowpathError {
    try {
      const gateway = open(link);
      reasons.delete(name);
      return gateway;
    } catch (error) {
      if (!(error instanceof TowpathError)) throw error;
      if (reasons.get(name) !== error.message) refused(name, error);
      reasons.set(name, error.message);
      return error;
    }
  }

  async function keep(name: string, link: Link): Promise<ServedCluster> {
    const key = JSON.stringify(link);
    const before = opened.get(name);
    if (before?.key === key) return { name, gateway: before.gateway };
    const gateway = tryOpen(name, link);
    if (gateway instanceof TowpathError)
      return { name, refusal: gateway, ...(before ? { gateway: before.gateway } : {}) };
    if (before) Object.assign(before, { key, gateway });
    else await begin(name, { key, gateway, stop: () => undefined });
    return { name, gateway };
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
