import { createHash } from 'node:crypto';

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

export const runName = 'my-app/my-service/1/staging/1';

interface Claims {
  name?: string;
  bytes?: number | string;
  sha?: string;
}

/** A result as a program frames it, or as a careless one would. */
export function framed(body: string, claims: Claims = {}): string {
  const { name = runName, bytes = Buffer.byteLength(body), sha = sha256(body) } = claims;
  const begin = `-----BEGIN TOWPATH RESULT run=${name} bytes=${bytes} sha256=${sha}-----`;
  return `${begin}\n${body}\n-----END TOWPATH RESULT run=${name} sha256=${sha}-----\n`;
}
