import type { Application, ConfigDocument, Service } from '../config/model.js';
import { placeStored } from '../config/place-stored.js';
import { makePlan, type PlanInput } from '../config/plan.js';
import { nearest } from '../config/suggest.js';
import type { ReleasePlan } from '../release/plan.js';
import { TowpathError } from '../release/towpath-error.js';
import type { StartBody } from './api.js';
import type { ServerStore, StoredConfig, VersionContent } from './ports.js';
import { IssuesError } from './problem.js';

type Sources = Omit<PlanInput, 'version' | 'release'>;

interface Found {
  sources: Sources;
  /** The version that was asked for: its document is among the sources, in place of the newest. */
  fixed?: VersionContent | undefined;
}

/** What a release of a service depends on, as it is stored now; of an existing version, as it was made. */
export async function sourcesOf(store: ServerStore, body: StartBody): Promise<Found> {
  const newest = await store.configs();
  const service = findService(newest, body);
  if (body.version === undefined) return { sources: among(newest, service, body) };
  const { config, ...fixed } = await versionOf(store, service, { ...body, version: body.version });
  const configs = newest.map((each) => (each.kind === 'service' && each.key === config.key ? config : each));
  return { sources: among(configs, config.document as unknown as Service, body), fixed };
}

/** A version is its document and its values: none can be given beside it. */
async function versionOf(
  store: ServerStore,
  { application, name }: Service,
  { version, parameters = {}, parametersByChannel = {} }: StartBody & { version: string },
): Promise<VersionContent & { config: StoredConfig }> {
  if (Object.keys({ ...parameters, ...parametersByChannel }).length > 0)
    throw new TowpathError('BAD_REQUEST', `version ${version} has its values: none can be given beside it`, {
      hint: 'leave out the version for a new one',
    });
  const key = `${application}/${name}`;
  const content = await store.versionContent(application, name, Number(version.replace(/^v/, '')));
  const config = content && (await store.config('service', key, content.configVersion));
  if (content && config) return { ...content, config };
  throw new TowpathError('NOT_FOUND', `service "${key}" has no version ${version}`, {
    hint: 'the versions that were released are in `towpath releases list`',
  });
}

function among(configs: readonly StoredConfig[], service: Service, body: StartBody): Sources {
  const documents = configs.map(({ document }) => document as unknown as ConfigDocument);
  const application = documents.find(
    (each): each is Application => each.kind === 'application' && each.name === service.application,
  );
  if (!application)
    throw new TowpathError(
      'NOT_FOUND',
      `application "${service.application}" of service "${service.name}" is not stored`,
    );
  return {
    documents,
    application,
    service,
    texts: new Map(configs.map(({ kind, key, text }) => [`${kind}/${key}`, text])),
    versions: Object.fromEntries(configs.map(({ kind, key, version }) => [`${kind}/${key}`, version])),
    values: { all: body.parameters ?? {}, byChannel: body.parametersByChannel ?? {} },
    channels: body.channels && [...new Set(body.channels)].sort(),
  };
}

/** By `app/service`, or by a name that only one application has. */
function findService(configs: readonly StoredConfig[], { service, application }: StartBody): Service {
  const services = configs.filter(({ kind }) => kind === 'service');
  const wanted = application === undefined || service.includes('/') ? service : `${application}/${service}`;
  const found = services.filter(({ key }) => key === wanted || (!wanted.includes('/') && key.endsWith(`/${wanted}`)));
  const [only] = found;
  if (only && found.length === 1) return only.document as unknown as Service;
  const keys = (only ? found : services).map(({ key }) => key);
  if (only)
    throw new TowpathError('BAD_REQUEST', `several applications have a service "${wanted}"`, {
      hint: `name one of ${keys.join(', ')}`,
    });
  const near =
    nearest(wanted, keys) ??
    nearest(
      wanted,
      keys.map((key) => key.slice(key.indexOf('/') + 1)),
    );
  throw new TowpathError('NOT_FOUND', `service "${wanted}" is not stored`, {
    hint: near === undefined ? 'store it with `towpath configs apply`' : `did you mean "${near}"?`,
  });
}

/** The plan, or IssuesError with everything that is wrong with it: placed in the stored text of its document. */
export function planOf(sources: Sources, numbers: { version: number; release: number }): ReleasePlan {
  const planned = makePlan({ ...sources, ...numbers });
  if ('plan' in planned) return planned.plan;
  const issues = placeStored(planned.issues, sources.texts);
  throw new IssuesError('the release cannot be planned, nothing was started', issues);
}
