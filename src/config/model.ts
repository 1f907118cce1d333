import type { JsonObject } from '../release/plan.js';
import type { ParameterDefinition } from './kinds/index.js';

/** What the program reads and the store keeps, as JSON: one spelling, lists for what may be left out and for what has an order. */
export type ConfigDocument =
  ClusterRuntime | ExtensionRuntime | Registry | Application | Service | Protection | DeliveryExtension;

export interface ClusterRuntime {
  kind: 'runtime';
  name: string;
  kubernetes: { context?: string; kubeconfig?: string; inCluster?: boolean };
  noAutoRollback?: true;
}

export interface ExtensionRuntime {
  kind: 'runtime';
  name: string;
  extension: {
    /** The linked cluster that its Jobs run on. */
    cluster: string;
    /** Absent: the automatic namespace (docs/spec.md §7.1). */
    namespace?: string;
    apply: ApplyCommand;
    parameters: ParameterDefinition[];
    fetch?: FetchCommand;
    getInfo?: GetInfoCommand;
    requireApprovalBeforeApply?: true;
    convergenceGracePeriodMs?: number;
    /** Means nothing but itself: another one is another digest (docs/spec.md §2.4). */
    applyId?: string;
  };
  noAutoRollback?: true;
}

export interface Command {
  exec: Task | Manifest;
  env: EnvEntry[];
  timeoutMs: number;
  /** It may be started twice. */
  idempotent?: true;
}

export interface ApplyCommand extends Command {
  retry?: Retry;
  retryableExitCodes?: number[];
  maxConcurrency?: number;
}

export interface FetchCommand extends Command {
  retry?: Retry;
  pollMs: number;
  steadyPollMs: number;
  mode: 'EXIT_CODE' | 'STRUCTURED_OUTPUT';
}

export interface GetInfoCommand extends Command {
  retry?: Retry;
  pollMs: number;
}

/** What is absent has the default of its command (docs/spec.md §2.9); without a number of attempts there is no end to them. */
export interface Retry {
  baseMs?: number;
  maxMs?: number;
  attempts?: number;
}

/** A container image and how to run it (docs/spec.md §2.6). */
export interface Task {
  kind: 'task';
  image: string | { registry: string; repository: string; tag: string };
  entrypoint?: string[];
  cmd?: string[];
  env: EnvEntry[];
  workingDirectory?: string;
  requests?: Quantities;
  limits?: Quantities;
  volumes: Volume[];
  ttlMs: number;
  serviceAccount?: string;
}

export interface Quantities {
  cpu?: string;
  memory?: string;
}

export interface Volume {
  name: string;
  /** Absent: an empty directory. */
  secretName?: string;
  memory?: boolean;
  mountPath: string;
  readOnly?: boolean;
}

/** The one Job of `kubernetesConfig`, parsed, as it was when the configuration was applied (docs/spec.md §2.8). */
export interface Manifest {
  kind: 'manifest';
  /** As it was named; absent for one that stands in the document itself. */
  path?: string;
  job: JsonObject;
  /** Nothing is added to the environment but what tells the run (docs/spec.md §7.6). */
  noEnv?: true;
}

/** Exactly one of a text and a reference to a Kubernetes Secret. */
export type EnvEntry = { name: string; value: string } | { name: string; secret: { name: string; key: string } };

export interface Registry {
  kind: 'containerRegistry';
  name: string;
  host: string;
  pullSecret?: { namespace: string; name: string };
}

export interface Application {
  kind: 'application';
  name: string;
  channels: Channel[];
  /** Gates that a fast release does not skip (docs/spec.md §9.11). */
  noBypass?: ('protections' | 'convergenceExtensions' | 'approvals' | 'releaseChannelOrdering')[];
  autoRollback?: true;
}

export interface Channel {
  name: string;
  runtimes: Connection[];
  gates: Gate[];
  env: EnvEntry[];
  constants: Constant[];
  /** Absent: latestWins. */
  supersede?: 'queue' | 'cancelActive';
  /** Absent: the channel has failed, and that is all. */
  onFailure?: { afterMs: number; silence: 'fail' | 'rollback' };
  convergence?: 'converge' | 'observe';
  protections?: Attachment[];
  serviceInstanceProtections?: Attachment[];
  convergenceProtections?: Attachment[];
  disableAllProtections?: true;
}

