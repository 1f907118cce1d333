import { setTimeout as delay } from 'node:timers/promises';
import { BatchV1Api, KubeConfig, Watch, type V1Job } from '@kubernetes/client-node';

export interface SeenJob {
  service: string;
  channel: string;
  run: string;
  uid: string;
}

export interface JobWatch {
  /** Every Job of a service that ever was, also one that was deleted since. */
  of(service: string): SeenJob[];
  /** Reads once more, so that nothing of the past is missing. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

const labelSelector = 'app.kubernetes.io/managed-by=towpath';

/** Sees every Job from outside, past the proxy, and goes on where it was when the API server is back. */
export function watchJobs(kubeconfig: string): JobWatch {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const batch = config.makeApiClient(BatchV1Api);
  const watch = new Watch(config);
  const seen = new Map<string, SeenJob>();
  const stopping = new AbortController();
  let from: string | undefined;
  let open: AbortController | undefined;

  const see = ({ metadata }: V1Job): void => {
    const { uid, labels = {}, resourceVersion } = metadata ?? {};
    if (uid === undefined || labels['towpath.dev/tombstone'] !== undefined) return;
    const service = labels['towpath.dev/service'] ?? '';
    const channel = labels['towpath.dev/release-channel'] ?? '';
    seen.set(uid, { service, channel, run: labels['towpath.dev/run'] ?? '', uid });
    from = resourceVersion ?? from;
  };
  const list = async (): Promise<void> => {
    const { items, metadata } = await batch.listJobForAllNamespaces({ labelSelector });
    for (const job of items) see(job);
    from = metadata?.resourceVersion ?? from;
  };
  /** Until the connection ends. What was compacted meanwhile is listed. */
  const follow = async (): Promise<void> => {
    if (from === undefined) await list();
    await new Promise<void>((resolve) => {
      const query = { labelSelector, resourceVersion: from ?? '' };
      const onEvent = (type: string, job: V1Job): void => {
        if (type === 'ERROR') from = undefined;
        else see(job);
      };
      void watch
        .watch('/apis/batch/v1/jobs', query, onEvent, () => resolve())
        .then((request) => {
          open = request;
          if (stopping.signal.aborted) request.abort();
        }, resolve);
    });
  };
  const following = (async () => {
    while (!stopping.signal.aborted) {
      await follow().catch(() => undefined);
      await delay(100, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    of: (service) => [...seen.values()].filter((job) => job.service === service),
    catchUp: list,
    async stop() {
      stopping.abort();
      open?.abort();
      await following;
    },
  };
}
