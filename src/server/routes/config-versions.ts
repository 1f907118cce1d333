import { z } from 'zod';
import { ConfigParams } from '../api/configs.js';
import { ConfigVersion, RevertAnswer, RevertBody } from '../api/config-versions.js';
import { listVersions } from '../config-versions.js';
import { jsonRoute } from '../route.js';
import { revertConfig } from '../revert-config.js';

const subject = 'configuration';

export const configVersionRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/config-versions/:kind/:key{.+}',
    subject,
    operationId: 'listConfigVersions',
    summary: 'Every version of a document, the newest first',
    description: 'Also of a deleted one. `getConfig` with `version` answers the content of each, but for a deletion.',
    params: ConfigParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answer: z.array(ConfigVersion),
    problems: ['NOT_FOUND'],
    handle: ({ store }, { params, query: { limit } }) => listVersions(store, params, limit),
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/configs/revert',
    subject,
    operationId: 'revertConfig',
    summary: 'Brings the content of an older version back as a new one, or says what would happen',
    description:
      'Without `version` it is a dry run, and answers 200 also when there are errors. The old text is read and checked as a ' +
      'file is now, with the manifest that was stored with it; with any error nothing is stored, and the problem ' +
      'CONFIG_INVALID lists every mistake. Brings a deleted document back too.',
    repeat: 'a revert that was stored after `version` is answered as done. Another change after it is refused.',
    body: RevertBody,
    answer: RevertAnswer,
    problems: ['NOT_FOUND', 'NOT_ALLOWED', 'CONFIG_INVALID'],
    handle: ({ store }, { body, by }) => revertConfig(store, body, by),
  }),
];
