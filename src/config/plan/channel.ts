import type { ChannelPlan, JobTemplate } from '../../release/plan.js';
import { digestOf } from '../canonical.js';
import { buildJob, type JobOf } from '../job/build.js';
import type { EnvSource } from '../job/env.js';
import { pullSecretName } from '../job/spec.js';
import type { Channel, ExtensionRuntime, Registry } from '../model.js';
import { namespaceOf } from '../namespace.js';
import { open } from '../template/data.js';
import { show } from '../template/show.js';
import { firstPass, secondPass, type Pass, type Planning } from './passes.js';
import { channelEnv, ownEnv } from './service-texts.js';

export interface PlannedChannel {
  plan: ChannelPlan;
  template: JobTemplate;
  runtime: ExtensionRuntime;
  registries: Registry[];
}

/** One channel of a release: the two passes of docs/spec.md §6.2. Undefined when its Job cannot be made, which is reported. */
export function planChannel(channel: Channel, runtime: ExtensionRuntime, of: Planning): PlannedChannel | undefined {
  const first = firstPass(channel, runtime, of);
  const { params, rendering } = secondPass(channel, { runtime, first, of });
  const instance = {
    application: of.application.name,
    service: of.service.name,
    channel: channel.name,
    version: of.release?.version ?? '',
  };
  const job: JobOf = {
    instance,
    command: runtime.extension.apply,
    namespace: namespaceOf(runtime).name,
    catalog: of.catalog,
    serviceEnv: serviceEnv(channel, of, first),
    rendering,
  };
  const built = buildJob(job);
  if (!built) return undefined;
  const { template, ttlMs, registries } = built;
  const apply = {
    job: digestOf(template),
    timeoutMs: runtime.extension.apply.timeoutMs,
    ttlMs,
    pullSecrets: registries.flatMap((registry) =>
      registry.pullSecret ? [{ registry: registry.name, from: registry.pullSecret, as: pullSecretName(registry) }] : [],
    ),
  };
  const plan: ChannelPlan = {
    name: channel.name,
    gates: channel.gates,
    runtime: runtime.name,
    cluster: runtime.extension.cluster,
    namespace: namespaceOf(runtime),
    supersede: 'latestWins',
    apply,
    parameters: [...params].flatMap(([name, value]) => (value === open ? [] : [{ name, value: show(value) }])),
  };
  return { plan, template, runtime, registries };
}

/** Sources 1 to 3 of docs/spec.md §7.6: channel, service, the service's entry for the channel. */
function serviceEnv(channel: Channel, { application, service }: Planning, rendering: Pass): EnvSource[] {
  return [channelEnv(application, channel, rendering), ...ownEnv(service, channel.name, rendering)];
}
