import { TowpathError } from '../release/towpath-error.js';

/** The number of a version, as an option gives it. */
export function versionIn(flag: string, text: string): number {
  if (/^v?[1-9]\d{0,8}$/.test(text)) return Number(text.replace('v', ''));
  throw new TowpathError('BAD_REQUEST', `${flag} takes the number of a version, not ${JSON.stringify(text)}`);
}
