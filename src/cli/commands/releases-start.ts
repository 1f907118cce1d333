import { defineCommand } from '../command.js';
import { contentOf, previewRelease, startOptions, startRelease, versionOption, type StartOptions } from '../start.js';

/** Starts a release; with `--dry-run` only shows what it would do. */
export const command = defineCommand<StartOptions & { dryRun?: boolean }>({
  options: [...startOptions, versionOption, ['--dry-run', 'show the plan, start nothing: the same as `releases plan`']],
  examples: [
    ['releases start my-service --param changeId=42', ''],
    ['releases start my-app/my-service --param changeId=42 --key build-42 --wait', 'in CI: safe to repeat'],
    ['releases start my-service --param-by-release-channel production=replicas=5', 'one channel only'],
    ['releases start my-service --version v5', 'a version that was pushed before, with its values'],
    ['releases start my-service --channels staging', 'production is left for a later release'],
  ],
  async run(context, [service = ''], options) {
    if (options.dryRun) return previewRelease(context, await context.api(), contentOf(service, options));
    return startRelease(context, service, options);
  },
});
