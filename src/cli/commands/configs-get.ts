import { defineCommand } from '../command.js';
import { parseDocumentName } from '../document-name.js';

/** One document as it was written; as JSON also as it was understood. */
export const command = defineCommand({
  examples: [
    ['configs get application/my-app', ''],
    ['configs get service/my-app/my-service -f json', 'with its version, and as it was understood'],
  ],
  async run(context, [name = '']) {
    const { kind, key } = parseDocumentName(name);
    const config = await (await context.api()).config(kind, key);
    context.answer(config, () => [config.text.trimEnd()]);
    return 0;
  },
});
