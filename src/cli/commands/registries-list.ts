import { defineCommand } from '../command.js';
import { printable } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** Registries by the name that documents use. */
export const command = defineCommand({
  async run(context) {
    const registries = await (await context.api()).registries();
    context.answer(registries, () =>
      table(
        ['NAME', 'VERSION', 'APPLIED', 'BY'],
        registries.map(({ key, version, appliedAt, appliedBy }) => [
          key,
          String(version),
          shortTime(appliedAt),
          printable(appliedBy),
        ]),
      ),
    );
    return 0;
  },
});
