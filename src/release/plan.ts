/** Data that survives JSON unchanged. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * Everything a release will do, resolved before anything runs (docs/spec.md §9.12). It is the input of the release's
 * workflow, whole, so that a running release depends on nothing that can change. It has no release number.
 */
export interface ReleasePlan {
  application: string;
  service: string;
  /** The service version: a number per service and its display name. */
  version: { number: number; name: string };
  /** SHA-256 (hex) of what the release pins; what approvals and convergence refer to. */
  digest: string;
  /** Config versions the plan was made from, by `kind/name`. */
  pinned: Record<string, number>;
  channels: ChannelPlan[];
  /** Job templates by their digest (SHA-256, hex, of the canonical JSON); equal Jobs are stored once. */
  jobs: Record<string, JobTemplate>;
  /**
   * What was given for the service's own parameters, by channel and name, and the kind it was given for: the next version
   * starts from it (docs/spec.md §3.4).
   */
  values?: Readonly<Record<string, Readonly<Record<string, { kind: string; text: string }>>>>;
  warnings: string[];
}

export interface ChannelPlan {
  name: string;
  gates: GatePlan[];
  /** The extension that runs the commands. */
  runtime: string;
  /** The linked Kubernetes runtime its Jobs run on (proxy runtime). */
  cluster: string;
  /** `managed`: the automatic namespace, created and owned by us (docs/spec.md §7.1). */
  namespace: { name: string; managed: boolean };
  supersede: 'latestWins';
  apply: ApplyPlan;
  /** Resolved values of the runtime's parameters, for people. Never secrets. */
  parameters: { name: string; value: string }[];
}

export type GatePlan = { kind: 'stable'; channel: string } | { kind: 'approval'; name: string; description?: string };

export interface CommandPlan {
  /** Key into `jobs`. */
  job: string;
  /** After this the worker ends the Job (docs/spec.md §7.3). */
  timeoutMs: number;
  /** How long the finished Job is kept. */
  ttlMs: number;
  /** Secrets to copy into the Job's namespace before the Job is created (docs/spec.md §7.5). */
  pullSecrets: PullSecret[];
}

/** What only the command that changes something has (docs/spec.md §2.5). */
export interface ApplyPlan extends CommandPlan {
  /** Exit codes after which it runs again, and when (docs/spec.md §8.4). */
  retry?: RetryPlan;
  /** It may run again after a run that Kubernetes broke off (docs/spec.md §7.8). */
  idempotent?: true;
  /** Set when it may run more than once: after so long without success nothing new begins (docs/spec.md §8.7). */
  progressDeadlineMs?: number;
  /** How many apply Jobs of the runtime may be there at once, over all services and channels (docs/spec.md §8.5). */
  maxConcurrency?: number;
}

export interface RetryPlan {
  exitCodes: number[];
  /** The first pause; it doubles up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  /** Runs in all; unlimited when it is absent. */
  attempts?: number;
}

export interface PullSecret {
  registry: string;
  from: { namespace: string; name: string };
  /** `towpath-pull-{registry}` */
  as: string;
}

/**
 * A batch/v1 Job as it will be created, but for what only a run knows: name, our labels and annotations, and the
 * variables TOWPATH_RELEASE_ID and TOWPATH_RUN of the main container. `beginRun` fills these in by name.
 */
export interface JobTemplate {
  /** Prefix of the Job's name, at most 40 characters (docs/spec.md §7.2). */
  prefix: string;
  /** The container whose exit code, log and result count. */
  mainContainer: string;
  manifest: JsonObject;
}
