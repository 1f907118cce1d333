import { defaultOf } from '../config/kinds/index.js';
import type { ChannelValues } from '../config/plan.js';
import type { Application, ConfigDocument, Service } from '../config/model.js';
import { given } from '../release/given.js';
import { own } from '../release/own.js';
import { TowpathError } from '../release/towpath-error.js';
import type { ServiceDetail, ServiceSummary } from './api/services.js';
import { withRuns } from './overlay.js';
import type { ReleaseRow, RunRow, ServerStore, Standing } from './ports.js';

interface Of {
  application: string;
  service: string;
}

/** Every stored service, and how it stands; those of one application when that is named. */
export async function listServices(store: ServerStore, application?: string): Promise<ServiceSummary[]> {
  const documents = await documentsOf(store);
  const services = documents.filter(
    (each): each is Service =>
      each.kind === 'service' && (application === undefined || each.application === application),
  );
  const [standings, open] = await Promise.all([store.standings(), store.openRuns()]);
  return Promise.all(
    services.map(async (service) => {
      const of = { application: service.application, service: service.name };
      return summaryOf(of, { documents, standings, open, last: await newest(store, of) });
    }),
  );
}

/** One service, with its parameters and what they are set to in each channel. */
export async function readService(store: ServerStore, of: Of): Promise<ServiceDetail> {
  const documents = await documentsOf(store);
  const service = documents.find(
    (each): each is Service =>
      each.kind === 'service' && each.application === of.application && each.name === of.service,
  );
  if (!service)
    throw new TowpathError('NOT_FOUND', `service "${of.application}/${of.service}" is not stored`, {
      hint: '`towpath services list` shows those that are',
    });
  const [standings, open, last, values] = await Promise.all([
    store.standings(of),
    store.openRuns(),
    newest(store, of),
    store.latestValues(of.application, of.service),
  ]);
  return given({
    ...summaryOf(of, { documents, standings, open, last }),
    parameters: parametersOf(service, values),
    last: last && lastOf(last, open),
  });
}

const documentsOf = async (store: ServerStore): Promise<ConfigDocument[]> =>
  (await store.configs()).map(({ document }) => document as unknown as ConfigDocument);

const newest = async (store: ServerStore, of: Of): Promise<ReleaseRow | undefined> =>
  (await store.releases({ ...of, limit: 1 }))[0];

interface Known {
  documents: readonly ConfigDocument[];
  standings: readonly Standing[];
  open: readonly RunRow[];
  last: ReleaseRow | undefined;
}

function summaryOf(of: Of, { documents, standings, open, last }: Known): ServiceSummary {
  const application = documents.find(
    (each): each is Application => each.kind === 'application' && each.name === of.application,
  );
  const mine = standings.filter((each) => each.application === of.application && each.service === of.service);
  const channels = (application?.channels ?? []).map(({ name }) => {
    const standing = mine.find(({ channel }) => channel === name);
    return given({
      name,
      status: standing && statusOf(standing, open),
      release: standing?.newest?.release,
      stable: standing?.stable,
      run: standing?.run,
    });
  });
  return given({ ...of, version: last?.versionName, release: last?.id, channels });
}

/** A run that is open counts before its release has said so. */
function statusOf({ newest: last, channel }: Standing, open: readonly RunRow[]): string | undefined {
  const runs = open.some((run) => run.release === last?.release && run.channel === channel);
  return runs ? 'CONVERGING' : last?.status;
}

function lastOf({ id, view, versionName, requestedBy, createdAt }: ReleaseRow, open: readonly RunRow[]) {
  const { status } = withRuns(
    view,
    open.filter(({ release }) => release === id),
    new Map(), // what is wrong with a cluster changes no status
  );
  return { id, status, version: versionName, requestedBy, createdAt };
}

const parametersOf = ({ parameters }: Service, latest: ChannelValues | undefined): ServiceDetail['parameters'] =>
  parameters.map((definition) => {
    const { name, kind, description, required } = definition;
    const values = Object.entries(latest ?? {}).flatMap(([channel, all]) => {
      const value = own(all, name);
      return value ? [[channel, value.text] as const] : [];
    });
    return given({
      name,
      kind,
      description,
      required,
      default: defaultOf(definition),
      values: Object.fromEntries(values),
    });
  });
