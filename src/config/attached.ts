import type { Path } from './issue.js';
import type { Application, Attachment, Channel, Service } from './model.js';

/** A protection where it is used, and the place of that in its document. */
export interface Attached {
  attachment: Attachment;
  at: Path;
}

const inList = (list: readonly Attachment[] = [], at: Path): Attached[] =>
  list.map((attachment, i) => ({ attachment, at: [...at, i] }));

/** What a channel says for itself, its instances and its releases (docs/spec.md §10.2). */
export function attachedTo(application: Application, channel: Channel): Attached[] {
  const at = ['application', 'releaseChannels', application.channels.indexOf(channel)];
  return [
    ...inList(channel.protections, [...at, 'protections']),
    ...inList(channel.serviceInstanceProtections, [...at, 'serviceInstanceProtections']),
    ...inList(channel.convergenceProtections, [...at, 'convergenceProtections']),
  ];
}

/** What a service says for every channel, and for one. */
export function attachedBy(service: Service, channel?: string): Attached[] {
  const entries = service.channels.flatMap((entry, i) =>
    channel === undefined || entry.channel === channel
      ? inList(entry.protections, ['service', 'perReleaseChannel', i, 'protections'])
      : [],
  );
  return [...inList(service.convergenceProtections, ['service', 'convergenceProtections']), ...entries];
}
