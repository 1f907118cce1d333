import type { RunStore } from '../activities/ports.js';
import type { RunKey } from '../release/steps.js';
import type { Database } from './database.js';
import type { About } from './listener.js';
import { byGivenKey, fieldsOf, idOf } from './run-keys.js';
import { runs } from './schema.js';
import { asGiven, statement, telling } from './statement.js';

const writeJob = statement('record_job', (db) => {
  const job = { namespace: asGiven(runs.namespace), name: asGiven(runs.name), uid: asGiven(runs.uid) };
  return db
    .update(runs)
    .set({ ...job, progress: null })
    .where(byGivenKey)
    .returning(telling);
});

const writeProgress = statement('record_progress', (db) =>
  db
    .update(runs)
    .set({ progress: asGiven(runs.progress) })
    .where(byGivenKey)
    .returning(telling),
);

const toldOf = (key: RunKey) => ({ ...fieldsOf(key), about: JSON.stringify({ release: idOf(key) } satisfies About) });

/** What is written of an open run while its Job is created and goes on. */
export const runRecords = (db: Database): Pick<RunStore, 'recordJob' | 'recordProgress'> => ({
  recordJob: ({ key, namespace, name, uid }) =>
    db.writeOnce(async (write) => {
      await writeJob(write, { ...toldOf(key), namespace, name, uid });
    }),

  recordProgress: (key, progress) =>
    db.writeOnce(async (write) => {
      await writeProgress(write, { ...toldOf(key), progress });
    }),
});
