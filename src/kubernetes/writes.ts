import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { JobGateway } from '../activities/ports.js';
import type { Api } from './api.js';
import { clusterError, refusalOf, statusOf } from './errors.js';

/** What is written to a Job or pod that exists: conditional on its uid, and harmless when it is gone. */
export const writesTo = (api: Api): Pick<JobGateway, 'deleteJob' | 'deletePod' | 'setTtl'> => ({
  deleteJob(namespace, name, uid) {
    // Without a policy the API leaves the pods behind.
    const body = { propagationPolicy: 'Foreground', preconditions: { uid } };
    const work = api.ask(({ batch }) => batch.deleteNamespacedJob({ namespace, name, body }));
    return goneIsFine(work, `delete Job ${namespace}/${name}`);
  },

  deletePod(namespace, name, uid) {
    const body = { preconditions: { uid } };
    const work = api.ask(({ core }) => core.deleteNamespacedPod({ namespace, name, body }));
    return goneIsFine(work, `delete pod ${namespace}/${name}`);
  },

  setTtl({ namespace, name, uid }, seconds) {
    const body = { metadata: { uid }, spec: { ttlSecondsAfterFinished: seconds } };
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    const work = api.ask(({ batch }) => batch.patchNamespacedJob({ namespace, name, body }, merge));
    return goneIsFine(work, `patch Job ${namespace}/${name}`);
  },
});

/** 404: gone already. 409, or 422 about the uid: another object has that name now, which is not ours to touch. */
async function goneIsFine(work: Promise<unknown>, doing: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    const status = statusOf(error);
    const { reason, fields } = refusalOf(error);
    if (status === 404 || (status === 409 && reason === 'Conflict')) return;
    if (status === 422 && fields.includes('metadata.uid')) return;
    throw clusterError(error, doing);
  }
}
