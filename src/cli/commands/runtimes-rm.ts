import { defineCommand } from '../command.js';
import { deleteDocument, deleteOptions, deleteText, type DeleteOptions } from '../delete-config.js';

/** Without `--yes` a dry run. */
export const command = defineCommand<DeleteOptions>({
  options: deleteOptions,
  text: deleteText,
  run: (context, [key = ''], options) => deleteDocument(context, { kind: 'runtime', key }, options),
});
