import type { Context } from './context.js';

/** The option values that commander read, by their camelCase name. */
export type OptionValues = Record<string, string | boolean | string[] | undefined>;

/** One verb, in a file of its own that is loaded when the verb is called. Its entry in the table is in `verbs.ts`. */
export interface Command<Options extends object = object> {
  options?: readonly Option[];
  /** Shown below the help: command lines without `towpath`, with a remark. */
  examples?: readonly (readonly [string, string])[];
  /** Longer help, between usage and options. */
  text?: string;
  /** Answers the exit code. `args` are the operands as they were written. */
  run(context: Context, args: string[], options: Options): Promise<number>;
}

/** Flags as commander writes them, what they are for, and `list` when they may be repeated. */
export type Option = readonly [flags: string, description: string, kind?: 'list'];

/**
 * Says that a command's flags are those of its `Options` type. Flags are data for commander, so this is the one place
 * where they meet the type.
 */
export const defineCommand = <Options extends object>(command: Command<Options>): Command =>
  command as unknown as Command;
