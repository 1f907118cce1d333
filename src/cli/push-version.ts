import { TowpathError } from '../release/towpath-error.js';
import type { Context } from './context.js';
import { printable } from './render/text.js';
import { contentOf, type StartOptions } from './start.js';

/** Stores a service version without a release, and says how to release it. */
export async function pushVersion(context: Context, service: string, options: StartOptions): Promise<number> {
  refuseReleaseOptions(options);
  const { parameters, parametersByChannel, application } = contentOf(service, options);
  const api = await context.api();
  const pushed = await api.createVersion({
    service,
    ...(parameters ? { parameters } : {}),
    ...(parametersByChannel ? { parametersByChannel } : {}),
    ...(application === undefined ? {} : { application }),
  });
  for (const warning of pushed.warnings) context.io.err(`warning: ${printable(warning)}`);
  const name = `${pushed.application}/${pushed.service}`;
  const version = printable(pushed.version);
  context.answer(pushed, () => [
    pushed.outcome === 'created' ? `version ${version} of ${name} stored` : `unchanged: ${name} has version ${version}`,
  ]);
  if (!context.json) context.io.err(`  towpath releases start ${name} --version ${version}`);
  return 0;
}

function refuseReleaseOptions(options: StartOptions): void {
  const { channels, rerun, key, wait, waitChannel, timeout, fast, autoRollback } = options;
  const of = { channels, rerun, key, wait, 'wait-channel': waitChannel, timeout, fast, 'auto-rollback': autoRollback };
  const [flag] = Object.entries(of).find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  throw new TowpathError('BAD_REQUEST', `--${flag} is about a release, and --no-release makes none`);
}
