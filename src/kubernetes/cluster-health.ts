import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';

/** Rights rarely change, and asking for all of them is two dozen questions. */
const rightsMs = 60_000;

/** People are not kept waiting for a request to time out. */
const slowMs = 5_000;

/** What a cluster said when it was asked last. */
export interface Health {
  /** `RUNTIME_UNREACHABLE: …` */
  trouble?: string;
  /** Rights that the worker does not have. */
  missing: readonly string[];
}

interface Known extends Health {
  rightsAt: number;
  asking: boolean;
  /** Since when an answer is waited for. */
  unansweredSince?: number;
}

/** Whether linked clusters answer, by their gateways: asked in the background, so that a silent one delays nothing. */
export class ClusterHealth {
  private readonly known = new WeakMap<JobGateway, Known>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** What is known, at once; and asks again, for the next time. */
  of(gateway: JobGateway): Health {
    const known = this.known.get(gateway) ?? { missing: [], rightsAt: Number.NEGATIVE_INFINITY, asking: false };
    this.known.set(gateway, known);
    if (!known.asking) void this.ask(gateway, known);
    const { missing, unansweredSince = Number.POSITIVE_INFINITY } = known;
    const slow =
      this.now() - unansweredSince >= slowMs ? 'RUNTIME_UNREACHABLE: reach the cluster: no answer yet' : undefined;
    const trouble = known.trouble ?? slow;
    return trouble === undefined ? { missing } : { trouble, missing };
  }

  /** Never rejects, but for a bug. */
  private async ask(gateway: JobGateway, known: Known): Promise<void> {
    known.asking = true;
    known.unansweredSince = this.now();
    try {
      await gateway.ping();
      delete known.trouble;
      delete known.unansweredSince;
      if (this.now() - known.rightsAt >= rightsMs) await this.askRights(gateway, known);
    } catch (error) {
      if (!(error instanceof TowpathError)) throw error;
      known.trouble = `${error.code}: ${error.message}`;
    } finally {
      known.asking = false;
      delete known.unansweredSince;
    }
  }

  /** A cluster that does not tell rights, or breaks off, may do its work all the same: what was known stays. */
  private async askRights(gateway: JobGateway, known: Known): Promise<void> {
    known.rightsAt = this.now();
    try {
      known.missing = await gateway.missingRights();
    } catch (error) {
      if (!(error instanceof TowpathError)) throw error;
    }
  }
}
