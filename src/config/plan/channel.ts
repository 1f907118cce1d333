import { given } from '../../release/given.js';
import type { ChannelPlan, GatePlan, JobTemplate } from '../../release/plan.js';
import { digestOf } from '../canonical.js';
import { commandsOf } from '../commands.js';
import { buildJob } from '../job/build.js';
import type { EnvSource } from '../job/env.js';
import { pullSecretName } from '../job/spec.js';
import type { Channel, ExtensionRuntime, Gate, Registry } from '../model.js';
import { namespaceOf } from '../namespace.js';
import { secretText } from '../kinds/secret.js';
import { open, Secret } from '../template/data.js';
import { show } from '../template/show.js';
import { firstPass, secondPass, type Pass, type Planning } from './passes.js';
import { runPolicy } from './run-policy.js';
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
  const job = {
    instance,
    namespace: namespaceOf(runtime).name,
    catalog: of.catalog,
    serviceEnv: serviceEnv(channel, of, first),
    rendering,
  };
  // Fetch and getInfo do not act yet, and are checked as apply is.
  const jobs = commandsOf(runtime).map((command) => ({ name: command.name, job: buildJob({ ...job, ...command }) }));
  const built = jobs.find(({ name }) => name === 'apply')?.job;
  if (!built) return undefined;
  const { template, ttlMs, registries } = built;
  const apply = {
    job: digestOf(template),
    timeoutMs: runtime.extension.apply.timeoutMs,
    ttlMs,
    pullSecrets: registries.flatMap((registry) =>
      registry.pullSecret ? [{ registry: registry.name, from: registry.pullSecret, as: pullSecretName(registry) }] : [],
    ),
    ...runPolicy(runtime, of.service),
  };
  const plan: ChannelPlan = {
    name: channel.name,
    gates: channel.gates.flatMap(gatePlan),
    runtime: runtime.name,
    cluster: runtime.extension.cluster,
    namespace: namespaceOf(runtime),
    supersede: 'latestWins',
    apply,
    parameters: [...params].flatMap(([name, value]) =>
      value === open ? [] : [{ name, value: value instanceof Secret ? secretText(value) : show(value) }],
    ),
  };
  return { plan, template, runtime, registries };
}

/** Sources 1 to 3 of docs/spec.md §7.6: channel, service, the service's entry for the channel. */
function serviceEnv(channel: Channel, { application, service }: Planning, rendering: Pass): EnvSource[] {
  return [channelEnv(application, channel, rendering), ...ownEnv(service, channel.name, rendering)];
}

/** What a gate has beside this does not act yet, and a release with it is refused. */
function gatePlan(gate: Gate): GatePlan[] {
  if (gate.kind === 'stable') return [{ kind: 'stable', channel: gate.channel }];
  const { kind, name, description } = gate;
  return kind === 'approval' ? [given({ kind, name, description })] : [];
}
