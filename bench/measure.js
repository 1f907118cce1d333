/** Milliseconds of each of `times` calls, after `warmUp` calls that nobody looks at. Calls follow one another. */
export async function measure(work, { warmUp, times }) {
  for (let i = 0; i < warmUp; i += 1) await work();
  const samples = [];
  for (let i = 0; i < times; i += 1) {
    const from = performance.now();
    await work();
    samples.push(performance.now() - from);
  }
  return samples;
}

/** Nearest rank: with few samples the p95 is the slowest, which is the honest reading of few samples. */
export function summaryOf(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { n: sorted.length, median: rank(0.5), p95: rank(0.95), p99: rank(0.99), min: sorted[0], max: sorted.at(-1) };
}

/** The statistics that miss their targets: `{median: {atMost: 100}}`. */
export function verdictOf(summary, targets = {}) {
  const misses = ([statistic, { atMost = Infinity, atLeast = -Infinity }]) =>
    summary[statistic] > atMost || summary[statistic] < atLeast;
  return {
    missed: Object.entries(targets)
      .filter(misses)
      .map(([statistic]) => statistic),
  };
}
