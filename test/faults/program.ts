import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How a program behaves: ends at once, ends when it may, fails until it is mended, or says once that it was called and goes on. */
export type Program = 'short' | 'long' | 'failing' | 'called';

/** The folder that programs and the harness share. */
export interface Shared {
  folder: string;
}

const dotted = (release: string): string => release.replaceAll('/', '.');
const ledgerFile = ({ folder }: Shared): string => path.join(folder, 'ledger');

/** Every execution says in the ledger when it begins and when it ends, whoever started it. */
export function script(shared: Shared, program: Program): string {
  const at = path.join(shared.folder, '');
  const id = '$(echo $TOWPATH_RELEASE_ID | tr / .)';
  const line = (what: string): string =>
    `echo "${what} $TOWPATH_RELEASE_ID $PVN_RELEASE_CHANNEL $TOWPATH_RUN" >> ${ledgerFile(shared)}`;
  const body = {
    short: [],
    long: [`until [ -f ${at}/go.${id} ]; do sleep 0.2; done`],
    called: [`until [ -f ${at}/called.${id} ]; do sleep 0.2; done; echo called; sleep 600`],
    failing: [`[ -f ${at}/mended.${id} ] || { ${line('end')}; echo failed; exit 3; }`],
  }[program];
  // The shell's own words about a child that was ended are not the program's.
  return [
    'exec 2>/dev/null',
    'trap "exit 143" TERM',
    line('begin'),
    'echo begun',
    ...body,
    line('end'),
    'echo done',
  ].join('; ');
}

/** Lets a long program end, also before it has begun. */
export const letEnd = ({ folder }: Shared, release: string): void =>
  writeFileSync(path.join(folder, `go.${dotted(release)}`), '');

export const mend = ({ folder }: Shared, release: string): void =>
  writeFileSync(path.join(folder, `mended.${dotted(release)}`), '');

/** A program that waits for it says so in its log. */
export const call = ({ folder }: Shared, release: string): void =>
  writeFileSync(path.join(folder, `called.${dotted(release)}`), '');

export interface Execution {
  what: 'begin' | 'end';
  release: string;
  channel: string;
  run: number;
}

export function openLedger(shared: Shared): void {
  appendFileSync(ledgerFile(shared), '', { mode: 0o666 });
}

/** What the programs of a release have written. */
export function executions(shared: Shared, release: string): Execution[] {
  const file = ledgerFile(shared);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, of]) => of === release)
    .map(([what, of = '', channel = '', run]) => ({
      what: what === 'begin' ? 'begin' : 'end',
      release: of,
      channel,
      run: Number(run),
    }));
}
