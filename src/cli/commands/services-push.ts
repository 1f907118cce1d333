import { defineCommand } from '../command.js';
import { startOptions, startRelease, type StartOptions } from '../start.js';

/** A new service version, and a release of it. */
export const command = defineCommand<StartOptions>({
  options: startOptions,
  examples: [
    ['services push my-service --param changeId=42 --wait', ''],
    ['services push my-service --param changeId=42 --channels staging', 'production is left for a later release'],
  ],
  text: [
    'Values that are not given are those of the release before. A push that changes nothing says so and starts',
    'nothing, unless --rerun.',
  ].join('\n'),
  run: (context, [service = ''], options) => startRelease(context, service, options),
});
