import { documentSchema } from '../../config/json-schema/index.js';
import { defineCommand } from '../command.js';

/** The JSON Schema of configuration files, for editors and other validators. */
export const command = defineCommand({
  examples: [['configs schema > towpath.schema.json', '']],
  text: [
    'A first line in a file tells an editor with the YAML language server where it is:',
    '  # yaml-language-server: $schema=towpath.schema.json',
  ].join('\n'),
  run(context) {
    context.io.out(JSON.stringify(documentSchema(), null, 1));
    return Promise.resolve(0);
  },
});
