import { z } from 'zod';
import { TowpathError } from '../../release/towpath-error.js';
import { ConfigDetail, ConfigsAnswer, ConfigsBody, ConfigSummary, Kind } from '../api/configs.js';
import { DeleteAnswer, DeleteBody } from '../api/delete-config.js';
import { applyConfigs, validateConfigs } from '../configs.js';
import { deleteConfig } from '../delete-config.js';
import type { StoredConfig } from '../ports.js';
import { jsonRoute } from '../route.js';

const subject = 'configuration';

export const configRoutes = [
  jsonRoute({
    method: 'post',
    path: '/api/v1/configs/validate',
    subject,
    operationId: 'validateConfigs',
    summary: 'Every mistake in files, and what applying them would change',
    description: 'Checked against each other and against what is stored. Answers 200 also when there are errors.',
    repeat: 'it stores nothing.',
    body: ConfigsBody,
    answer: ConfigsAnswer,
    handle: ({ store }, { body }) => validateConfigs(store, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/configs/apply',
    subject,
    operationId: 'applyConfigs',
    summary: 'Stores what files say: all or nothing',
    description:
      'With any error nothing is stored, and the problem CONFIG_INVALID lists every mistake. Releases nothing.',
    repeat: 'equal content changes nothing and answers `unchanged`.',
    body: ConfigsBody,
    answer: ConfigsAnswer,
    problems: ['CONFIG_INVALID'],
    handle: ({ store }, { body, by }) => applyConfigs(store, body, by),
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/configs/delete',
    subject,
    operationId: 'deleteConfig',
    summary: 'Deletes a document, or says what would happen',
    description:
      'Without `version` it is a dry run. Refused while something refers to it, or a release that is not over needs it. ' +
      'What was deployed stays.',
    repeat: 'a version that was deleted before is answered as deleted.',
    body: DeleteBody,
    answer: DeleteAnswer,
    problems: ['NOT_FOUND', 'NOT_ALLOWED'],
    handle: ({ store }, { body, by }) => deleteConfig(store, body, by),
  }),
  jsonRoute({
    method: 'get',
    path: '/api/v1/configs',
    subject,
    operationId: 'listConfigs',
    summary: 'The newest version of every document',
    answer: z.array(ConfigSummary),
    handle: async ({ store }) => (await store.configs()).map(summaryOf),
  }),
  jsonRoute({
    method: 'get',
    path: '/api/v1/configs/:kind/:key{.+}',
    subject,
    operationId: 'getConfig',
    summary: 'One document, as it was written and as it was understood',
    params: z.object({
      kind: Kind,
      key: z.string().meta({ description: 'A service’s is `app/service`; its slash may stand as it is, or as %2F.' }),
    }),
    answer: ConfigDetail,
    problems: ['NOT_FOUND'],
    async handle({ store }, { params: { kind, key } }) {
      const found = await store.config(kind, key);
      if (found) return { ...summaryOf(found), text: found.text, document: found.document };
      throw new TowpathError('NOT_FOUND', `${kind}/${key} is not stored`, {
        hint: '`towpath configs list` shows what is',
      });
    },
  }),
];

/** A stored document without its content. */
export const summaryOf = ({ kind, key, version, appliedBy, appliedAt }: StoredConfig): ConfigSummary => ({
  kind,
  key,
  version,
  appliedBy,
  appliedAt,
});
