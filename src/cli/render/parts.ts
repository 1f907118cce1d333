import { partNames } from '../../embedded/layout.js';
import type { PartState, State } from '../../embedded/state.js';
import type { Colors } from './colors.js';
import { table, type TableLook } from './table.js';
import { duration, shortTime } from './time.js';

function paintPart(state: ShownState, colors: Colors): (text: string) => string {
  if (state === 'ready') return colors.green;
  if (['failed', 'restarting', 'silent', 'gone'].includes(state)) return colors.red;
  return state === 'given' ? colors.blue : colors.dim;
}

export type ShownState = PartState['state'] | 'gone';

/** A part is gone when its process is and nobody is known to start it again. */
export const shownPart = ({ state, process: id }: PartState, lives: boolean): ShownState =>
  id === undefined || lives || state === 'restarting' ? state : 'gone';

/** The parts while they start, a line each: what each is doing just now. */
export function renderParts(state: State, colors: Colors): string {
  const width = Math.max(...partNames.map((name) => name.length));
  return partNames
    .map((name) => {
      const part = state.parts[name];
      const shown = paintPart(part.state, colors)(part.state.padEnd('preparing'.length));
      return `${name.padEnd(width)}  ${shown}  ${colors.dim(partNote(part))}`.trimEnd();
    })
    .join('\n');
}

/** What a part is doing, or where it is. */
function partNote(part: PartState): string {
  if (part.note !== undefined) return part.state === 'ready' ? `${part.address} (${part.note})` : part.note;
  if (part.state === 'restarting') return part.lastError ?? '';
  const address = part.address === '-' || part.state === 'waiting' ? '' : part.address;
  if (part.state !== 'ready' || part.tookMs === undefined) return address;
  return `${address} (${duration(part.tookMs)})`.trim();
}

/** For `status`: everything known of each part. */
export function partsTable(state: State, living: readonly string[], { colors, columns }: TableLook): string[] {
  return table(
    ['PART', 'STATE', 'ADDRESS', 'PID', 'RESTARTS', 'VERSION', 'NOTE'],
    partNames.map((name) => {
      const part = state.parts[name];
      const lives = living.includes(name);
      const shown = shownPart(part, lives);
      return [
        name,
        { text: shown, paint: paintPart(shown, colors) },
        part.address,
        !lives || !part.process ? '' : String(part.process.pid),
        part.state === 'given' ? '' : String(part.restarts),
        part.version ?? '',
        part.note ?? lastRestart(part),
      ];
    }),
    { columns, names: ['PART', 'ADDRESS', 'PID'] },
  );
}

const lastRestart = ({ lastError, restartedAt }: PartState): string =>
  lastError === undefined || restartedAt === undefined
    ? (lastError ?? '')
    : `started again ${shortTime(restartedAt)}: ${lastError}`;

/** Where everything is, for the one who has just started it. */
export function whereLines(state: State, tokenFile: string): string[] {
  const context = state.kubeContext === undefined ? '' : ` (context ${state.kubeContext})`;
  return [
    `server      ${state.server}`,
    ...(state.temporalUi === undefined ? [] : [`Web UI      ${state.temporalUi} (Temporal)`]),
    `kubeconfig  ${state.kubeconfig}${context}`,
    `token       ${tokenFile}`,
    `logs        ${state.logs}`,
  ];
}

/** What the first build of the cluster took, apart from everything else. */
export function buildLine({ build }: Pick<State, 'build'>, otherMs: number): string {
  const other = `everything else ${(otherMs / 1000).toFixed(1)} s`;
  if (!build) return `cluster build: none was needed; ${other}`;
  return `cluster build: ${build.cpuSeconds} CPU-seconds in ${duration(build.wallMs)}; ${other}`;
}
