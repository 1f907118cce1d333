import { withInstallation } from './stack/installation.js';
import { historyLengths } from './stack/history.js';
import { cpuOf } from './stack/processes.js';

const counted = ['worker', 'server', 'temporal', 'postgres'];

/** (h): one release over ever more channels, side by side: what each channel costs must not grow with their number. */
const run = ({ quick }) =>
  withInstallation({}, async (installation) => {
    const rounds = quick ? 1 : 5;
    const sizes = [1, 10, 100];
    const starts = new Map();
    for (const channels of sizes) {
      const start = await installation.releases.configure({ application: `of-${channels}`, services: 1, channels });
      starts.set(channels, start);
      await installation.releases.converged(await start(0));
    }
    const results = new Map(sizes.map((size) => [size, []]));
    for (let i = 0; i < rounds; i += 1)
      for (const size of sizes) results.get(size).push(await once(installation, starts.get(size), size));
    return rows(results);
  });

export const channels = { name: 'channels', run };

async function once(installation, start, size) {
  const { releases, processes } = installation;
  const [before, begun] = [cpuOf(processes), performance.now()];
  const id = await start(0);
  const ended = await releases.converged(id);
  const after = cpuOf(processes);
  const cpu = counted.reduce((sum, name) => sum + after[name] - before[name], 0);
  const [events] = await historyLengths(installation, [id]);
  return { events: events / size, cpu: cpu / size, time: (ended - begun) / size };
}

const units = { events: 'events', cpu: 'ms', time: 'ms' };

/** Linear: a channel of a hundred costs what one of ten does, give or take what a busy machine does to a figure. */
const linear = { median: { atMost: 1.25 } };

function rows(results) {
  const samples = (size, key) => results.get(size).map((each) => each[key]);
  const each = [...results.keys()].flatMap((size) =>
    Object.entries(units).map(([key, unit]) => ({
      what: `(h) ${size} channels: ${key} of a channel`,
      unit,
      samples: samples(size, key),
    })),
  );
  const growth = Object.keys(units).map((key) => ({
    what: `(h) growth from 10 to 100 channels: ${key} of a channel`,
    unit: 'ratio',
    samples: samples(100, key).map((value, i) => value / samples(10, key)[i]),
    targets: linear,
  }));
  return [...each, ...growth];
}
