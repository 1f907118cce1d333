import { logNextHeader } from '../release/log-positions.js';
import type { ReleaseView, RunResult } from '../release/view.js';
import type {
  ApplyBody,
  CommandBody,
  ConfigDetail,
  ConfigsAnswer,
  ConfigsBody,
  ConfigSummary,
  ConfigVersion,
  DecisionAnswer,
  DecisionBody,
  DiffAnswer,
  LinkBody,
  OpenRun,
  PlanAnswer,
  RegistryBody,
  RegistrySummary,
  ReleaseSummary,
  RevertAnswer,
  RevertBody,
  RunSummary,
  RuntimeSummary,
  StartAnswer,
  StartBody,
  StatusAnswer,
  VersionAnswer,
  VersionBody,
} from '../server/api.js';
import type { DeleteAnswer, DeleteBody } from '../server/api/delete-config.js';
import type { RestoredAnswer } from '../server/api/status.js';
import type { ServiceDetail, ServiceSummary } from '../server/api/services.js';
import type { Http } from './http.js';
import { readEvents } from './server-sent-events.js';

export interface RunRef {
  id: string;
  channel: string;
  run: number;
}

const root = '/api/v1';
const post = (path: string, body: unknown, timeoutMs?: number) =>
  ({ method: 'POST', path: `${root}${path}`, body, ...(timeoutMs === undefined ? {} : { timeoutMs }) }) as const;
const get = (path: string, query: Record<string, string | number | boolean | undefined> = {}) =>
  ({ path: `${root}${path}`, query }) as const;
/** A service's key has a slash, which is the path's. */
const pathOf = (kind: string, key: string): string => [kind, ...key.split('/')].map(encodeURIComponent).join('/');
/** An id is `app/service/7`: its slashes are the path's. */
const release = (id: string): string => `/releases/${id.split('/').map(encodeURIComponent).join('/')}`;
const runOf = ({ id, channel, run }: RunRef): string => `${release(id)}/runs/${encodeURIComponent(channel)}/${run}`;

/** A stream that says nothing for this long is taken for dead: the server sends a comment every 15 s. */
const silenceMs = 40_000;

/** The routes of `src/server/api.ts`, one function each. */
export const createApi = (http: Http) => ({
  status: () => http.json<StatusAnswer>({ ...get('/status'), timeoutMs: 15_000 }),
  adoptTemporal: () => http.json<{ namespaceId: string }>(post('/temporal/adopt', {})),
  databaseRestored: () => http.json<RestoredAnswer>(post('/store/restored', {})),
  validate: (body: ConfigsBody) => http.json<ConfigsAnswer>(post('/configs/validate', body, 60_000)),
  diff: (body: ConfigsBody) => http.json<DiffAnswer>(post('/configs/diff', body, 60_000)),
  apply: (body: ApplyBody) => http.json<ConfigsAnswer>(post('/configs/apply', body, 60_000)),
  deleteConfig: (body: DeleteBody) => http.json<DeleteAnswer>(post('/configs/delete', body)),
  configs: () => http.json<ConfigSummary[]>(get('/configs')),
  config: (kind: string, key: string, version?: number) =>
    http.json<ConfigDetail>(get(`/configs/${pathOf(kind, key)}`, version === undefined ? {} : { version })),
  configVersions: (kind: string, key: string) =>
    http.json<ConfigVersion[]>(get(`/config-versions/${pathOf(kind, key)}`)),
  revertConfig: (body: RevertBody) => http.json<RevertAnswer>(post('/configs/revert', body, 60_000)),
  plan: (body: StartBody) => http.json<PlanAnswer>(post('/plans', body, 60_000)),
  start: (body: StartBody & { key: string }) => http.json<StartAnswer>(post('/releases', body, 60_000)),
  createVersion: (body: VersionBody) => http.json<VersionAnswer>(post('/versions', body, 60_000)),
  releases: (filter: { application?: string; service?: string; limit?: number }) =>
    http.json<ReleaseSummary[]>(get('/releases', filter)),
  services: (filter: { application?: string }) => http.json<ServiceSummary[]>(get('/services', filter)),
  service: (of: { application: string; service: string }) =>
    http.json<ServiceDetail>(get(`/services/${encodeURIComponent(of.application)}/${encodeURIComponent(of.service)}`)),
  release: (id: string) => http.json<ReleaseView>(get(release(id))),
  /** Every view of a release as it changes, until the connection ends. */
  async *events(id: string, signal?: AbortSignal): AsyncGenerator<ReleaseView> {
    const accept = 'text/event-stream';
    const answer = await http.open({ ...get(`${release(id)}/events`), accept, ...(signal ? { signal } : {}) });
    for await (const { event, data } of readEvents(answer, silenceMs))
      if (event === 'view') yield JSON.parse(data) as ReleaseView;
  },
  decide: (id: string, body: DecisionBody & { requestId: string }) =>
    http.json<DecisionAnswer>(post(`${release(id)}/decisions`, body, 60_000)),
  command: (id: string, body: CommandBody & { requestId: string }) =>
    http.json<DecisionAnswer>(post(`${release(id)}/commands`, body, 60_000)),
  runs: (id: string, channel?: string) => http.json<RunSummary[]>(get(`${release(id)}/runs`, { channel })),
  openRuns: () => http.json<OpenRun[]>(get('/runs', { state: 'open' })),
  /** The log from `offset` on, as far as `logNext` says; with `follow` until the run has ended and all of it was sent. */
  log: (run: RunRef, from: { offset: number; follow: boolean; signal?: AbortSignal }) =>
    http.open({
      ...get(`${runOf(run)}/log`, { offset: from.offset, follow: from.follow ? true : undefined }),
      accept: 'text/plain',
      ...(from.signal ? { signal: from.signal } : {}),
    }),
  result: (run: RunRef) => http.json<RunResult>(get(`${runOf(run)}/result`)),
  runtimes: () => http.json<RuntimeSummary[]>(get('/runtimes')),
  link: (body: LinkBody) => http.json<ConfigsAnswer>(post('/runtimes', body)),
  registries: () => http.json<RegistrySummary[]>(get('/registries')),
  addRegistry: (body: RegistryBody) => http.json<ConfigsAnswer>(post('/registries', body)),
});
export type Api = ReturnType<typeof createApi>;

/** The position at which an answer of `log` ends; one that follows does not know it, nor does a server of an earlier version. */
export function logNext({ headers }: Response): number | undefined {
  const told = headers.get(logNextHeader);
  return told === null ? undefined : Number(told);
}
