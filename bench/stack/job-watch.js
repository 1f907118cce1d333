// A watcher of all Jobs that Towpath does not know of: when each was created and when it was complete, on our clock.
import { KubeConfig, Watch } from '@kubernetes/client-node';
import { label } from '../../dist/kubernetes/names.js';

/** Jobs by what they are of: `app/service/7 channel`. */
export async function watchJobs(installation) {
  const config = new KubeConfig();
  config.loadFromFile(installation.kubeconfig);
  const seen = new Map();
  let closed = false;
  let watch;
  const path = '/apis/batch/v1/jobs';
  const selector = { labelSelector: label.release };

  const jobsOf = (key) => {
    if (!seen.has(key)) seen.set(key, { uids: new Set(), waiting: [] });
    return seen.get(key);
  };

  function see(_type, { metadata: { labels, uid }, status }) {
    const of = jobsOf(`${releaseOf(labels)} ${labels[label.channel]}`);
    of.uids.add(uid);
    of.createdAt ??= performance.now();
    if (isComplete(status)) of.completeAt ??= performance.now();
    for (const { when, resolve } of of.waiting) if (of[when] !== undefined) resolve(of[when]);
    of.waiting = of.waiting.filter(({ when }) => of[when] === undefined);
  }

  async function open() {
    watch = await new Watch(config).watch(path, selector, see, () => {
      if (!closed) void open();
    });
  }
  await open();
  installation.beforeStop(() => {
    closed = true;
    watch.abort();
  });

  const at = (when) => (id, channel) => {
    const of = jobsOf(`${id} ${channel}`);
    if (of[when] !== undefined) return of[when];
    return new Promise((resolve) => of.waiting.push({ when, resolve }));
  };
  return {
    createdAt: at('createdAt'),
    completeAt: at('completeAt'),
    /** How many Jobs each release had in each of its channels. */
    counts: () => [...seen.values()].map(({ uids }) => uids.size),
  };
}

const releaseOf = (labels) => [label.application, label.service, label.release].map((name) => labels[name]).join('/');
const isComplete = (status) => status?.conditions?.some((each) => each.type === 'Complete' && each.status === 'True');
