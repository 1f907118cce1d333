import { z } from 'zod';
import type { ClusterRuntime, ExtensionRuntime } from '../../config/model.js';
import { isExtension } from '../../config/model.js';
import { writeDocument } from '../../config/write.js';
import { given } from '../../release/given.js';
import { clusterQueue } from '../../release/ids.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { AddRoutes } from '../add-routes.js';
import type { LinkBody, RuntimeSummary } from '../api.js';
import { applyConfigs } from '../configs.js';
import type { ServerContext } from '../context.js';
import type { StoredConfig } from '../ports.js';
import { readBody } from '../read-body.js';

const Body = z.strictObject({
  name: z.string(),
  context: z.string().optional(),
  kubeconfig: z.string().optional(),
  inCluster: z.boolean().optional(),
}) as z.ZodType<LinkBody>;

export const runtimeRoutes: AddRoutes = (app, context) => {
  app.get('/api/v1/runtimes', async (c) => {
    const stored = await context.store.configs('runtime');
    return c.json(await Promise.all(stored.map((each) => summaryOf(context, each))));
  });
  app.post('/api/v1/runtimes', async (c) => {
    const { name, ...kubernetes } = await readBody(c, Body);
    const file = writeDocument('runtime', { name, kubernetes });
    return c.json(await applyConfigs(context.store, { files: [file], attachments: [] }, c.get('by')));
  });
};

async function summaryOf({ releases }: ServerContext, { version, document }: StoredConfig): Promise<RuntimeSummary> {
  const runtime = document as unknown as ClusterRuntime | ExtensionRuntime;
  const { name } = runtime;
  if (isExtension(runtime)) {
    const { cluster, namespace = `pvn-proxy-runtime-${name}` } = runtime.extension;
    return { name, kind: 'extension', version, cluster, namespace };
  }
  return given({ name, kind: 'kubernetes' as const, version, workers: await workersOf(releases, name) });
}

/** Undefined when Temporal cannot say. */
async function workersOf(releases: ServerContext['releases'], cluster: string): Promise<number | undefined> {
  try {
    return await releases.pollers(clusterQueue(cluster));
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'NOT_RUNNING') return undefined;
    throw error;
  }
}
