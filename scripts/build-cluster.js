// Builds the embedded Kubernetes for the tests, unless these very sources were built before, and prints where it is.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCluster, clusterBinary } from '../dist/embedded/cluster-build.js';

const cache = path.resolve(process.env.TOWPATH_CACHE ?? '.cache');
const binary = process.env.TOWPATH_CLUSTER_BIN ?? clusterBinary(cache);
if (existsSync(binary)) {
  console.log(`the embedded Kubernetes was built before: ${path.basename(binary)}`);
} else {
  let said = 0;
  const report = (note) => {
    if (performance.now() - said < 15_000) return;
    said = performance.now();
    console.log(note);
  };
  const { cpuSeconds, wallMs } = await buildCluster(binary, { report, signal: new AbortController().signal });
  console.log(`built the embedded Kubernetes: ${cpuSeconds} CPU-seconds, ${Math.round(wallMs / 1000)} s`);
}
