import { atOnce } from './load/at-once.js';
import { saturate } from './load/saturate.js';
import { withInstallation } from './stack/installation.js';
import { watchJobs } from './stack/job-watch.js';

/** Jobs of 10 seconds keep as many in flight as begin in 10 seconds; more only wait. */
const lanes = 240;

/** (f): very many releases over simulated nodes, each of one Job of 10 seconds: none may be lost, none doubled. */
const run = ({ quick, count = quick ? 100 : 10_000 }) =>
  withInstallation({ simulated: true }, async (installation) => {
    const { releases, processes } = installation;
    const start = await releases.configure({ application: 'bench', services: lanes });
    const jobs = await watchJobs(installation);
    const forMs = quick ? 5000 : 30_000;
    const instant = async (lane) => releases.converged(await start(lane));
    const { perMinute } = await saturate({ lanes: 48, warmUpMs: 5000, forMs, processes, work: instant });
    const before = jobs.counts().length;
    const begun = performance.now();
    let lost = 0;
    const free = Array.from({ length: lanes }, (_, lane) => lane);
    const work = async () => {
      const lane = free.shift();
      const id = await start(lane, { seconds: '10' });
      await releases.converged(id).catch((error) => {
        lost += 1;
        console.error(error.message);
      });
      free.push(lane);
    };
    await atOnce({ count, lanes, work });
    const minutes = (performance.now() - begun) / 60_000;
    return rows({ count, minutes, perMinute, lost, counts: jobs.counts().slice(before) });
  });

export const many = { name: 'many', run };

function rows({ count, minutes, perMinute, lost, counts }) {
  const doubled = counts.filter((each) => each > 1).length;
  const none = { targets: { max: { atMost: 0 } } };
  const limit = Number(((1.2 * count) / perMinute).toFixed(2));
  return [
    { what: '(f) releases a minute over simulated nodes', unit: 'per min', samples: [perMinute] },
    { what: `(f) ${count} releases of 10 s`, unit: 'min', samples: [minutes], targets: { median: { atMost: limit } } },
    { what: '(f) lost', unit: 'releases', samples: [lost], ...none },
    { what: '(f) without a Job', unit: 'releases', samples: [count - counts.length], ...none },
    { what: '(f) doubled', unit: 'releases', samples: [doubled], ...none },
  ];
}
