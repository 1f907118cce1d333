import { z } from 'zod';
import type { Registry } from '../../config/model.js';
import { writeDocument } from '../../config/write.js';
import { given } from '../../release/given.js';
import { ConfigsAnswer } from '../api/configs.js';
import { RegistryBody, RegistrySummary } from '../api/registries.js';
import { applyConfigs } from '../configs.js';
import type { StoredConfig } from '../ports.js';
import { jsonRoute } from '../route.js';
import { summaryOf as configSummaryOf } from './configs.js';

export const registryRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/registries',
    subject: 'configuration',
    operationId: 'listRegistries',
    summary: 'Container registries',
    answer: z.array(RegistrySummary),
    handle: async ({ store }) => (await store.configs('containerRegistry')).map(summaryOf),
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/registries',
    subject: 'configuration',
    operationId: 'addRegistry',
    summary: 'Adds a registry, or changes it',
    repeat: 'equal content changes nothing and answers `unchanged`.',
    body: RegistryBody,
    answer: ConfigsAnswer,
    problems: ['CONFIG_INVALID'],
    handle({ store }, { body: { pullSecret, ...registry }, by }) {
      const secret = pullSecret && { pullSecret: { kubernetesSecret: pullSecret } };
      const file = writeDocument('containerRegistry', { ...registry, ...secret });
      return applyConfigs(store, { files: [file], attachments: [] }, by);
    },
  }),
];

function summaryOf(stored: StoredConfig): RegistrySummary {
  const { host, pullSecret } = stored.document as unknown as Registry;
  return given({ ...configSummaryOf(stored), url: host, pullSecret });
}
