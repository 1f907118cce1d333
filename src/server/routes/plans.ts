import { PlanAnswer, StartBody } from '../api/start.js';
import { jsonRoute } from '../route.js';
import { previewRelease } from '../start.js';

export const planRoutes = [
  jsonRoute({
    method: 'post',
    path: '/api/v1/plans',
    subject: 'releases',
    operationId: 'planRelease',
    summary: 'The plan that a start would make now',
    repeat: 'it stores nothing.',
    body: StartBody,
    answer: PlanAnswer,
    problems: ['NOT_FOUND', 'CONFIG_INVALID', 'NOT_ACTIVE_YET', 'PLAN_TOO_LARGE'],
    handle: (context, { body }) => previewRelease(context, body),
  }),
];
