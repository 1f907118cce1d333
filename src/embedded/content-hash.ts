import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Everything may be part of the program, embedded files too, but for tests, words, tools and what was built. */
const counts = (file: string): boolean =>
  !file.split('/').some((part) => part.startsWith('.') || ['testdata', 'bin', 'scripts'].includes(part)) &&
  !/(_test\.go|\.md)$/.test(file);

/** Twelve hexadecimal digits that change with the sources of a Go module, and with nothing else. */
export function contentHash(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => counts(file) && statSync(path.join(folder, file)).isFile())
    .sort();
  for (const file of files) {
    const content = readFileSync(path.join(folder, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
