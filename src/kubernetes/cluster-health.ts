import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';

/** Whether linked clusters answer, by their gateways: asked in the background, so that a silent one delays nothing. */
export class ClusterHealth {
  private readonly asking = new Set<JobGateway>();
  private readonly answers = new WeakMap<JobGateway, string>();

  /** What was wrong with a cluster when it was asked last: `RUNTIME_UNREACHABLE: …`. Asks again. */
  trouble(gateway: JobGateway): string | undefined {
    if (!this.asking.has(gateway)) void this.ask(gateway);
    return this.answers.get(gateway);
  }

  /** Never rejects, but for a bug. */
  private async ask(gateway: JobGateway): Promise<void> {
    this.asking.add(gateway);
    try {
      await gateway.ping();
      this.answers.delete(gateway);
    } catch (error) {
      if (!(error instanceof TowpathError)) throw error;
      this.answers.set(gateway, `${error.code}: ${error.message}`);
    } finally {
      this.asking.delete(gateway);
    }
  }
}
