import { defineCommand } from '../command.js';
import { printable } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** Registries by the name that documents use, with the Secret that pulls from each. */
export const command = defineCommand({
  async run(context) {
    const registries = await (await context.api()).registries();
    context.answer(registries, () =>
      table(
        ['NAME', 'URL', 'PULL', 'VERSION', 'APPLIED', 'BY'],
        registries.map(({ key, url, pullSecret, version, appliedAt, appliedBy }) => [
          key,
          printable(url),
          pullSecret ? printable(`${pullSecret.namespace}/${pullSecret.name}`) : 'public',
          String(version),
          shortTime(appliedAt),
          printable(appliedBy),
        ]),
      ),
    );
    return 0;
  },
});