export type Gate = StableGate | ApprovalGate | SharedApprovalGate;

export interface StableGate {
  kind: 'stable';
  channel: string;
  /** How long without a break; absent: no time at all. */
  forMs?: number;
}

interface Approval {
  name: string;
  description?: string;
  /** Absent: one. */
  minApprovers?: number;
  approvers?: { users: string[]; groups: string[] };
  allowRequester?: boolean;
  /** Absent: never. */
  expiresAfterMs?: number;
}

export interface ApprovalGate extends Approval {
  kind: 'approval';
  everyAction?: true;
}

export interface SharedApprovalGate extends Approval {
  kind: 'sharedApproval';
}

/** A protection, where it is used (docs/spec.md §10.2). */
export interface Attachment {
  name: string;
  protection: string;
  values: ParameterValue[];
  lifecycle: Lifecycle[];
}

export type Lifecycle =
  | { at: 'preApproval' | 'postApproval' }
  | { at: 'deployment'; failure: 'BLOCK' | 'FAIL' }
  | { at: 'postDeployment'; delayMs: number; checkMs: number };

export interface Protection {
  kind: 'protection';
  name: string;
  check: { exec: Task | Manifest; env: EnvEntry[] } | Builtin;
  parameters: ParameterDefinition[];
  pollMs: number;
  /** Of each check. */
  timeoutMs: number;
}

export type Builtin =
  | { builtin: 'allowedTimes'; windows: TimeWindow[] }
  | { builtin: 'commitDenylist'; repository: string; commits: string[] }
  | { builtin: 'alwaysPassing' }
  | { builtin: 'alwaysFailing'; message?: string };

export interface TimeWindow {
  /** From Monday, which is 1; absent: every day. */
  days?: number[];
  /** Hours that are in it; absent: all. */
  hours?: number[];
  tz: string;
}

/** What a delivery extension runs, as a document or inlined in a service (docs/spec.md §10.4). */
export interface ExtensionTask extends Command {
  parameters: ParameterDefinition[];
  retry?: Retry;
  /** A template; absent: the name of the channel. */
  sharedKey?: string;
}

export interface DeliveryExtension extends ExtensionTask {
  kind: 'deliveryExtension';
  name: string;
}

export interface Connection {
  runtime: string;
  name: string;
  /** As it was written: what it is follows from the runtime (docs/spec.md §4.3). */
  type?: string;
  /** For a linked cluster only. */
  namespace?: string;
}

export interface Constant {
  name: string;
  value: string;
}

export interface Service {
  kind: 'service';
  application: string;
  name: string;
  /** Absent when the channels have their own. */
  values?: ParameterValue[];
  connection?: string;
  parameters: ParameterDefinition[];
  constants: Constant[];
  env: EnvEntry[];
  channels: ServiceChannel[];
  /** A template: the display name of a version. */
  bundleName?: string;
  progressDeadlineMs?: number;
  noAutoRollback?: true;
  convergenceExtensions?: ConvergenceExtension[];
  convergenceProtections?: Attachment[];
}

export interface ConvergenceExtension {
  /** Of what it runs; absent when that is inlined without a name. */
  name?: string;
  run: { inlined: ExtensionTask } | { ref: string; values: ParameterValue[] };
  lifecycle: 'PRE_APPROVAL' | 'POST_APPROVAL' | 'POST_DEPLOYMENT';
  dependencies: string[];
}

export interface ServiceChannel {
  channel: string;
  values?: ParameterValue[];
  /** `values` replace the service's instead of joining them by name. */
  clear: boolean;
  connection?: string;
  constants: Constant[];
  env: EnvEntry[];
  convergenceExtensions?: ConvergenceExtension[];
  protections?: Attachment[];
}

/** `key` is how it was written: `string`, or the definition's own kind. A string may be a template. */
export interface ParameterValue {
  name: string;
  key: string;
  text: string;
}

export const isExtension = (runtime: ClusterRuntime | ExtensionRuntime): runtime is ExtensionRuntime =>
  'extension' in runtime;
