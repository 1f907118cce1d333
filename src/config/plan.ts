import { given } from '../release/given.js';
import type { ChannelPlan, JobTemplate, ReleasePlan } from '../release/plan.js';
import { canonical, digestOf } from './canonical.js';
import { chooseRuntime } from './connection.js';
import type { EnvSource } from './env.js';
import { buildJob, pullSecretName, type BuiltJob } from './job-template.js';
import type { ParameterValue } from './kinds/index.js';
import type { Application, Channel, ClusterRuntime, ExtensionRuntime, Registry, Service } from './model.js';
import { renderText, type PlanIssue, type Rendering } from './plan-issue.js';
import { resolveParameters, writtenValue, type Given } from './resolve-parameters.js';
import { show, type Data } from './template/data.js';

/** Values of the service's parameters, given when a release is started. */
export interface StartValues {
  all: Record<string, string>;
  byChannel: Record<string, Record<string, string>>;
}

export interface PlanInput {
  application: Application;
  service: Service;
  runtimes: Record<string, ClusterRuntime | ExtensionRuntime>;
  registries: Record<string, Registry>;
  /** Config versions, by `kind/name`. */
  versions: Record<string, number>;
  values: StartValues;
  /** Number of the service version. */
  version: number;
}

const limits = { plan: 1024 * 1024, warnPlan: 256 * 1024, job: 64 * 1024 };

/** Names a service version: equal content, equal digest (docs/spec.md §5.3). */
export const contentDigest = (service: Service, values: StartValues): string => digestOf({ service, values });

/** Everything a release will do, or every mistake in it. Pure: preview and start make the same plan with the same digest. */
export function makePlan(input: PlanInput): { plan: ReleasePlan } | { issues: PlanIssue[] } {
  const { application, service, versions } = input;
  const issues: PlanIssue[] = [];
  unknownChannels(input, issues);
  const version = { number: input.version, name: `v${input.version}` };
  const planned = application.channels.map((channel) =>
    planChannel(channel, { ...input, issues, versionName: version.name }),
  );
  const used = planned.flatMap((each) => (each ? [each] : []));
  const jobs: Record<string, JobTemplate> = Object.fromEntries(
    used.map(({ built, plan }) => [plan.apply.job, built.template]),
  );
  const digest = digestOf({
    application,
    service,
    runtimes: used.map(({ runtime }) => runtime),
    registries: used.map(({ built }) => built.registry ?? null),
    clusters: used.map(({ plan }) => input.runtimes[plan.cluster] ?? null),
    values: used.map(({ plan }) => plan.parameters),
  });
  const names = new Set([`application/${application.name}`, `service/${application.name}/${service.name}`]);
  for (const { plan, built } of used) {
    names.add(`runtime/${plan.runtime}`).add(`runtime/${plan.cluster}`);
    if (built.registry) names.add(`containerRegistry/${built.registry.name}`);
  }
  const pinned = Object.fromEntries(Object.entries(versions).filter(([name]) => names.has(name)));
  const plan: ReleasePlan = {
    application: application.name,
    service: service.name,
    version,
    digest,
    pinned,
    channels: used.map((each) => each.plan),
    jobs,
    warnings: [],
  };
  checkSize(plan, issues);
  if (issues.some((issue) => issue.severity !== 'warning')) return { issues };
  return { plan: { ...plan, warnings: issues.map((issue) => issue.message) } };
}

function unknownChannels({ application, service, values }: PlanInput, issues: PlanIssue[]): void {
  const known = application.channels.map(({ name }) => name);
  for (const name of Object.keys(values.byChannel))
    if (!known.includes(name))
      issues.push({
        code: 'UNKNOWN_REFERENCE',
        document: `service/${service.application}/${service.name}`,
        path: [],
        message: `application "${application.name}" has no channel "${name}"`,
        hint: `it has ${known.join(', ')}`,
      });
}

interface Planning extends PlanInput {
  issues: PlanIssue[];
  versionName: string;
}

interface PlannedChannel {
  plan: ChannelPlan;
  built: BuiltJob;
  runtime: ExtensionRuntime;
}

function planChannel(channel: Channel, of: Planning): PlannedChannel | undefined {
  const runtime = chooseRuntime(channel, of);
  if (!runtime) return undefined;
  const { application, service, registries, issues } = of;
  const { extension } = runtime;
  const serviceKey = `service/${service.application}/${service.name}`;
  const entry = service.channels[channel.name];
  const constants = { ...channel.constants, ...service.constants, ...entry?.constants };
  const data = (params: Map<string, Data>): Map<string, Data> =>
    rootData(params, { constants, channel: channel.name, runtime: runtime.name, of });
  const own = resolveParameters({
    definitions: service.parameters,
    given: startValues(channel.name, of),
    document: serviceKey,
    path: ['service', 'parameters'],
    channel: channel.name,
    registries,
    issues,
  });
  const first: Rendering = { document: serviceKey, data: data(own), issues, channel: channel.name };
  const params = resolveParameters({
    definitions: extension.parameters,
    given: runtimeValues(channel.name, extension, { ...of, rendering: first }),
    document: `runtime/${runtime.name}`,
    path: ['runtime', 'extension', 'parameters'],
    channel: channel.name,
    registries,
    issues,
  });
  const second: Rendering = { document: `runtime/${runtime.name}`, data: data(params), issues, channel: channel.name };
  const built = buildJob({
    application: application.name,
    service: service.name,
    channel: channel.name,
    version: of.versionName,
    apply: extension.apply,
    registries,
    serviceEnv: serviceEnv(channel, of, first),
    rendering: second,
  });
  const job = digestOf(built.template);
  const pull = built.registry?.pullSecret;
  const plan: ChannelPlan = {
    name: channel.name,
    gates: channel.gates,
    runtime: runtime.name,
    cluster: extension.cluster,
    namespace: {
      name: extension.namespace ?? `pvn-proxy-runtime-${runtime.name}`,
      managed: extension.namespace === undefined,
    },
    supersede: 'latestWins',
    apply: {
      job,
      timeoutMs: extension.apply.timeoutMs,
      ttlMs: built.ttlMs,
      pullSecrets:
        built.registry && pull
          ? [{ registry: built.registry.name, from: pull, as: pullSecretName(built.registry) }]
          : [],
    },
    parameters: [...params].map(([name, value]) => ({ name, value: show(value) })),
  };
  return { plan, built, runtime };
}

