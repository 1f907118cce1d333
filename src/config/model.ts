import type { GatePlan, JsonObject } from '../release/plan.js';
import type { ParameterDefinition } from './kinds/index.js';

/** What the program reads and the store keeps, as JSON: one spelling, lists for what may be left out and for what has an order. */
export type ConfigDocument = ClusterRuntime | ExtensionRuntime | Registry | Application | Service;

export interface ClusterRuntime {
  kind: 'runtime';
  name: string;
  kubernetes: { context?: string; kubeconfig?: string; inCluster?: boolean };
}

export interface ExtensionRuntime {
  kind: 'runtime';
  name: string;
  extension: {
    /** The linked cluster that its Jobs run on. */
    cluster: string;
    /** Absent: the automatic namespace (docs/spec.md §7.1). */
    namespace?: string;
    apply: Command;
    parameters: ParameterDefinition[];
  };
}

export interface Command {
  exec: Task | Manifest;
  env: EnvEntry[];
  timeoutMs: number;
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
  path: string;
  job: JsonObject;
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
}

export interface Channel {
  name: string;
  runtimes: Connection[];
  gates: GatePlan[];
  env: EnvEntry[];
  constants: Constant[];
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
}

export interface ServiceChannel {
  channel: string;
  values?: ParameterValue[];
  /** `values` replace the service's instead of joining them by name. */
  clear: boolean;
  connection?: string;
  constants: Constant[];
  env: EnvEntry[];
}

/** `key` is how it was written: `string`, or the definition's own kind. A string may be a template. */
export interface ParameterValue {
  name: string;
  key: string;
  text: string;
}

export const isExtension = (runtime: ClusterRuntime | ExtensionRuntime): runtime is ExtensionRuntime =>
  'extension' in runtime;
