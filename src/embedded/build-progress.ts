/**
 * How much of the time has passed when a part of the packages is compiled, as measured on a cold build: the small ones
 * of the standard library come first, linking comes last. A rate of packages alone would promise a third of the truth.
 */
const curve = [
  [0, 0],
  [0.12, 0.05],
  [0.3, 0.11],
  [0.5, 0.34],
  [0.66, 0.51],
  [0.84, 0.76],
  [1, 0.96],
] as const;

/** What people are told while Go compiles: how many of the packages, and how much longer it will take. */
export function createProgress(total: number, now: () => number) {
  const begun = now();
  let done = 0;
  return {
    /** One line of `go build -v`: the name of a package whose compilation begins. */
    line(line: string): void {
      if (/^[A-Za-z0-9][^\s:]*$/.test(line)) done += 1;
    },
    note(): string {
      // One of them, `unsafe`, is never compiled.
      if (done >= total - 1) return 'linking';
      return `compiling ${done}/${total} packages, ${timeLeft(done / total, now() - begun) ?? 'usually 5 to 10 min'}`;
    },
  };
}

/** By the time so far; undefined until it says something. `part` is the part of the packages that is compiled. */
export function timeLeft(part: number, elapsedMs: number): string | undefined {
  const passed = passedAt(part);
  if (passed < 0.04 || elapsedMs < 10_000) return undefined;
  const seconds = (elapsedMs / 1000) * (1 / passed - 1);
  return `about ${seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.round(seconds / 60)} min`} left`;
}

function passedAt(part: number): number {
  const next = Math.max(
    1,
    curve.findIndex(([packages]) => packages >= part),
  );
  const [fromPackages, fromTime] = curve[next - 1] ?? [0, 0];
  const [toPackages, toTime] = curve[next] ?? [1, 1];
  return fromTime + ((part - fromPackages) / (toPackages - fromPackages)) * (toTime - fromTime);
}

/** CPU seconds of a shell's children, from the output of its builtin `times`: the second line, user and system. */
export function parseTimes(text: string): number | undefined {
  const lines = text.trim().split('\n').slice(-2);
  const match = /^(\d+)m([\d.]+)s\s+(\d+)m([\d.]+)s$/.exec(lines[1]?.trim() ?? '');
  if (!match) return undefined;
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = match.slice(1).map(Number);
  return userMinutes * 60 + user + systemMinutes * 60 + system;
}