function rootData(
  params: Map<string, Data>,
  {
    constants,
    channel,
    runtime,
    of,
  }: { constants: Record<string, string>; channel: string; runtime: string; of: Planning },
): Map<string, Data> {
  const named = (name: string): Data => new Map<string, Data>([['Name', name]]);
  return new Map<string, Data>([
    ['Params', params],
    ['Constants', new Map<string, Data>(Object.entries(constants))],
    [
      'Builtins',
      new Map<string, Data>([
        ['ReleaseChannel', named(channel)],
        ['Runtime', named(runtime)],
        ['Application', named(of.application.name)],
        ['Service', named(of.service.name)],
        ['Release', new Map<string, Data>([['Version', of.versionName]])],
      ]),
    ],
  ]);
}

/** The channel's own value wins over the one for all channels (docs/spec.md §3.4). */
function startValues(channel: string, { values, service }: Planning): Given[] {
  const merged = { ...values.all, ...values.byChannel[channel] };
  const document = `service/${service.application}/${service.name}`;
  return Object.entries(merged).map(([name, value]) => ({ name, value, document, path: ['service', 'parameters'] }));
}

function runtimeValues(
  channel: string,
  { parameters }: ExtensionRuntime['extension'],
  { service, rendering, issues }: Planning & { rendering: Rendering },
): Given[] {
  const { document } = rendering;
  const entry = service.channels[channel];
  const position = Object.keys(service.channels).indexOf(channel);
  const common: [ParameterValue, (string | number)[]][] = (service.values ?? []).map((value, i) => [
    value,
    ['service', 'runtimeExtension', 'parameterValues', i],
  ]);
  const special: [ParameterValue, (string | number)[]][] = (entry?.values ?? []).map((value, i) => [
    value,
    ['service', 'perReleaseChannel', position, 'runtimeExtension', 'parameterValues', i],
  ]);
  const joined = entry?.clear
    ? special
    : [...common.filter(([{ name }]) => !special.some(([value]) => value.name === name)), ...special];
  if (!service.values && !entry?.values)
    issues.push({
      code: 'MISSING_FIELD',
      document,
      path: ['service'],
      message: `"runtimeExtension" is required for channel "${channel}"`,
    });
  return joined.flatMap(([value, path]) => {
    const written = writtenValue(
      value,
      parameters.find(({ name }) => name === value.name),
    );
    if ('problem' in written) {
      issues.push({ code: 'PARAMETER_INVALID', document, path, message: written.problem });
      return [];
    }
    const rendered =
      typeof written.value === 'string' ? renderText(written.value, [...path, 'string'], rendering) : written.value;
    return [{ name: value.name, value: rendered, document, path }];
  });
}

/** Sources 1 to 3 of docs/spec.md §7.6: channel, service, the service's entry for the channel. */
function serviceEnv(channel: Channel, { application, service }: Planning, rendering: Rendering): EnvSource[] {
  const i = application.channels.indexOf(channel);
  const position = Object.keys(service.channels).indexOf(channel.name);
  const ofApplication = { ...rendering, document: `application/${application.name}` };
  return [
    { env: channel.env, path: ['application', 'releaseChannels', i, 'policy', 'defaultEnv'], rendering: ofApplication },
    { env: service.env, path: ['service', 'env'], rendering },
    {
      env: service.channels[channel.name]?.env ?? {},
      path: ['service', 'perReleaseChannel', position, 'env'],
      rendering,
    },
  ];
}

function checkSize(plan: ReleasePlan, issues: PlanIssue[]): void {
  const document = `service/${plan.application}/${plan.service}`;
  const report = (message: string, severity: 'error' | 'warning' = 'error'): void =>
    void issues.push(given({ code: 'PLAN_TOO_LARGE' as const, document, path: ['service'], message, severity }));
  for (const { name, apply } of plan.channels) {
    const bytes = Buffer.byteLength(canonical(plan.jobs[apply.job]));
    if (bytes > limits.job) report(`the Job of channel "${name}" has ${bytes} bytes, more than 64 KiB`);
  }
  const bytes = Buffer.byteLength(canonical(plan));
  if (bytes > limits.plan) report(`the plan has ${bytes} bytes, more than 1 MiB`);
  else if (bytes > limits.warnPlan) report(`the plan has ${bytes} bytes`, 'warning');
}
