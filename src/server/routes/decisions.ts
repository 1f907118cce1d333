import { z } from 'zod';
import type { AddRoutes } from '../add-routes.js';
import type { DecisionBody } from '../api.js';
import { decideRelease } from '../decide.js';
import { readBody } from '../read-body.js';
import { releaseIdOf, releasePath } from '../release-path.js';

const Body = z.strictObject({
  channel: z.string().min(1),
  gate: z.string().min(1).optional(),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(500).optional(),
  requestId: z.string().min(1).max(200).optional(),
}) as z.ZodType<DecisionBody>;

export const decisionRoutes: AddRoutes = (app, context) => {
  app.post(`${releasePath}/decisions`, async (c) =>
    c.json(await decideRelease(context, { id: releaseIdOf(c), body: await readBody(c, Body), by: c.get('by') })),
  );
};
