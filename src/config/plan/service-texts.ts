import type { EnvSource } from '../job/env.js';
import type { Application, Channel, Constant, Service } from '../model.js';
import type { Rendering } from './rendering.js';

/** By name: channel, then service, then the service's entry for the channel (docs/spec.md §5.2). */
export function constantsOf(channel: Channel, service: Service): Constant[] {
  const entry = service.channels.find((each) => each.channel === channel.name);
  const all = [...channel.constants, ...service.constants, ...(entry?.constants ?? [])];
  return [...new Map(all.map((constant) => [constant.name, constant])).values()];
}

/** The channel's, rendered as the service's own texts are. */
export const channelEnv = (application: Application, channel: Channel, rendering: Rendering): EnvSource => ({
  env: channel.env,
  path: ['application', 'releaseChannels', application.channels.indexOf(channel), 'policy', 'defaultEnv'],
  rendering: { ...rendering, document: `application/${application.name}` },
});

/** The service's, then those of its entry for the channel. */
export function ownEnv(service: Service, channel: string | undefined, rendering: Rendering): EnvSource[] {
  const entry = service.channels.findIndex((each) => each.channel === channel);
  return [
    { env: service.env, path: ['service', 'env'], rendering },
    { env: service.channels[entry]?.env ?? [], path: ['service', 'perReleaseChannel', entry, 'env'], rendering },
  ];
}
