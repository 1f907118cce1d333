import { HealthAnswer } from '../api/status.js';
import { jsonRoute } from '../route.js';

export const healthRoute = jsonRoute({
  method: 'get',
  path: '/healthz',
  subject: 'installation',
  operationId: 'health',
  summary: 'Says only that the process answers',
  answer: HealthAnswer,
  handle: async () => ({ ok: true as const }),
});
