import { z } from 'zod';
import { documentSchema } from '../../config/json-schema/index.js';
import { jsonRoute } from '../route.js';

export const schemaRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/schema.json',
    subject: 'configuration',
    operationId: 'getSchema',
    summary: 'The JSON Schema of configuration files, for editors and other validators',
    answer: z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema of draft-07.' }),
    handle: () => Promise.resolve(documentSchema() as Record<string, unknown>),
  }),
];
