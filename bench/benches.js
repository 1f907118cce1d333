import { channels } from './channels.js';
import { latencies } from './latencies.js';
import { many } from './many.js';
import { offeredLoad } from './offered-load.js';
import { parked } from './parked.js';
import { planChannels } from './plan-channels.js';
import { saturation } from './saturation.js';
import { validateDocuments } from './validate-documents.js';
import { writes } from './writes.js';

/**
 * Everything that is measured: a name, and `run({quick, count})`, which answers rows of `{what, unit, samples, targets?}`. A
 * new bench is one file that sets up and takes down what it needs by itself, and one line here.
 */
export const benches = [
  planChannels,
  validateDocuments,
  saturation,
  offeredLoad,
  latencies,
  parked,
  many,
  writes,
  channels,
];
