import { given } from '../release/given.js';
import type { GatePlan } from '../release/plan.js';
import type {
  Apply,
  Application,
  ClusterRuntime,
  ExtensionRuntime,
  Registry,
  Service,
  ServiceChannel,
} from './model.js';
import type { Written } from './schema.js';

const hour = 3_600_000;

/** One spelling, defaults filled in, lists where something may be left out. The fields have been checked before. */
export const normalize = {
  runtime(written: Written['runtime'], manifest?: Apply['manifest']): ClusterRuntime | ExtensionRuntime {
    const { name, kubernetes } = written;
    const extension = written.extension ?? written.custom;
    if (!extension) return { kind: 'runtime', name, kubernetes: given(kubernetes ?? {}) };
    const { proxyRuntime, apply, parameters = [] } = extension;
    return {
      kind: 'runtime',
      name,
      extension: given({
        cluster: proxyRuntime.runtime,
        namespace: proxyRuntime.containerOrchestration?.k8s.namespace,
        apply: given({ env: apply.env ?? {}, timeoutMs: apply.timeout ?? hour, task: apply.taskConfig, manifest }),
        parameters,
      }),
    };
  },

  containerRegistry({ name, url, pullSecret }: Written['containerRegistry']): Registry {
    return given({
      kind: 'containerRegistry' as const,
      name,
      host: registryHost(url) ?? url,
      pullSecret: pullSecret?.kubernetesSecret,
    });
  },

  application({ name, releaseChannels }: Written['application']): Application {
    const channels = releaseChannels.map((channel) => ({
      name: channel.name,
      runtimes: channel.runtimes.map((each) =>
        given({ runtime: each.runtime, name: each.name || each.runtime, type: each.type }),
      ),
      gates: (channel.preconditions ?? []).map(gate),
      env: channel.policy?.defaultEnv ?? {},
      constants: constants(channel.constants),
    }));
    return { kind: 'application', name, channels };
  },

  service(written: Written['service']): Service {
    const channels = (written.perReleaseChannel ?? []).map((entry): [string, ServiceChannel] => {
      const own = entry.runtimeExtension ?? entry.customRuntime;
      return [
        entry.releaseChannel,
        given({
          values: own?.parameterValues,
          clear: own?.clearOnPerReleaseChannelMerge ?? false,
          connection: entry.runtimeConnection || undefined,
          constants: constants(entry.constants),
          env: entry.env ?? {},
        }),
      ];
    });
    const own = written.runtimeExtension ?? written.customRuntime;
    return given({
      kind: 'service' as const,
      application: written.application,
      name: written.name,
      values: own && (own.parameterValues ?? []),
      connection: written.runtimeConnection || undefined,
      parameters: written.parameters ?? [],
      constants: constants(written.constants),
      env: written.env ?? {},
      channels: Object.fromEntries(channels),
    });
  },
};

const constants = (list: { name: string; string: { value: string } }[] = []): Record<string, string> =>
  Object.fromEntries(list.map((each) => [each.name, each.string.value]));

function gate(
  written: NonNullable<Written['application']['releaseChannels'][number]['preconditions']>[number],
): GatePlan {
  if (written.releaseChannelStable) return { kind: 'stable', channel: written.releaseChannelStable.releaseChannel };
  const { name = 'approval', description } = written.manualApproval ?? {};
  return given({ kind: 'approval' as const, name, description });
}

/** The host, with a port, of a registry's URL; undefined when it has a path that does not belong there (docs/spec.md §2.3). */
export function registryHost(url: string): string | undefined {
  if (/^(https?:\/\/)?index\.docker\.io\/v1\/?$/.test(url)) return 'docker.io';
  const match = /^(?:https?:\/\/)?([A-Za-z0-9.-]+(?::[0-9]+)?)\/?$/.exec(url);
  return match?.[1]?.toLowerCase();
}
