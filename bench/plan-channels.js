import { readDocuments } from '../dist/config/read.js';
import { previewRelease } from '../dist/server/start.js';
import { application, cluster, extension, joined, registry, service } from './documents.js';
import { measure } from './measure.js';

const names = Array.from({ length: 5 }, (_, i) => `runtime-${i}`);

/** As the server answers `releases plan`, but for the way to the database and back. */
async function run() {
  const configs = storedConfigs(
    joined([
      cluster('cluster-0'),
      registry('registry-0'),
      ...names.map((name) => extension(name, { cluster: 'cluster-0', registry: 'registry-0' })),
      application('large', { channels: 50, runtimes: names }),
      ...names.map((runtime) => service(`service-of-${runtime}`, { application: 'large', runtime })),
    ]),
  );
  const plan = await planOf(configs, []);
  if (plan.channels.length !== 50) throw new Error(`${plan.channels.length} channels are planned, and not 50`);
  const last = { id: 'large/service-of-runtime-0/1', number: 1, view: { channels: [] } };
  return [
    {
      what: 'plan 50 channels, 5 runtimes: first release',
      unit: 'ms',
      targets: { median: { atMost: 300 } },
      samples: await measure(() => planOf(configs, []), { warmUp: 5, times: 60 }),
    },
    {
      what: 'plan 50 channels, 5 runtimes: compared with the last release',
      unit: 'ms',
      targets: { median: { atMost: 300 } },
      samples: await measure(() => planOf(configs, [{ ...last, plan }]), { warmUp: 5, times: 60 }),
    },
  ];
}

export const planChannels = { name: 'plan', run };

function storedConfigs(text) {
  const { documents, issues } = readDocuments([{ path: 'large.pvn.yaml', text }], []);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return documents.map(({ name, key, document, text: own }) => ({
    kind: name.kind,
    key,
    document,
    text: own,
    version: 1,
  }));
}

async function planOf(configs, releases) {
  const store = {
    configs: async () => configs,
    releases: async () => releases,
    plan: async () => releases[0]?.plan,
    versionOf: async () => 1,
    latestValues: async () => releases[0]?.plan.values,
  };
  const body = { service: 'large/service-of-runtime-0', parameters: { changeId: 'a-change' } };
  const answer = await previewRelease({ store }, body);
  return JSON.parse(JSON.stringify(answer)).plan;
}
