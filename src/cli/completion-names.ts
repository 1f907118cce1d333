import type { Api } from './api.js';
import type { Context } from './context.js';
import { resolveRelease } from './release-ref.js';

/** For each operand of a verb the names that the server knows. */
const readers: Record<string, (api: Api, before: readonly string[]) => Promise<string[]>> = {
  service: services,
  release: async (api) => [...(await releases(api)), ...(await services(api))],
  channel: async (api, [release = '']) => {
    const { channels } = await api.release(await resolveRelease(api, release));
    return channels.map(({ name }) => name);
  },
  'kind/name': async (api) => (await api.configs()).map(({ kind, key }) => `${kind}/${key}`),
};

/** The names that may stand for an operand. A tab is no place for an error: without a server there are none. */
export async function readNames(
  context: Pick<Context, 'api'>,
  operand: string,
  before: readonly string[],
): Promise<string[]> {
  const read = Object.hasOwn(readers, operand) ? readers[operand] : undefined;
  if (!read) return [];
  try {
    return await read(await context.api(), before);
  } catch {
    return [];
  }
}

const releases = async (api: Api): Promise<string[]> => (await api.releases({ limit: 50 })).map(({ id }) => id);

async function services(api: Api): Promise<string[]> {
  const documents = await api.configs();
  return documents.filter(({ kind }) => kind === 'service').map(({ key }) => key);
}
