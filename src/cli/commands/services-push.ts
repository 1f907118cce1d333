import { defineCommand } from '../command.js';
import { pushVersion } from '../push-version.js';
import { startOptions, startRelease, type StartOptions } from '../start.js';

/** A new service version, and a release of it unless that is declined. */
export const command = defineCommand<StartOptions & { release: boolean }>({
  options: [...startOptions, ['--no-release', 'store the version, start nothing']],
  examples: [
    ['services push my-service --param changeId=42 --wait', ''],
    ['services push my-service --param changeId=42 --channels staging', 'production is left for a later release'],
    ['services push my-service --param changeId=42 --no-release', '`releases start --version` releases it'],
  ],
  text: [
    'Values that are not given are those of the version before. A push that changes nothing says so and starts',
    'nothing, unless --rerun.',
  ].join('\n'),
  run: (context, [service = ''], { release, ...options }) =>
    release ? startRelease(context, service, options) : pushVersion(context, service, options),
});
