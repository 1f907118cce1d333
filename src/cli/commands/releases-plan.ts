import { defineCommand } from '../command.js';
import { contentOf, contentOptions, previewRelease, versionOption, type ContentOptions } from '../start.js';

/** What a start with the same options would do in each channel, and what of it differs from the last release. */
export const command = defineCommand<ContentOptions>({
  options: [...contentOptions, versionOption],
  examples: [['releases plan my-service --param changeId=42', 'before you start it']],
  text: [
    'Everything is rendered for every channel, as `releases start` does it, with the same digests. Nothing is stored.',
    'Of each channel: what it waits for and who can act, its Job, its values, and what differs from the last release.',
    'As JSON it is the PlanAnswer of the HTTP API: fields are added to it, and never renamed.',
  ].join('\n'),
  async run(context, [service = ''], options) {
    return previewRelease(context, await context.api(), contentOf(service, options));
  },
});
