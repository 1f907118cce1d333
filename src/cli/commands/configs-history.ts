import { defineCommand } from '../command.js';
import { parseDocumentName } from '../document-name.js';
import { printable } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** Every version of a document, the newest first. */
export const command = defineCommand({
  examples: [
    ['configs history runtime/vm', ''],
    ['configs get runtime/vm --version 3', 'the content of one of them'],
  ],
  text: 'Also of a document that was deleted: a deletion is a version too. At most 50.',
  async run(context, [name = '']) {
    const { kind, key } = parseDocumentName(name);
    const versions = await (await context.api()).configVersions(kind, key);
    context.answer(versions, () =>
      table(
        ['VERSION', 'CHANGE', 'WHEN', 'BY', 'SOURCE'],
        versions.map(({ version, change, appliedAt, appliedBy, source = '', revertedTo }) => [
          String(version),
          revertedTo === undefined ? change : `${change} to ${revertedTo}`,
          shortTime(appliedAt),
          printable(appliedBy),
          printable(source),
        ]),
        { columns: context.columns, names: ['SOURCE'] },
      ),
    );
    return 0;
  },
});
