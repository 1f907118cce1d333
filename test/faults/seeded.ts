/** Random numbers that are the same for the same seed: everything a schedule decides comes from here. */
export interface Seeded {
  /** From 0 to `below`, without it. */
  int(below: number): number;
  pick<T>(of: readonly T[]): T;
  shuffle<T>(of: readonly T[]): T[];
}

/** mulberry32, from the words that name what is decided. */
export function seeded(...words: (string | number)[]): Seeded {
  let state = 2_166_136_261;
  for (const char of words.join('/')) state = Math.imul(state ^ char.charCodeAt(0), 16_777_619);
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    pick: (of) => of[int(of.length)] as (typeof of)[number],
    shuffle(of) {
      const all = [...of];
      for (let last = all.length - 1; last > 0; last--) {
        const other = int(last + 1);
        [all[last], all[other]] = [all[other] as (typeof all)[number], all[last] as (typeof all)[number]];
      }
      return all;
    },
  };
}
