import { z } from 'zod';
import { given } from '../../release/given.js';
import {
  ApplyBody,
  ConfigDetail,
  ConfigParams,
  ConfigsAnswer,
  ConfigsBody,
  ConfigSummary,
  DiffAnswer,
} from '../api/configs.js';
import { DeleteAnswer, DeleteBody } from '../api/delete-config.js';
import { readVersion } from '../config-versions.js';
import { applyConfigs, diffConfigs, validateConfigs } from '../configs.js';
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
    path: '/api/v1/configs/diff',
    subject,
    operationId: 'diffConfigs',
    summary: 'What applying files would change, line by line',
    description:
      'Compares the documents as they are understood, stored against files. Answers 200 also when there are errors: ' +
      'with the differences of what could be read.',
    repeat: 'it stores nothing.',
    body: ConfigsBody,
    answer: DiffAnswer,
    handle: ({ store }, { body }) => diffConfigs(store, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/configs/apply',
    subject,
    operationId: 'applyConfigs',
    summary: 'Stores what files say: all or nothing',
    description:
      'With any error nothing is stored, and the problem CONFIG_INVALID lists every mistake. Releases nothing.',
    repeat:
      'equal content changes nothing and answers `unchanged`; `force` names the versions that it stores anew once.',
    body: ApplyBody,
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
    params: ConfigParams,
    query: z.strictObject({
      version: z.coerce.number().int().min(1).exactOptional().meta({
        description: 'The newest unless said. Of a deleted document the versions before are there still.',
      }),
    }),
    answer: ConfigDetail,
    problems: ['NOT_FOUND'],
    async handle({ store }, { params, query: { version } }) {
      const found = await readVersion(store, params, version);
      return { ...summaryOf(found), text: found.text, document: found.document };
    },
  }),
];

/** A stored document without its content. */
export const summaryOf = ({ kind, key, version, appliedBy, appliedAt, source }: StoredConfig): ConfigSummary =>
  given({ kind, key, version, appliedBy, appliedAt, source });
