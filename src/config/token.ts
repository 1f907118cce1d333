import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';

/** Where the API's token lies; only its owner can read it. */
export const tokenFile = (home: string): string => path.join(home, 'token');

/** The token of an installation; undefined before its first `up`. */
export function readToken(home: string): string | undefined {
  try {
    const text = readFileSync(tokenFile(home), 'utf8').trim();
    return text === '' ? undefined : text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new TowpathError('NOT_ALLOWED', `${tokenFile(home)} cannot be read (${code})`, {
      hint: 'it belongs to whoever runs `towpath up`; your own token goes into TOWPATH_TOKEN',
      cause: error,
    });
  }
}

/**
 * The token, made at the first call. Safe from several processes at once: the file appears whole, and the first to make
 * it decides.
 */
export function ensureToken(home: string): string {
  const known = readToken(home);
  if (known !== undefined) return known;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const fresh = `${tokenFile(home)}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(fresh, tokenFile(home));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const token = readToken(home);
  if (token === undefined) throw new TowpathError('NOT_ALLOWED', `${tokenFile(home)} is empty`, { hint: 'delete it' });
  return token;
}
