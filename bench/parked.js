import { setTimeout as delay } from 'node:timers/promises';
import { atOnce } from './load/at-once.js';
import { approvalGate } from './stack/documents.js';
import { withInstallation } from './stack/installation.js';
import { historyLengths } from './stack/history.js';
import { cpuOf, memoryOf } from './stack/processes.js';

/** An application has this many services: each start reads what it may depend on. */
const services = 500;

/** (e): releases that wait for an approval, as they do for days: what they cost while nothing happens. */
const run = ({ quick, count = quick ? 100 : 5000 }) =>
  withInstallation({}, async (installation) => {
    const { releases, processes } = installation;
    const ids = [];
    for (let first = 0; first < count; first += services) {
      const group = {
        application: `parked-${first}`,
        services: Math.min(services, count - first),
        gates: approvalGate,
      };
      const start = await releases.configure(group);
      const work = async (i) => {
        const id = await start(i);
        await releases.reaches(id, (status) => status === 'WAITING_MANUAL_APPROVAL');
        ids.push(id);
      };
      await atOnce({ count: group.services, lanes: 24, work });
      console.error(`${ids.length} wait`);
    }
    await delay(quick ? 5000 : 30_000);
    return atRest({ installation, ids, processes, forMs: quick ? 5000 : 60_000 });
  });

export const parked = { name: 'parked', run };

async function atRest({ installation, ids, processes, forMs }) {
  const before = cpuOf(processes);
  await delay(forMs);
  const after = cpuOf(processes);
  const share = (name) => ((after[name] - before[name]) / forMs) * 100;
  const memory = (name) => ({ what: `(e) memory: ${name}`, unit: 'MB', samples: [memoryOf(processes[name])] });
  const of = `${ids.length} parked`;
  return [
    {
      what: `(e) ${of}: events of each`,
      unit: 'events',
      samples: await historyLengths(
        installation,
        ids.filter((_, i) => i % Math.ceil(ids.length / 100) === 0),
      ),
      targets: { max: { atMost: 39 } },
    },
    {
      what: `(e) ${of}: worker and Temporal`,
      unit: '% of a core',
      samples: [share('worker') + share('temporal')],
      targets: { median: { atMost: 5 } },
    },
    ...['worker', 'temporal', 'server', 'postgres', 'cluster'].map((name) => ({
      what: `(e) ${of}: ${name}`,
      unit: '% of a core',
      samples: [share(name)],
    })),
    { ...memory('worker'), targets: { median: { atMost: 600 } } },
    memory('temporal'),
    memory('server'),
  ];
}
