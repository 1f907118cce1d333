import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { versionOf, type Line } from './summary.js';

/** The commit of the tree, with `+changes` when files that it knows differ from it; a tree without git has no other name. */
export function versionOfTree(folder = '.'): string {
  const args = ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty=+changes'];
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'no commit';
  }
}

/** What a file cannot be used for, in a sentence. */
export class Unusable extends Error {}

/** The file of finished schedules, a line each, with which a later call goes on. */
export class ResumeFile {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * What earlier calls have finished. Throws Unusable for a file of another version than this one, unless versions may be mixed.
   * Half a line at the end, of a call that was interrupted as it wrote, is cut off, since the next line would become its other half.
   */
  open({ version, mixed, say }: { version: string; mixed: boolean; say: (what: string) => void }): Line[] {
    if (!existsSync(this.file)) return [];
    const bytes = readFileSync(this.file);
    const whole = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
    const finished = lines.map((line, index) => this.parse(line, index));
    // With changes, it is not known whether they are the same.
    const others = [...new Set(finished.map(versionOf))].filter((of) => of !== version || of.endsWith('+changes'));
    if (others.length > 0 && !mixed) throw new Unusable(this.refusal(others, version));
    if (whole < bytes.length) {
      truncateSync(this.file, whole);
      say(`${this.file}: half a line at its end was cut off, of a call that was interrupted`);
    }
    return finished;
  }

  add(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private parse(line: string, index: number): Line {
    try {
      return JSON.parse(line) as Line;
    } catch {
      throw new Unusable(`${this.file}: line ${index + 1} is no schedule that was run; give another file to --resume`);
    }
  }

  private refusal(others: readonly string[], version: string): string {
    return (
      `${this.file} has schedules that ran on another version than this one, ${version}: ${others.join(', ')}. ` +
      'Give another file to --resume, or --mixed to count them together.'
    );
  }
}
