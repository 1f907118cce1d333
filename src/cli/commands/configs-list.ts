import { defineCommand } from '../command.js';
import { printable } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** The newest version of every document. */
export const command = defineCommand({
  async run(context) {
    const configs = await (await context.api()).configs();
    context.answer(configs, () =>
      table(
        ['DOCUMENT', 'VERSION', 'APPLIED', 'BY', 'SOURCE'],
        configs.map(({ kind, key, version, appliedAt, appliedBy, source = '' }) => [
          `${kind}/${key}`,
          String(version),
          shortTime(appliedAt),
          printable(appliedBy),
          printable(source),
        ]),
        context,
      ),
    );
    return 0;
  },
});
