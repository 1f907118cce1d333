import { defineCommand } from '../command.js';
import { parseDocumentName } from '../document-name.js';
import { versionIn } from '../document-version.js';

/** One document as it was written; as JSON also as it was understood. */
export const command = defineCommand<{ version?: string }>({
  options: [['--version <version>', 'the newest unless said; also of a document that was deleted']],
  examples: [
    ['configs get application/my-app', ''],
    ['configs get application/my-app --version 3', 'as it was'],
    ['configs get service/my-app/my-service -f json', 'with its version, and as it was understood'],
  ],
  async run(context, [name = ''], { version }) {
    const { kind, key } = parseDocumentName(name);
    const config = await (
      await context.api()
    ).config(kind, key, version === undefined ? undefined : versionIn('--version', version));
    context.answer(config, () => [config.text.trimEnd()]);
    return 0;
  },
});
