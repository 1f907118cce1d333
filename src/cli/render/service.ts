import type { ServiceDetail, ServiceSummary } from '../../server/api/services.js';
import type { Colors } from './colors.js';
import { paintStatus } from './status.js';
import { table, type Cell, type TableLook } from './table.js';
import { printable } from './text.js';
import { shortTime } from './time.js';

type Channel = ServiceSummary['channels'][number];

const channelHeaders = ['CHANNEL', 'STATUS', 'VERSION', 'RUN', 'RELEASE'];

function channelCells({ name, status, stable, run, release }: Channel, colors: Colors): Cell[] {
  return [
    name,
    status === undefined ? '' : { text: status, paint: paintStatus(status, colors) },
    stable === undefined ? '' : printable(stable.version),
    run === undefined ? '' : String(run),
    release ?? '',
  ];
}

/** A line for each service and channel. VERSION is what is deployed, STATUS that of the newest release there. */
export const servicesTable = (services: readonly ServiceSummary[], { colors, columns }: TableLook): string[] =>
  table(
    ['SERVICE', ...channelHeaders],
    services.flatMap(({ application, service, channels }) =>
      channels.map((channel) => [`${application}/${service}`, ...channelCells(channel, colors)]),
    ),
    { columns, names: ['SERVICE', 'CHANNEL', 'RELEASE'] },
  );

/** One service: channels, parameters with their values, and the last release. */
export function serviceLines(detail: ServiceDetail, { colors, columns }: TableLook): string[] {
  const { application, service, channels, parameters, last } = detail;
  return [
    colors.bold(`${application}/${service}`),
    lastLine(last, colors),
    '',
    ...table(
      channelHeaders,
      channels.map((channel) => channelCells(channel, colors)),
      { columns, names: ['CHANNEL', 'RELEASE'] },
    ),
    ...(parameters.length === 0 ? [] : ['', ...parametersTable(detail, columns)]),
  ];
}

function lastLine(last: ServiceDetail['last'], colors: Colors): string {
  if (!last) return 'no release yet';
  const { id, version, status, requestedBy, createdAt } = last;
  const painted = paintStatus(status, colors)(status);
  return `last release ${id} (${printable(version)})  ${painted}  ${shortTime(createdAt)} by ${printable(requestedBy)}`;
}

/** What is not given has its default, which stands in brackets. */
function parametersTable({ channels, parameters }: ServiceDetail, columns: number): string[] {
  const names = channels.map(({ name }) => name);
  return table(
    ['PARAMETER', 'KIND', ...names.map((name) => name.toUpperCase())],
    parameters.map(({ name, kind, required, values, default: usual }) => {
      const missing = usual === undefined ? (required ? 'missing' : '') : `(${printable(usual)})`;
      return [
        printable(name),
        required ? `${kind}, required` : kind,
        ...names.map((channel) => {
          const value = values[channel];
          return value === undefined ? missing : printable(value);
        }),
      ];
    }),
    { columns },
  );
}
