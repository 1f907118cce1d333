import { own } from '../../release/own.js';
import { quoted } from '../issue.js';
import type { Application, Service } from '../model.js';
import type { PlanIssue } from './rendering.js';

/** Values of the service's parameters, given when a release is started: for all channels, and for one. */
export interface StartValues {
  all: Readonly<Record<string, string>>;
  byChannel: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Values of the service's own parameters by channel and name, without defaults: what makes a version beside its text. */
export type ChannelValues = Readonly<Record<string, Readonly<Record<string, { kind: string; text: string }>>>>;

interface Effective {
  application: Application;
  service: Service;
  values: StartValues;
  /** Of the latest service version. */
  previous?: ChannelValues | undefined;
  /** Those that a release takes. */
  channels?: readonly string[] | undefined;
}

/**
 * The values of each channel: the one given for the channel, the one given for all, the one of the latest version if the
 * parameter still has that kind (docs/spec.md §3.4). Names that the service lacks stay in, so that they are reported.
 */
export function effectiveValues({ application, service, values, previous }: Effective): ChannelValues {
  const kinds = new Map(service.parameters.map(({ name, kind }) => [name, kind as string]));
  const inChannel = (channel: string): ChannelValues[string] => {
    const before = Object.entries(own(previous ?? {}, channel) ?? {}).filter(
      ([name, { kind }]) => kinds.get(name) === kind,
    );
    const given = Object.entries({ ...values.all, ...own(values.byChannel, channel) });
    return Object.fromEntries([
      ...before,
      ...given.map(([name, text]) => [name, { kind: kinds.get(name) ?? 'string', text }] as const),
    ]);
  };
  return Object.fromEntries(application.channels.map(({ name }) => [name, inChannel(name)]));
}

/** The option of the command line that gives a parameter its value in a channel; none when an earlier version does. */
export function optionOf({ all, byChannel }: StartValues, channel: string, name: string): string | undefined {
  const special = own(own(byChannel, channel) ?? {}, name);
  if (special !== undefined) return `--param-by-release-channel ${word(`${channel}=${name}=${special}`)}`;
  const general = own(all, name);
  return general === undefined ? undefined : `--param ${word(`${name}=${general}`)}`;
}

/** As it was typed, in quotes where a shell wants them or where it is long. */
const word = (text: string): string => (/^[\w.,:=@%/+-]{1,80}$/.test(text) ? text : quoted(text));

/** Channels that are asked for, or have values, and that the application does not have. */
export function unknownChannels(
  { application, service, values, channels = [] }: Effective,
  report: (issue: PlanIssue) => void,
): void {
  const known = application.channels.map(({ name }) => name);
  const options = new Map([
    ...channels.map((channel) => [channel, `--channels ${word(channel)}`] as const),
    ...Object.keys(values.byChannel).map(
      (channel) => [channel, `--param-by-release-channel ${word(channel)}=…`] as const,
    ),
  ]);
  for (const [channel, option] of options)
    if (!known.includes(channel))
      report({
        code: 'UNKNOWN_REFERENCE',
        option,
        document: `service/${service.application}/${service.name}`,
        path: ['service', 'parameters'],
        message: `application "${application.name}" has no channel "${channel}"`,
        hint: `it has ${known.map((name) => `"${name}"`).join(', ')}`,
      });
}
