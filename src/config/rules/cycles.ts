/** Ways from a name back to itself; those that share a name with one before are left out. */
export function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const [done, reported] = [new Set<string>(), new Set<string>()];
  const walk = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    const cycle = start < 0 ? [] : trail.slice(start);
    if (cycle.length > 0 && !cycle.some((each) => reported.has(each))) cycles.push(cycle);
    for (const each of cycle) reported.add(each);
    if (cycle.length > 0 || done.has(name)) return;
    for (const next of edges.get(name) ?? []) walk(next, [...trail, name]);
    done.add(name);
  };
  for (const name of edges.keys()) walk(name, []);
  return cycles;
}
