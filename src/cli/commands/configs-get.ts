import { kinds } from '../../config/documents.js';
import { suggestion } from '../../config/suggest.js';
import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';

/** One document as it was written; as JSON also as it was understood. */
export const command = defineCommand({
  examples: [
    ['configs get application/my-app', ''],
    ['configs get service/my-app/my-service -f json', 'with its version, and as it was understood'],
  ],
  async run(context, [name = '']) {
    const [kind = '', ...rest] = name.split('/');
    if (!(kinds as readonly string[]).includes(kind) || rest.length === 0)
      throw new TowpathError('BAD_REQUEST', `"${name}" does not name a document`, {
        hint: rest.length === 0 ? 'write KIND/NAME, such as runtime/my-runtime' : suggestion(kind, kinds),
      });
    const config = await (await context.api()).config(kind, rest.join('/'));
    context.answer(config, () => [config.text.trimEnd()]);
    return 0;
  },
});
