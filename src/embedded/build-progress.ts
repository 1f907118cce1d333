/** What people are told while Go compiles: how many of the packages, and how much longer at the rate so far. */
export function createProgress(total: number, now: () => number) {
  const begun = now();
  let done = 0;
  return {
    /** One line of `go build -v`: the name of a package whose compilation begins. */
    line(line: string): void {
      if (/^[A-Za-z0-9][^\s:]*$/.test(line)) done += 1;
    },
    note(): string {
      if (done >= total) return 'linking';
      return `compiling ${done}/${total} packages, ${timeLeft(done, total, now() - begun) ?? 'usually 5 to 10 min'}`;
    },
  };
}

/** By the rate so far; undefined until there is one worth naming. */
export function timeLeft(done: number, total: number, elapsedMs: number): string | undefined {
  if (done < 50 || elapsedMs < 10_000) return undefined;
  const seconds = ((elapsedMs / done) * (total - done)) / 1000;
  return `about ${seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.round(seconds / 60)} min`} left`;
}

/** CPU seconds of a shell's children, from the output of its builtin `times`: the second line, user and system. */
export function parseTimes(text: string): number | undefined {
  const lines = text.trim().split('\n').slice(-2);
  const match = /^(\d+)m([\d.]+)s\s+(\d+)m([\d.]+)s$/.exec(lines[1]?.trim() ?? '');
  if (!match) return undefined;
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = match.slice(1).map(Number);
  return userMinutes * 60 + user + systemMinutes * 60 + system;
}
