import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';

interface Serving<Link> {
  linked: () => Promise<{ name: string; link: Link }[]>;
  /** Throws a TowpathError when its credentials cannot be read. */
  open: (link: Link) => JobGateway;
  /** Called once for a cluster; `gateway` is always that of its newest link. */
  serve: (name: string, gateway: () => JobGateway) => Promise<void>;
  /** Called when it cannot be opened: once for each reason. */
  refused: (name: string, error: TowpathError) => void;
}

/**
 * Serves clusters as they are linked, also while everything runs. A link that changed is used from the next call on, and
 * one that cannot be opened is tried again in each round: what was missing may have come. Answers one round.
 */
export function serveLinked<Link>({ linked, open, serve, refused }: Serving<Link>): () => Promise<void> {
  const opened = new Map<string, string>();
  const reasons = new Map<string, string>();
  const gateways = new Map<string, JobGateway>();

  function tryOpen(name: string, link: Link): JobGateway | undefined {
    try {
      return open(link);
    } catch (error) {
      if (!(error instanceof TowpathError)) throw error;
      if (reasons.get(name) !== error.message) refused(name, error);
      reasons.set(name, error.message);
      return undefined;
    }
  }

  return async () => {
    for (const { name, link } of await linked()) {
      const key = JSON.stringify(link);
      if (opened.get(name) === key) continue;
      const gateway = tryOpen(name, link);
      if (!gateway) continue;
      const served = gateways.has(name);
      gateways.set(name, gateway);
      opened.set(name, key);
      reasons.delete(name);
      if (!served) await serve(name, () => gateways.get(name) as JobGateway);
    }
  };
}
