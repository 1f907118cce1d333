import { lackOfRoom } from '../embedded/disk-room.js';
import { partNames } from '../embedded/layout.js';
import { isStopped } from '../embedded/process-id.js';
import type { State } from '../embedded/state.js';
import { shownPart } from './render/parts.js';

/** What keeps all parts from being looked after: a supervisor that stands still, a full disk. */
export function machineProblems(home: string, { supervisor }: State, supervised: boolean): string[] {
  const lack = lackOfRoom(home);
  const { pid } = supervisor;
  const stopped = `the supervisor is stopped, and nothing is started again: \`kill -CONT ${pid}\` lets it go on`;
  const then = supervised ? 'everything goes on by itself once there is room' : 'make room, then `towpath up`';
  return [
    ...(supervised && isStopped(supervisor) ? [stopped] : []),
    ...(lack === undefined ? [] : [`${lack}; ${then}`]),
  ];
}

/** Parts of ours that are not usable just now, each with why; `living` have a process. */
export const partProblems = ({ parts }: State, living: readonly string[]): string[] =>
  partNames.flatMap((name) => {
    const { state, note, lastError, process: id } = parts[name];
    const shown = shownPart(parts[name], living.includes(name));
    if (shown === 'ready' || shown === 'given') return [];
    if (shown === 'gone' && state === 'ready' && id) return [`${name}: its process ${id.pid} is gone`];
    return [`${name}: ${[shown, note ?? lastError].filter(Boolean).join(', ')}`];
  });
