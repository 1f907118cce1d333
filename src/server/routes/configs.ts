import { z } from 'zod';
import { kinds, type Kind } from '../../config/documents.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { AddRoutes } from '../add-routes.js';
import type { ConfigDetail, ConfigsBody, ConfigSummary } from '../api.js';
import { applyConfigs, validateConfigs } from '../configs.js';
import type { StoredConfig } from '../ports.js';
import { readBody } from '../read-body.js';

const path = z.string().min(1).max(1000);
const File = z.strictObject({ path, text: z.string() });
const Unread = z.strictObject({
  path,
  problem: z.strictObject({ code: z.enum(['FILE_UNREADABLE', 'PATH_ESCAPE']), message: z.string().max(2000) }),
});
const Body: z.ZodType<ConfigsBody> = z.strictObject({
  files: z.array(File).max(1000),
  attachments: z.array(z.union([File, Unread])).max(1000),
});

export const configRoutes: AddRoutes = (app, { store }) => {
  app.post('/api/v1/configs/validate', async (c) => c.json(await validateConfigs(store, await readBody(c, Body))));
  app.post('/api/v1/configs/apply', async (c) =>
    c.json(await applyConfigs(store, await readBody(c, Body), c.get('by'))),
  );
  app.get('/api/v1/configs', async (c) => c.json((await store.configs()).map(summaryOf)));
  app.get('/api/v1/configs/:kind/:key{.+}', async (c) => {
    const { kind, key } = c.req.param();
    const found = isKind(kind) ? await store.config(kind, key) : undefined;
    if (!found)
      throw new TowpathError('NOT_FOUND', `${kind}/${key} is not stored`, {
        hint: isKind(kind) ? '`towpath configs list` shows what is' : `a kind is one of ${kinds.join(', ')}`,
      });
    const detail: ConfigDetail = { ...summaryOf(found), text: found.text, document: found.document };
    return c.json(detail);
  });
};

const isKind = (text: string): text is Kind => (kinds as readonly string[]).includes(text);

/** A stored document without its content. */
export const summaryOf = ({ kind, key, version, appliedBy, appliedAt }: StoredConfig): ConfigSummary => ({
  kind,
  key,
  version,
  appliedBy,
  appliedAt,
});
