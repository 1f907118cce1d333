import { z } from 'zod';
import type { AddRoutes } from '../add-routes.js';
import type { CommandBody } from '../api.js';
import { commandRelease } from '../decide.js';
import { readBody } from '../read-body.js';
import { releaseIdOf, releasePath } from '../release-path.js';

const Body = z.strictObject({
  kind: z.enum(['cancel', 'retry']),
  channel: z.string().min(1).max(100).optional(),
  reason: z.string().max(500).optional(),
  requestId: z.string().min(1).max(200).optional(),
}) as z.ZodType<CommandBody>;

export const commandRoutes: AddRoutes = (app, context) => {
  app.post(`${releasePath}/commands`, async (c) =>
    c.json(await commandRelease(context, { id: releaseIdOf(c), body: await readBody(c, Body), by: c.get('by') })),
  );
};
