import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where the API's token lies; only its owner can read it. */
export const tokenFile = (home: string): string => path.join(home, 'token');

/** The token of an installation; undefined before its first `up`. */
export function readToken(home: string): string | undefined {
  try {
    const text = readFileSync(tokenFile(home), 'utf8').trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The token, made at the first call. Safe from several processes at once: the first to create the file decides. */
export function ensureToken(home: string): string {
  const known = readToken(home);
  if (known !== undefined) return known;
  mkdirSync(home, { recursive: true });
  try {
    writeFileSync(tokenFile(home), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const token = readToken(home);
  if (token === undefined) throw new Error(`${tokenFile(home)} is empty: delete it and try again`);
  return token;
}
