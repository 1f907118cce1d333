import type { ReleasePlan } from '../../src/release/plan.js';
import type { StoredRequest } from '../../src/release/steps.js';
import { TowpathError } from '../../src/release/towpath-error.js';
import type { ReleaseView } from '../../src/release/view.js';
import type { FirstSignal, ReleaseClient } from '../../src/server/ports.js';

/** Temporal as the server sees it, in memory: what was asked of it, and answers that a test sets. */
export class FakeReleaseClient implements ReleaseClient {
  /** False: nothing answers, as when Temporal is away. */
  running = true;
  started: { id: string; plan: ReleasePlan }[] = [];
  decided: StoredRequest[] = [];
  signals: { workflowId: string; message: string; payload: unknown }[] = [];
  views = new Map<string, ReleaseView>();
  gone = new Set<string>();
  workers = 1;
  /** What a release says to a decision; undefined: no worker answers. */
  onDecide: (request: StoredRequest) => { counted: boolean; why?: string } | undefined = () => ({ counted: true });

  private answer(): void {
    if (!this.running) throw new TowpathError('NOT_RUNNING', 'Temporal did not answer');
  }

  async ping(): Promise<{ version: string }> {
    this.answer();
    return { version: 'fake' };
  }

  /** Of the Temporal namespace. */
  namespace = 'namespace-1';

  async namespaceId(): Promise<string> {
    this.answer();
    return this.namespace;
  }

  /** Ids that other releases have, as after a restored database. */
  taken = new Set<string>();

  async start(release: { id: string }, plan: ReleasePlan, first?: FirstSignal): Promise<'started' | 'other'> {
    this.answer();
    if (this.taken.has(release.id)) return 'other';
    if (first)
      this.signals.push({ workflowId: `release/${release.id}`, message: first.signal, payload: first.payload });
    if (this.started.every(({ id }) => id !== release.id)) this.started.push({ id: release.id, plan });
    return 'started';
  }

  async ask(request: StoredRequest): Promise<{ counted: boolean; why?: string } | undefined> {
    this.answer();
    if (this.started.every(({ id }) => id !== request.release))
      return { counted: false, why: 'ALREADY_DECIDED: the release is over' };
    this.decided.push(request);
    return this.onDecide(request);
  }

  async view(id: string): Promise<ReleaseView | undefined> {
    return this.running ? this.views.get(id) : undefined;
  }

  async signal(workflowId: string, message: string, payload: unknown): Promise<'sent' | 'gone'> {
    this.answer();
    if (this.gone.has(workflowId)) return 'gone';
    this.signals.push({ workflowId, message, payload });
    return 'sent';
  }

  async listed(): Promise<string[]> {
    this.answer();
    return [...this.taken];
  }

  async pollers(): Promise<number> {
    this.answer();
    return this.workers;
  }
}
