import { Watch, type KubeConfig } from '@kubernetes/client-node';

interface Waiting {
  namespace: string;
  job: { name: string; resourceVersion: string };
  waitMs: number;
  signal: AbortSignal;
}

/**
 * Resolves at the next event of the Job, when the watch ends for any reason, after `waitMs`, or when aborted. It never
 * fails: a watch may go silent or lie, so it only wakes the reader (docs/architecture.md, jobs).
 */
export async function waitForChange(config: KubeConfig, { namespace, job, waitMs, signal }: Waiting): Promise<void> {
  const query = {
    fieldSelector: `metadata.name=${job.name}`,
    resourceVersion: job.resourceVersion,
    allowWatchBookmarks: true,
    timeoutSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  };
  const timer = new AbortController();
  const any = AbortSignal.any([signal, timer.signal]);
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timeout = setTimeout(() => timer.abort(), waitMs);
    any.addEventListener('abort', () => resolve(), { once: true });
    const wake = (phase: string): void => (phase === 'BOOKMARK' ? undefined : done());
    const done = (): void => {
      clearTimeout(timeout);
      timer.abort();
    };
    // A watch that ends at once would make a busy loop of its caller: it wakes a little later.
    const ended = (): void => void setTimeout(done, Math.min(200, waitMs));
    new Watch(config).watch(`/apis/batch/v1/namespaces/${namespace}/jobs`, query, wake, ended).then(
      (controller) => {
        if (any.aborted) controller.abort();
        else any.addEventListener('abort', () => controller.abort(), { once: true });
      },
      () => ended(),
    );
  });
}
