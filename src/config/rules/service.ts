import type { Catalog } from '../catalog.js';
import { chooseRuntime } from '../connection.js';
import type { Application, Channel, Service } from '../model.js';
import { nearest, suggestion } from '../suggest.js';
import { serviceProtections } from './attachments.js';
import { mustExist, type Report, type Rule } from './rule.js';

const applicationExists: Rule<Service> = ({ application }, catalog, report) =>
  mustExist(
    { name: application, path: ['service', 'application'], kind: 'application', known: catalog.applications },
    catalog,
    report,
  );

const entriesNameChannels: Rule<Service> = ({ application, channels }, catalog, report) => {
  const names = catalog.applications.get(application)?.channels.map(({ name }) => name);
  if (!names) return;
  for (const [i, { channel }] of channels.entries())
    if (!names.includes(channel))
      report({
        code: 'UNKNOWN_REFERENCE',
        path: ['service', 'perReleaseChannel', i, 'releaseChannel'],
        message: `application "${application}" has no channel "${channel}"`,
        hint: suggestion(channel, names),
      });
};

/** Without it there is nothing to run in the channel (docs/spec.md §5.1). */
const everyChannelHasValues: Rule<Service> = (service, catalog, report) => {
  if (service.values) return;
  const channels = catalog.applications.get(service.application)?.channels ?? [];
  const without = channels.filter(
    ({ name }) => !service.channels.some((entry) => entry.channel === name && entry.values),
  );
  if (without.length > 0)
    report({
      code: 'MISSING_FIELD',
      path: ['service'],
      atKey: true,
      message: `"runtimeExtension" is required, here or under "perReleaseChannel" for ${list(without)}`,
    });
};

const connectionsExist: Rule<Service> = (service, catalog, report) => {
  const application = catalog.applications.get(service.application);
  for (const problem of application ? connectionProblems(service, application, catalog) : []) report(problem);
};

type Problem = Parameters<Report>[0];

/** One mistake for each name that channels lack, one for all that leave a choice, and one for all that offer none. */
function connectionProblems(service: Service, { channels }: Application, catalog: Catalog): Problem[] {
  const lacking = new Map<string, Channel[]>();
  const problems: Problem[] = [];
  const open: Undecided[] = [];
  for (const channel of channels) {
    const choice = chooseRuntime(channel, service, catalog);
    if ('lacks' in choice) lacking.set(choice.lacks, [...(lacking.get(choice.lacks) ?? []), channel]);
    if ('isCluster' in choice)
      problems.push({
        ...at(service, channel),
        code: 'CONNECTION_MISMATCH',
        message: `in channel "${channel.name}" this is the linked cluster "${choice.isCluster}"; a service needs an extension`,
      });
    if ('extensions' in choice) open.push({ channel, extensions: choice.extensions });
  }
  return [
    ...problems,
    ...noChoice(open),
    ...[...lacking].map(([name, without]) => lacks(service, { name, without, channels })),
  ];
}

function lacks(
  service: Service,
  { name, without, channels }: { name: string; without: Channel[]; channels: Channel[] },
): Problem {
  const names = channels.flatMap(({ runtimes }) => runtimes.map((each) => each.name));
  const near = names.includes(name) ? undefined : nearest(name, names);
  return {
    ...at(service, without[0] as Channel),
    code: 'CONNECTION_MISMATCH',
    message: `connection "${name}" is missing in ${list(without)}`,
    ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
  };
}

interface Undecided {
  channel: Channel;
  /** Names of the connections that fit. */
  extensions: readonly string[];
}

function noChoice(open: readonly Undecided[]): Problem[] {
  const several = open.filter(({ extensions }) => extensions.length > 1);
  const none = open.filter(({ extensions }) => extensions.length <= 1);
  const names = [...new Set(several.flatMap(({ extensions }) => extensions))].map((each) => `"${each}"`).join(', ');
  const problem = (of: readonly Undecided[], what: string): Problem => ({
    code: 'CONNECTION_MISMATCH',
    path: ['service'],
    atKey: true,
    message: `${list(of.map(({ channel }) => channel))} ${of.length > 1 ? 'have' : 'has'} ${what}`,
  });
  return [
    ...(several.length === 0
      ? []
      : [{ ...problem(several, `several extensions: ${names}`), hint: 'name one with "runtimeConnection"' }]),
    ...(none.length === 0 ? [] : [problem(none, 'no runtime extension')]),
  ];
}

/** Where the connection of a channel is named. */
function at(service: Service, { name }: Channel): Pick<Problem, 'path'> {
  const entry = service.channels.findIndex(({ channel, connection }) => channel === name && connection !== undefined);
  return {
    path: entry < 0 ? ['service', 'runtimeConnection'] : ['service', 'perReleaseChannel', entry, 'runtimeConnection'],
  };
}

const list = (channels: readonly Channel[]): string =>
  `channel${channels.length > 1 ? 's' : ''} ${channels.map(({ name }) => `"${name}"`).join(', ')}`;

export const serviceRules: readonly Rule<Service>[] = [
  applicationExists,
  entriesNameChannels,
  everyChannelHasValues,
  connectionsExist,
  serviceProtections,
];
