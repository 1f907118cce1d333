import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atOnce } from './load/at-once.js';
import { auditLog, isOurs, isWrite } from './stack/audit.js';
import { withInstallation } from './stack/installation.js';

/** (g): what we write to the API server for a run, by its audit log. What the first release makes once is not counted. */
async function run({ quick }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tb-audit-'));
  const count = quick ? 20 : 100;
  try {
    const audit = auditLog(folder);
    const events = await withInstallation({ clusterArgs: audit.args }, async ({ releases }) => {
      const start = await releases.configure({ application: 'bench', services: 10 });
      const work = async (i) => releases.converged(await start(i % 10));
      await work(0);
      const from = audit.length();
      await atOnce({ count, lanes: 1, work });
      return audit.events(from);
    });
    const ours = events.filter(isOurs);
    const writes = ours.filter(isWrite);
    return [
      {
        what: '(g) writes of ours a run',
        unit: 'requests',
        samples: [writes.length / count],
        targets: { median: { atMost: 3 } },
      },
      ...perVerb(writes).map(([verb, n]) => ({ what: `(g) ${verb} a run`, unit: 'requests', samples: [n / count] })),
      {
        what: '(g) reads and watches of ours a run',
        unit: 'requests',
        samples: [(ours.length - writes.length) / count],
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const writes = { name: 'writes', run };

function perVerb(events) {
  const counts = new Map();
  for (const { verb, objectRef } of events) {
    const what = [verb, objectRef.resource].join(' ');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}
