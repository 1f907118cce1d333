import { defineCommand } from '../command.js';
import { deleteDocument, deleteOptions, deleteText, type DeleteOptions } from '../delete-config.js';
import { parseDocumentName } from '../document-name.js';

/** Without `--yes` a dry run. */
export const command = defineCommand<DeleteOptions>({
  options: deleteOptions,
  examples: [
    ['configs delete service/my-app/my-service', 'what would happen'],
    ['configs delete service/my-app/my-service --yes', ''],
  ],
  text: deleteText,
  run: async (context, [name = ''], options) => deleteDocument(context, parseDocumentName(name), options),
});
