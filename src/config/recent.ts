/**
 * What was made of the keys that were asked for last, up to a weight in all. For keys that say everything about their value:
 * then nothing in it is ever out of date.
 */
export class Recent<V> {
  private readonly kept = new Map<string, V>();
  private readonly limit: number;
  private readonly weigh: (key: string, value: V) => number;
  private weight = 0;

  constructor(limit: number, weigh: (key: string, value: V) => number) {
    this.limit = limit;
    this.weigh = weigh;
  }

  get(key: string): V | undefined {
    const value = this.kept.get(key);
    if (value === undefined) return undefined;
    // A map keeps the order of insertion: what was used last is removed last.
    this.kept.delete(key);
    this.kept.set(key, value);
    return value;
  }

  keep(key: string, value: V): V {
    this.forget(key);
    this.kept.set(key, value);
    this.weight += this.weigh(key, value);
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.limit) break;
      this.forget(oldest);
    }
    return value;
  }

  private forget(key: string): void {
    const value = this.kept.get(key);
    if (value === undefined) return;
    this.kept.delete(key);
    this.weight -= this.weigh(key, value);
  }
}
