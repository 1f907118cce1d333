import { TowpathError } from '../release/towpath-error.js';

/** The channels that an option names, with commas. None at all is an error: a variable of a script may be empty. */
export function channelNames(flag: string, text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length > 0) return names;
  throw new TowpathError('BAD_REQUEST', `${flag} names no channel`);
}
