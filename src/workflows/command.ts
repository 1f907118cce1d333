import { checkCommand, type ReleaseCommand } from '../release/commands.js';
import type { Refusal } from '../release/decisions.js';
import { given } from '../release/given.js';
import type { CommandRequest } from '../release/steps.js';
import type { Live } from './live.js';
import { main } from './proxies.js';

/** A stored request as the command that it is. */
export const commandOf = ({ id, kind, channel, by, reason }: CommandRequest): ReleaseCommand =>
  given({ kind, by, requestId: id, reason, channel: channel === '' ? undefined : channel });

/** Does what was asked for, or records why not (docs/spec.md §9.9). */
export async function obey(live: Live, request: CommandRequest): Promise<void> {
  const command = commandOf(request);
  const checked = check(live, command);
  if ('refusal' in checked) return refuse(live, command, checked.refusal);
  if (command.kind === 'retry') return retry(live, command, checked.channels);
  live.apply({ type: 'cancel', command, source: 'request' });
  for (const name of checked.channels) live.scopes.get(name)?.cancel();
}

/** Also whether the release is over. */
export const check = (
  live: Live,
  command: Pick<ReleaseCommand, 'kind' | 'channel'>,
): ReturnType<typeof checkCommand> =>
  live.over
    ? { refusal: { code: 'ALREADY_DECIDED', message: 'the release is over' } }
    : checkCommand(live.state(), command);

/**
 * Whoever retries has seen that a channel failed. The store shows it a moment before the release knows, or half a minute, if
 * the worker that recorded it was killed then: such a retry is judged once the release knows.
 */
export const comesEarly = (live: Live, { kind, channel }: Pick<ReleaseCommand, 'kind' | 'channel'>): boolean =>
  kind === 'retry' && (channel === undefined ? live.failing.size > 0 : live.failing.has(channel));

/** Counts for the channels that no newer release has entered; what is true then is checked after the store has said so. */
async function retry(live: Live, command: ReleaseCommand, channels: string[]): Promise<void> {
  const { application, service } = live.input.plan;
  const summary = `retry ${channels.join(', ')}: is a newer release there?`;
  const input = { application, service, release: live.input.number, channels };
  const { replaced } = await main.reenter.executeWithOptions({ summary }, [input]);
  const still = check(live, command);
  if ('refusal' in still) return refuse(live, command, still.refusal);
  const again = still.channels.filter((name) => channels.includes(name) && !Object.hasOwn(replaced, name));
  if (again.length > 0) return live.apply({ type: 'retry', channels: again, command, source: 'request' });
  const [[channel, by] = ['', '']] = Object.entries(replaced);
  refuse(live, command, { code: 'SUPERSEDED', message: `the newer release ${by} has taken channel "${channel}"` });
}

function refuse(live: Live, { kind, channel = '', ...command }: ReleaseCommand, { code, message }: Refusal): void {
  const at = new Date().toISOString();
  const why = `${code}: ${message}`;
  live.apply({
    type: 'refused',
    decision: { ...command, channel, gate: '', decision: kind, at, counted: false, why, source: 'request' },
  });
}
