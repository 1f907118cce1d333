// Simulated nodes as two more parts of an installation: kwok itself, and what answers for the nodes' logs.
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureKwok } from './install.js';
import { createNodes, nodesAreReady } from './nodes.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function kwokParts(layout, { cacheDir }) {
  const port = await freePort();
  const pair = ['serving.crt', 'serving.key'].map((name) => path.join(layout.cluster, name));
  const common = {
    needs: [],
    address: '-',
    ports: [],
    startTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 5000,
  };
  return [
    {
      ...common,
      name: 'node-logs',
      prepare: () => ({ command: process.execPath, args: [here('log-server.js'), String(port), ...pair] }),
      usable: ({ log }) => log().includes('node logs ready'),
    },
    {
      ...common,
      name: 'kwok',
      prepare: async ({ report }) => ({
        command: await ensureKwok(cacheDir, (note) => (report(note), console.error(note))),
        args: argumentsOf(layout, port),
      }),
      beforeLaunch: () => createNodes(layout.kubeconfig),
      usable: () => nodesAreReady(layout.kubeconfig),
    },
  ];
}

const argumentsOf = ({ kubeconfig }, port) => [
  `--kubeconfig=${kubeconfig}`,
  `--config=${here('stages.yaml')}`,
  '--manage-nodes-with-label-selector=type=kwok',
  '--node-ip=127.0.0.1',
  `--node-port=${port}`,
  // Its own server answers for nothing here; without an address it would take the port of the nodes.
  '--server-address=127.0.0.1:0',
  '--node-lease-duration-seconds=0',
];

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
