import { linkFaults, type LinkFault } from './link.js';

/** What can die, or stand still. */
export const parts = {
  worker: 'worker',
  server: 'server',
  temporal: 'Temporal',
  postgres: 'PostgreSQL',
  cluster: 'API server',
  node: 'process node',
} as const;
export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];

/** The connections between them; `http` where both ends speak it and the proxy can answer in place of the server. */
export const links = {
  'client-server': { title: 'client → server', http: true },
  'server-temporal': { title: 'server → Temporal', http: false },
  'server-postgres': { title: 'server → PostgreSQL', http: false },
  'worker-temporal': { title: 'worker → Temporal', http: false },
  'worker-postgres': { title: 'worker → PostgreSQL', http: false },
  'worker-api': { title: 'worker → API server', http: true },
  'node-api': { title: 'process node → API server', http: false },
  'api-node': { title: 'API server → process node', http: false },
} as const;
export type LinkName = keyof typeof links;
export const linkNames = Object.keys(links) as LinkName[];

export type Fault =
  { part: PartName; how: 'kill' | 'hang' } | { link: LinkName; how: LinkFault } | { link: LinkName; how: '5xx' };

export const faultName = (fault: Fault): string =>
  'part' in fault ? `${fault.how} ${fault.part}` : `${fault.how} ${fault.link}`;

/** Where the release is that the fault is aimed at. The other releases of a schedule are wherever its seed puts them. */
export const phases = {
  'before-create': 'the request that creates its Job is under way and has not arrived',
  'created-unacknowledged': 'its Job exists and its program runs, and the answer to the create is under way',
  running: 'its program runs and ends after the fault',
  'finished-unobserved': 'its program runs and ends during the fault',
  waiting: 'it waits for its approval, which is given during or after the fault',
  cancelling: 'its program runs, and the request to cancel it was sent just before the fault',
} as const;
export type Phase = keyof typeof phases;
export const phaseNames = Object.keys(phases) as Phase[];

export interface Cell {
  fault: Fault;
  phase: Phase;
}

export const faults: Fault[] = [
  ...partNames.flatMap((part): Fault[] => [
    { part, how: 'kill' },
    { part, how: 'hang' },
  ]),
  ...linkNames.flatMap((link): Fault[] => [
    ...linkFaults.map((how) => ({ link, how })),
    ...(links[link].http ? [{ link, how: '5xx' as const }] : []),
  ]),
];

export const cells: Cell[] = faults.flatMap((fault) => phaseNames.map((phase) => ({ fault, phase })));

/** What the matrix of docs/guarantees.md leaves out, and why. */
export const impossible = {
  '5xx of server → Temporal, worker → Temporal':
    'gRPC: what a frontend that is away or overloaded answers is seen when Temporal is killed or stands still',
  '5xx of server → PostgreSQL, worker → PostgreSQL': 'not HTTP',
  '5xx of process node → API server': 'encrypted from end to end, and how a node bears errors is not ours',
  '5xx of API server → process node': 'encrypted from end to end',
  'server → API server': 'there is no such connection: only workers hold credentials of clusters',
  'Temporal → PostgreSQL': 'there is no such connection: the embedded Temporal keeps its own file',
  'server ↔ worker, server ↔ process node, worker ↔ process node':
    'there are no such connections: logs reach the worker by the API server',
  'API server ↔ PostgreSQL, API server ↔ Temporal': 'there are no such connections: the API server has its own etcd',
  'process node ↔ PostgreSQL, process node ↔ Temporal': 'there are no such connections',
} as const;
