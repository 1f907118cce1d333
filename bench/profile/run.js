// `npm run bench:profile -- FOLDER`: what a one-Job release costs and whom it asks, as `profile.md` and raw profiles in FOLDER.
// Run once to count (statements, requests, history) and once to sample the CPU, because counting costs as well.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { saturate } from '../load/saturate.js';
import { auditLog } from '../stack/audit.js';
import { eventTypes } from '../stack/history.js';
import { withInstallation } from '../stack/installation.js';
import { countingPostgres, openStatements, temporalRequests } from './counts.js';
import { readProfiles } from './cpu-profile.js';
import { report } from './report.js';
import { cpuOfThreads, spentBetween } from './threads.js';

const folder = path.resolve(process.argv[2] ?? 'bench-profile');
const lanes = 32;
const load = { lanes, warmUpMs: 8000, forMs: 20_000 };

const counted = await countOnce();
const sampled = await sampleOnce();
writeFileSync(path.join(folder, 'profile.md'), report({ counted, sampled, load: loadavg()[0] }));
console.log(path.join(folder, 'profile.md'));

async function countOnce() {
  mkdirSync(folder, { recursive: true });
  const audit = auditLog(folder);
  const metricsPort = 20_000 + Math.floor(Math.random() * 12_000);
  const temporalArgs = ['--metrics-port', String(metricsPort)];
  return withLoad({ postgresArgs: countingPostgres, temporalArgs, clusterArgs: audit.args }, async (installation) => {
    const { release, processes } = installation;
    const statements = await openStatements(installation);
    await release(0);
    await statements.reset();
    const [from, before] = [audit.length(), await temporalRequests(metricsPort)];
    let count = 0;
    const work = async (lane) => {
      await release(lane);
      count += 1;
    };
    const result = await saturate({ ...load, work, processes });
    const after = await temporalRequests(metricsPort);
    const requests = Object.entries(after).map(([name, n]) => [name, (n - (before[name] ?? 0)) / count]);
    return {
      result,
      count,
      statements: await statements.read(),
      audit: audit.events(from),
      requests: requests.filter(([, each]) => each > 0).sort(([, a], [, b]) => b - a),
      history: await eventTypes(installation, 'bench/service-0/2'),
    };
  });
}

async function sampleOnce() {
  const profiles = path.join(folder, 'profiles');
  rmSync(profiles, { recursive: true, force: true });
  const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500'];
  const micros = () => Number(process.hrtime.bigint() / 1000n);
  const measured = await withLoad({ nodeFlags }, async ({ release, processes }) => {
    await saturate({ ...load, forMs: 1000, work: release, processes });
    const threads = () => ({ worker: cpuOfThreads(processes.worker), server: cpuOfThreads(processes.server) });
    const [from, before] = [micros(), threads()];
    let count = 0;
    const work = async (lane) => {
      await release(lane);
      count += 1;
    };
    const result = await saturate({ ...load, warmUpMs: 1, work, processes });
    const after = threads();
    const spent = (name) => [name, spentBetween(before[name], after[name], count)];
    return { result, count, window: { from, to: micros() }, threads: ['worker', 'server'].map(spent) };
  });
  return { ...measured, profiles: readProfiles(profiles, measured.window) };
}

function withLoad(options, work) {
  return withInstallation(options, async (installation) => {
    const { releases } = installation;
    const start = await releases.configure({ application: 'bench', services: lanes });
    return work({ ...installation, release: async (lane) => releases.converged(await start(lane)) });
  });
}
