import type { JobGateway } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Api } from './api.js';
import { createJob, listJobs, readJob } from './jobs.js';
import { clusterError } from './errors.js';
import { createWarnings } from './events.js';
import { readLog } from './log.js';
import { createNamespaces } from './namespace.js';
import { createListPods } from './pods.js';
import { ensurePullSecret } from './pull-secret.js';
import { missingRights } from './rights.js';
import { readSecret } from './secrets.js';
import { createWatches } from './watch.js';
import { writesTo } from './writes.js';

/** One linked cluster through the official client. Whatever it throws is a `TowpathError` with a code of `failures`. */
export function createGateway(api: Api, { lingerMs = 300_000 } = {}): JobGateway {
  const namespaces = createNamespaces(api);
  const { watch, creating } = createWatches(api, lingerMs);
  const warningsOf = createWarnings(api);
  return {
    async ping() {
      try {
        await api.ask(({ batch }) => batch.getAPIResources());
      } catch (error) {
        throw clusterError(error, 'reach the cluster');
      }
    },
    missingRights: () => missingRights(api),
    ensureNamespace: (namespace, owner) => namespaces.ensure(namespace, owner),
    ensurePullSecret: (namespace, secret, installation) => ensurePullSecret(api, { namespace, secret, installation }),
    async createJob(namespace, manifest) {
      try {
        return await creating(namespace, () => createJob(api, namespace, manifest));
      } catch (error) {
        if (error instanceof TowpathError && error.code === 'NAMESPACE_MISSING') namespaces.forget(namespace);
        throw error;
      }
    },
    readJob: (namespace, name) => readJob(api, namespace, name),
    listJobs: (of, from) => listJobs(api, of, from),
    listPods: createListPods(api),
    watch,
    readLog: (reading) => readLog(api, reading),
    readSecret: (namespace, name) => readSecret(api, { namespace, name }),
    ...writesTo(api),
    async warnings(namespace, jobUid) {
      try {
        return await warningsOf(namespace, jobUid);
      } catch (error) {
        throw clusterError(error, `list events in ${namespace}`);
      }
    },
  };
}
