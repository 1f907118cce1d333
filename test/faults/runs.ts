import { AuditLog } from './audit.js';
import { check } from './check.js';
import { play } from './play.js';
import type { Schedule } from './schedule.js';
import { openStack, type Stack } from './stack.js';

export interface Outcome {
  violations: string[];
  tookMs: number;
}

/** Runs schedules one after the other on a stack that is started at the first one, and anew after a violation. */
export class Runs {
  private stack: Stack | undefined;
  private audit: AuditLog | undefined;

  async run(schedule: Schedule): Promise<Outcome> {
    const from = performance.now();
    this.stack ??= await openStack();
    this.audit ??= new AuditLog(this.stack.audit);
    const violations = await violationsOf(schedule, this.stack, this.audit);
    return { violations, tookMs: Math.round(performance.now() - from) };
  }

  /** Ends the stack; the next schedule starts another. */
  async close(): Promise<void> {
    const { stack } = this;
    this.stack = undefined;
    this.audit = undefined;
    await stack?.close();
  }

  /** Where the logs of the parts are, while there is a stack. */
  logs(): string | undefined {
    return this.stack?.layout.logs;
  }
}

/** Plays a schedule and looks at what became of it. */
export async function violationsOf(schedule: Schedule, stack: Stack, audit: AuditLog): Promise<string[]> {
  for (const link of Object.values(stack.links)) link.forget();
  try {
    const played = await play(stack, schedule);
    return await check({ stack, schedule, played, audit });
  } catch (error) {
    return [`it did not get through: ${error instanceof Error ? error.message : String(error)}`];
  }
}
