import { z } from 'zod';
import { ServiceDetail, ServiceSummary } from '../api/services.js';
import { jsonRoute } from '../route.js';
import { listServices, readService } from '../services.js';

const subject = 'services';

export const serviceRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/services',
    subject,
    operationId: 'listServices',
    summary: 'Services, and how each stands in the channels of its application',
    query: z.strictObject({ application: z.string().exactOptional() }),
    answer: z.array(ServiceSummary),
    handle: ({ store }, { query }) => listServices(store, query.application),
  }),
  jsonRoute({
    method: 'get',
    path: '/api/v1/services/:application/:service',
    subject,
    operationId: 'getService',
    summary: 'One service, with its parameters and its newest release',
    params: z.object({ application: z.string(), service: z.string() }),
    answer: ServiceDetail,
    problems: ['NOT_FOUND'],
    handle: ({ store }, { params }) => readService(store, params),
  }),
];
