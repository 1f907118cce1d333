import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const counts = (file: string): boolean =>
  !file.split('/').some((part) => part.startsWith('.') || part === 'testdata' || part === 'bin') &&
  !file.endsWith('_test.go') &&
  /\.(go|mod|sum|tmpl)$|^scripts\/build\.sh$/.test(file);

/** Twelve hexadecimal digits that change with the sources of a Go module, and with nothing else. */
export function contentHash(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter(counts)
    .sort();
  for (const file of files) {
    const content = readFileSync(path.join(folder, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
