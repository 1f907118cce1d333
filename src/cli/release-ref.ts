import { nearest } from '../config/suggest.js';
import { parseReleaseId } from '../release/ids.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';

export interface ServiceRef {
  application: string;
  service: string;
}

const forms = 'write my-app/my-service/7, my-service/7, or my-service for its newest release';

/**
 * The release that a person means: `my-app/my-service/7`, `my-service/7` where only one application has such a service,
 * or a service alone for its newest release. `app` is `--app`.
 */
export async function resolveRelease(api: Api, text: string, app?: string): Promise<string> {
  const exact = parseReleaseId(text);
  if (exact) {
    if (app !== undefined && app !== exact.application)
      throw new TowpathError('BAD_REQUEST', `"${text}" is a release of ${exact.application}, and --app says ${app}`);
    return text;
  }
  const [, service, number] = /^(.+)\/([1-9][0-9]{0,9})$/.exec(text) ?? [];
  const found = await resolveService(api, service ?? text, app);
  if (number !== undefined) return `${found.application}/${found.service}/${number}`;
  const [newest] = await api.releases({ ...found, limit: 1 });
  if (newest) return newest.id;
  throw new TowpathError('NOT_FOUND', `${found.application}/${found.service} has no release yet`, {
    hint: `towpath releases start ${found.application}/${found.service}`,
  });
}

/** `my-service` where one application has it, or `my-app/my-service`. */
export async function resolveService(api: Api, text: string, app?: string): Promise<ServiceRef> {
  const [first = '', second, more] = text.split('/');
  if (first === '' || second === '' || more !== undefined) throw notARef(text);
  if (second === undefined) return app === undefined ? onlyOne(api, first) : { application: app, service: first };
  if (app !== undefined && app !== first) throw notARef(`${app}/${text}`);
  return { application: first, service: second };
}

async function onlyOne(api: Api, service: string): Promise<ServiceRef> {
  const services = (await api.configs()).filter(({ kind }) => kind === 'service').map(({ key }) => key);
  const matching = services.filter((key) => key.endsWith(`/${service}`));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return { application: only.slice(0, -service.length - 1), service };
  throw matching.length === 0 ? unknown(service, services) : ambiguous(service, matching);
}

const notARef = (text: string): TowpathError =>
  new TowpathError('BAD_REQUEST', `"${text}" is not a release or a service`, { hint: forms });

function unknown(service: string, services: string[]): TowpathError {
  const near = nearest(
    service,
    services.map((key) => key.split('/')[1] ?? ''),
  );
  return new TowpathError('NOT_FOUND', `there is no service "${service}"`, {
    hint: near === undefined ? '`towpath configs list` shows what is stored' : `did you mean "${near}"?`,
  });
}

const ambiguous = (service: string, keys: string[]): TowpathError =>
  new TowpathError('BAD_REQUEST', `several applications have a service "${service}": ${keys.join(', ')}`, {
    hint: `write ${keys[0]}, or give --app`,
  });
