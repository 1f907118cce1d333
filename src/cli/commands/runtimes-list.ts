import { defineCommand } from '../command.js';
import { table } from '../render/table.js';

/** Clusters with the workers that serve them now, extensions with where their Jobs run. */
export const command = defineCommand({
  async run(context) {
    const runtimes = await (await context.api()).runtimes();
    context.answer(runtimes, () =>
      table(
        ['NAME', 'KIND', 'WORKERS', 'CLUSTER', 'NAMESPACE'],
        runtimes.map(({ name, kind, workers, cluster, namespace }) => [
          name,
          kind,
          workers === 0 ? { text: 'none', paint: context.colors.red } : workers === undefined ? '' : String(workers),
          cluster ?? '',
          namespace ?? '',
        ]),
      ),
    );
    return 0;
  },
});
