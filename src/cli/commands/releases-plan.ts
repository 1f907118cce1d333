import { defineCommand } from '../command.js';
import { contentOf, contentOptions, previewRelease, versionOption, type ContentOptions } from '../start.js';

/** What a start with the same options would do, and what of it differs from the last release. */
export const command = defineCommand<ContentOptions>({
  options: [...contentOptions, versionOption],
  examples: [['releases plan my-service --param changeId=42', 'before you start it']],
  text: 'Everything is rendered for every channel, as `releases start` does it. Nothing is stored.',
  async run(context, [service = ''], options) {
    return previewRelease(context, await context.api(), contentOf(service, options));
  },
});
