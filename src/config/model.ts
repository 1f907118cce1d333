import type { GatePlan, JsonObject } from '../release/plan.js';
import type { Env } from './fields.js';
import type { ParameterDefinition, ParameterValue } from './kinds/index.js';
import type { TaskConfig } from './schema.js';

/** What the program reads: one spelling, lists for what may be left out. JSON, as it is stored. */
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
    apply: Apply;
    parameters: ParameterDefinition[];
  };
}

export interface Apply {
  env: Env;
  timeoutMs: number;
  task?: TaskConfig;
  /** The one Job of `kubernetesConfig`, parsed, as it was when the configuration was applied. */
  manifest?: { path: string; job: JsonObject };
}

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
  runtimes: { runtime: string; name: string; type?: 'EXTENSION' | 'LONG_LIVED_COMPUTE' }[];
  gates: GatePlan[];
  env: Env;
  constants: Record<string, string>;
}

export interface Service {
  kind: 'service';
  application: string;
  name: string;
  /** Absent when the channels have their own. */
  values?: ParameterValue[];
  connection?: string;
  parameters: ParameterDefinition[];
  constants: Record<string, string>;
  env: Env;
  channels: Record<string, ServiceChannel>;
}

export interface ServiceChannel {
  values?: ParameterValue[];
  /** `values` replace the service's instead of joining them by name. */
  clear: boolean;
  connection?: string;
  constants: Record<string, string>;
  env: Env;
}

export const isExtension = (runtime: ClusterRuntime | ExtensionRuntime): runtime is ExtensionRuntime =>
  'extension' in runtime;
