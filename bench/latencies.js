import { setTimeout as delay } from 'node:timers/promises';
import { saturate } from './load/saturate.js';
import { approvalGate, channelName } from './stack/documents.js';
import { withInstallation } from './stack/installation.js';
import { watchJobs } from './stack/job-watch.js';

const lanes = 32;
const [staging, production] = [channelName(0), channelName(1)];

/** (d): how long people wait, on an idle installation and on one that has half of the work that it can do. */
const run = ({ quick }) =>
  withInstallation({}, async (installation) => {
    const { releases } = installation;
    const times = quick ? 20 : 100;
    const jobs = await watchJobs(installation);
    const startProbe = await releases.configure({
      application: 'probe',
      services: 1,
      channels: 2,
      gates: (i) => (i === 0 ? '' : approvalGate(i)),
    });
    const startLoad = await releases.configure({ application: 'load', services: lanes });
    const probe = () => takeThrough({ releases, jobs, start: startProbe });
    for (let i = 0; i < 5; i += 1) await probe();
    const idle = await inTurn(probe, times);
    const work = async (lane) => releases.converged(await startLoad(lane));
    const { perMinute } = await saturate({ ...installation, lanes, warmUpMs: 5000, forMs: 10_000, work });
    const loaded = await beside({ work, everyMs: 120_000 / perMinute }, () => inTurn(probe, times));
    return [...rows('idle', idle, targets), ...rows(`at ${(perMinute / 2).toFixed(0)} releases a minute`, loaded, {})];
  });

export const latencies = { name: 'latencies', run };

/** A release over two channels, the second behind an approval. The start is the moment in which the request is sent. */
async function takeThrough({ releases, jobs, start }) {
  const asked = performance.now();
  const id = await start(0);
  const waits = releases.reaches(id, (status) => status === 'WAITING_MANUAL_APPROVAL');
  const created = await jobs.createdAt(id, staging);
  const complete = await jobs.completeAt(id, staging);
  const stable = (await waits).at;
  const approved = performance.now();
  await releases.approve(id, production);
  const next = await jobs.createdAt(id, production);
  await releases.converged(id);
  return { created: created - asked, stable: stable - complete, next: next - approved };
}

async function inTurn(probe, times) {
  const taken = [];
  for (let i = 0; i < times; i += 1) taken.push(await probe());
  return taken;
}

/** Measures while `work` begins every `everyMs`, each time in the lane that is free for the longest time. */
async function beside({ work, everyMs }, measured) {
  const stopping = new AbortController();
  const free = Array.from({ length: lanes }, (_, lane) => lane);
  const all = [];
  const loading = (async () => {
    for (let due = performance.now(); !stopping.signal.aborted; due += everyMs) {
      await delay(Math.max(0, due - performance.now()));
      const lane = free.shift();
      if (lane !== undefined) all.push(work(lane).then(() => free.push(lane)));
    }
  })();
  try {
    await delay(5000);
    return await measured();
  } finally {
    stopping.abort();
    await loading;
    await Promise.all(all);
  }
}

const targets = {
  created: { median: { atMost: 100 }, p99: { atMost: 400 } },
  stable: { median: { atMost: 100 }, p95: { atMost: 400 } },
  next: { p95: { atMost: 300 } },
};
const names = {
  created: 'request sent → Job created',
  stable: 'Job complete → channel stable',
  next: 'approval sent → next Job created',
};

const rows = (when, taken, wanted) =>
  Object.entries(names).map(([key, what]) => ({
    what: `(d) ${when}: ${what}`,
    unit: 'ms',
    samples: taken.map((each) => each[key]),
    ...(wanted[key] === undefined ? {} : { targets: wanted[key] }),
  }));
