import { z } from 'zod';
import { writeDocument } from '../../config/write.js';
import { ConfigsAnswer, ConfigSummary } from '../api/configs.js';
import { RegistryBody } from '../api/registries.js';
import { applyConfigs } from '../configs.js';
import { jsonRoute } from '../route.js';
import { summaryOf } from './configs.js';

export const registryRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/registries',
    subject: 'configuration',
    operationId: 'listRegistries',
    summary: 'Container registries',
    answer: z.array(ConfigSummary),
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
