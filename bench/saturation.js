import { loadavg } from 'node:os';
import { saturate } from './load/saturate.js';
import { withInstallation } from './stack/installation.js';
import { findPattern, openRawJobs } from './stack/raw-jobs.js';

/** Parts whose CPU is Towpath's cost. The programs of the Jobs and our own client are not. */
const counted = ['worker', 'server', 'temporal', 'postgres', 'cluster'];

/** (a) and (c): as many one-Job releases as the machine can do, and the same Jobs without Towpath, by turns. */
const run = ({ quick }) =>
  withInstallation({}, async (installation) => {
    const { releases, processes } = installation;
    const { rounds, forMs, lanes } = quick
      ? { rounds: 1, forMs: 10_000, lanes: 32 }
      : { rounds: 3, forMs: 30_000, lanes: 48 };
    const start = await releases.configure({ application: 'bench', services: lanes });
    const release = async (lane) => releases.converged(await start(lane));
    await release(0);
    const job = await openRawJobs(installation, await findPattern(installation));
    const results = { raw: [], towpath: [] };
    for (let i = 0; i < rounds; i += 1) {
      const load = { lanes, warmUpMs: 5000, forMs, processes };
      results.raw.push(told('raw     ', await saturate({ ...load, work: () => job() })));
      results.towpath.push(told('releases', await saturate({ ...load, work: release })));
    }
    return rows(results);
  });

export const saturation = { name: 'saturation', run };

function told(what, result) {
  const { perMinute, cpuMs, count, others, busy } = result;
  const share = (part) => `${(part * 100).toFixed(0)} %`;
  const parts = Object.entries(cpuMs).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
  console.error(
    `${what} ${perMinute.toFixed(0)} a minute (${count}); CPU-ms each: ${parts.join(', ')}; ` +
      `machine ${share(busy)} busy, ${share(others)} by others, load ${loadavg()[0].toFixed(1)}`,
  );
  return result;
}

const total = (cpuMs) => counted.reduce((sum, name) => sum + cpuMs[name], 0);

function rows({ raw, towpath }) {
  const of = (results, value) => results.map(({ cpuMs }) => value(cpuMs));
  const perMinute = (results) => results.map((result) => result.perMinute);
  return [
    { what: '(a) raw Jobs a minute', unit: 'per min', samples: perMinute(raw) },
    { what: '(a) CPU of a raw Job: cluster', unit: 'ms', samples: of(raw, ({ cluster }) => cluster) },
    {
      what: '(c) releases a minute',
      unit: 'per min',
      samples: perMinute(towpath),
      targets: { median: { atLeast: 900 } },
    },
    {
      what: '(c) CPU of a release: all',
      unit: 'ms',
      samples: of(towpath, total),
      targets: { median: { atMost: 130 } },
    },
    ...[...counted, 'jobs', 'client'].map((name) => ({
      what: `(c) CPU of a release: ${name}`,
      unit: 'ms',
      samples: of(towpath, (cpuMs) => cpuMs[name]),
    })),
    ...Object.entries({ raw, towpath }).map(([name, results]) => ({
      what: `${name} a minute, divided by the share of the machine that others left`,
      unit: 'per min',
      samples: results.map(({ perMinute: measured, others }) => measured / (1 - others)),
    })),
    ...Object.entries({ raw, towpath }).map(([name, results]) => ({
      what: `share of the machine that others took: ${name}`,
      unit: '%',
      samples: results.map(({ others }) => others * 100),
    })),
  ];
}
