import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { main } from '../dist/cli/run.js';
import { application, cluster, extension, joined, registry, service } from './documents.js';
import { measure } from './measure.js';

const counts = { clusters: 10, registries: 10, extensions: 80, applications: 100, services: 800 };
const each = (count, text) => Array.from({ length: count }, (_, i) => text(i));

/** A thousand documents in a hundred files and two, as a person checks them: inside this process, and as a command. */
async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'towpath-bench-'));
  try {
    writeDocuments(folder);
    const args = ['configs', 'validate', folder];
    return [
      {
        what: 'validate 1,000 documents: in this process',
        unit: 'ms',
        targets: { median: { atMost: 3000 } },
        samples: await measure(() => validate(args), { warmUp: 2, times: 15 }),
      },
      {
        what: 'validate 1,000 documents: the command, from start to end',
        unit: 'ms',
        targets: { median: { atMost: 3000 } },
        samples: await measure(() => command(args), { warmUp: 1, times: 10 }),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const validateDocuments = { name: 'validate', run };

function writeDocuments(folder) {
  const { clusters, registries, extensions, applications, services } = counts;
  const write = (name, documents) => writeFileSync(path.join(folder, `${name}.pvn.yaml`), joined(documents));
  const runtimesOf = (i) => [0, 1, 2].map((nth) => `extension-${(i + nth * 7) % extensions}`);
  const link = (i) => ({ cluster: `cluster-${i % clusters}`, registry: `registry-${i % registries}` });
  write('linked', [
    ...each(clusters, (i) => cluster(`cluster-${i}`)),
    ...each(registries, (i) => registry(`registry-${i}`)),
  ]);
  write(
    'extensions',
    each(extensions, (i) => extension(`extension-${i}`, link(i))),
  );
  for (let i = 0; i < applications; i += 1) {
    const name = `app-${i}`;
    write(name, [
      application(name, { channels: 4, runtimes: runtimesOf(i) }),
      ...each(services / applications, (nth) =>
        service(`service-${nth}`, { application: name, runtime: runtimesOf(i)[nth % 3] }),
      ),
    ]);
  }
}

/** The code of the command, with what it says kept. */
async function validate(args) {
  const said = [];
  const io = {
    out: (line) => said.push(line),
    err: (line) => said.push(line),
    isTTY: false,
    canAsk: false,
    columns: 100,
  };
  const deps = {
    io,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    now: () => new Date(),
    pollMs: 1,
  };
  check(await main(args, deps), said.join('\n'));
}

async function command(args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/towpath', ...args]);
  check(0, stdout.trim());
}

/** Work that ends early is no measure. */
function check(code, said) {
  if (code !== 0 || said !== '1000 documents: no errors') throw new Error(`validate ended with ${code}: ${said}`);
}
