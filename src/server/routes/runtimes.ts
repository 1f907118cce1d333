import { z } from 'zod';
import type { ClusterRuntime, ExtensionRuntime } from '../../config/model.js';
import { isExtension } from '../../config/model.js';
import { writeDocument } from '../../config/write.js';
import { given } from '../../release/given.js';
import { ConfigsAnswer } from '../api/configs.js';
import { LinkBody, RuntimeSummary } from '../api/runtimes.js';
import { applyConfigs } from '../configs.js';
import type { ServerContext } from '../context.js';
import type { StoredConfig } from '../ports.js';
import { jsonRoute } from '../route.js';

export const runtimeRoutes = [
  jsonRoute({
    method: 'get',
    path: '/api/v1/runtimes',
    subject: 'configuration',
    operationId: 'listRuntimes',
    summary: 'Linked clusters with their workers, and extensions',
    answer: z.array(RuntimeSummary),
    async handle({ store }) {
      const [stored, served] = [await store.configs('runtime'), await store.served()];
      return stored.map((each) => summaryOf(each, served));
    },
  }),
  jsonRoute({
    method: 'post',
    path: '/api/v1/runtimes',
    subject: 'configuration',
    operationId: 'linkRuntime',
    summary: 'Links a Kubernetes cluster',
    repeat: 'equal content changes nothing and answers `unchanged`.',
    body: LinkBody,
    answer: ConfigsAnswer,
    problems: ['CONFIG_INVALID'],
    handle({ store }, { body: { name, ...kubernetes }, by }) {
      const file = writeDocument('runtime', { name, kubernetes });
      return applyConfigs(store, { files: [file], attachments: [] }, by);
    },
  }),
];

function summaryOf(
  { version, document }: StoredConfig,
  served: Awaited<ReturnType<ServerContext['store']['served']>>,
): RuntimeSummary {
  const runtime = document as unknown as ClusterRuntime | ExtensionRuntime;
  const { name } = runtime;
  if (isExtension(runtime)) {
    const { cluster, namespace = `pvn-proxy-runtime-${name}` } = runtime.extension;
    return { name, kind: 'extension', version, cluster, namespace };
  }
  const { workers, trouble } = served.get(name) ?? { workers: 0 };
  return given({ name, kind: 'kubernetes' as const, version, ...runtime.kubernetes, workers, trouble });
}
