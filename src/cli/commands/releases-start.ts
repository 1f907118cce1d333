import { randomUUID } from 'node:crypto';
import type { StartAnswer, StartBody } from '../../server/api.js';
import type { Api } from '../api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { parametersByChannel, parameters } from '../parameters.js';
import { renderPlan } from '../render/plan.js';
import { printable } from '../render/text.js';
import { defaultTimeout, parseTimeout, waitForRelease } from '../wait.js';

interface Options {
  param?: string[];
  paramByReleaseChannel?: string[];
  rerun?: boolean;
  key?: string;
  wait?: boolean;
  timeout?: string;
  dryRun?: boolean;
  app?: string;
}

/** Starts a release; with `--dry-run` only shows what it would do. */
export const command = defineCommand<Options>({
  options: [
    ['--param <name=value>', 'a value of a parameter; may be repeated', 'list'],
    ['--param-by-release-channel <channel=name=value>', 'the same for one channel; may be repeated', 'list'],
    ['--rerun', 'also when this version is released already'],
    ['--key <text>', 'the same key is the same release, however often it is asked for'],
    ['--dry-run', 'show the plan, start nothing'],
    ['--wait', 'until it has ended; exit codes as of `releases wait`'],
    ['--timeout <duration>', `of --wait; ${defaultTimeout} unless said, 0 for no limit`],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [
    ['releases start my-service --param changeId=42', ''],
    ['releases start my-app/my-service --param changeId=42 --key build-42 --wait', 'in CI: safe to repeat'],
    ['releases start my-service --param-by-release-channel production=replicas=5', 'one channel only'],
  ],
  async run(context, [service = ''], options) {
    const timeoutMs = parseTimeout(options.timeout ?? defaultTimeout);
    const body: StartBody = {
      service,
      parameters: parameters(options.param ?? []),
      parametersByChannel: parametersByChannel(options.paramByReleaseChannel ?? []),
      ...(options.app === undefined ? {} : { application: options.app }),
      ...(options.rerun ? { rerun: true } : {}),
    };
    const api = await context.api();
    if (options.dryRun) return preview(context, api, body);
    // A key even when nobody gave one: an answer that was lost on the way is asked for again, and is the same release.
    const started = await api.start({ ...body, key: options.key ?? randomUUID() });
    say(context, started);
    if (!options.wait) return 0;
    return waitForRelease(context, api, { id: started.id, timeoutMs, successOnReplaced: true });
  },
});

function say(context: Context, started: StartAnswer): void {
  const { io } = context;
  const { id, version, outcome, warnings } = started;
  for (const warning of warnings) io.err(`warning: ${printable(warning)}`);
  const text = {
    created: `release ${id} started (${printable(version)})`,
    existing: `release ${id} was started before with this key (${printable(version)})`,
    unchanged: `unchanged: release ${id} has this version already (${printable(version)}); --rerun releases it again`,
  }[outcome];
  context.answer(started, () => [text]);
  if (outcome === 'created' && !context.json) io.err(`  towpath releases watch ${id}`);
}

async function preview(context: Context, api: Api, body: StartBody): Promise<number> {
  const { plan, unchanged } = await api.plan(body);
  for (const warning of plan.warnings) context.io.err(`warning: ${printable(warning)}`);
  context.answer({ plan, unchanged }, () => renderPlan(plan, context.colors));
  if (unchanged) context.io.err('unchanged: the newest release has this version already; start would need --rerun');
  return 0;
}
