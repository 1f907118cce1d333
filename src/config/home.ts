import { homedir } from 'node:os';
import path from 'node:path';

/** Where the state of an installation lies: `$TOWPATH_HOME`, or `.towpath` in the home of whoever runs us. */
export const homeDir = (env: NodeJS.ProcessEnv): string =>
  path.resolve(env['TOWPATH_HOME'] || path.join(homedir(), '.towpath'));
