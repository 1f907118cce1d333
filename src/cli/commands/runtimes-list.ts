import { defineCommand } from '../command.js';
import { table } from '../render/table.js';
import { printable } from '../render/text.js';

/** Clusters with the workers that serve them now, extensions with where their Jobs run. */
export const command = defineCommand({
  async run(context) {
    const runtimes = await (await context.api()).runtimes();
    context.answer(runtimes, () =>
      table(
        ['NAME', 'KIND', 'WORKERS', 'CLUSTER', 'NAMESPACE', 'NOTE'],
        runtimes.map(({ name, kind, workers, cluster, namespace, trouble }) => [
          name,
          kind,
          workers === 0 ? { text: 'none', paint: context.colors.red } : workers === undefined ? '' : String(workers),
          cluster ?? '',
          namespace ?? '',
          trouble === undefined
            ? workers === 0
              ? `RUNTIME_UNREACHABLE: no worker serves "${name}"`
              : ''
            : printable(trouble),
        ]),
      ),
    );
    return 0;
  },
});
