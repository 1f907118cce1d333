import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { settings, variableOf } from '../../src/config/settings.js';

const file = 'docs/reference/settings.md';

/** The page, from the table. `npm run reference` writes it. */
const page = (): string =>
  [
    '# Settings',
    '',
    'Made from `src/config/settings.ts` by `npm run reference`; a test compares.',
    '',
    'They are in `$TOWPATH_HOME/config.yaml`; a variable in the environment wins. Unknown keys are errors. `towpath doctor` shows',
    'each with its source. A process reads them when it starts: after a change `towpath down`, then `towpath up`.',
    '',
    ...Object.entries(settings).flatMap(([key, { default: otherwise, text }]) => [
      `- \`${key}\` (\`${variableOf(key)}\`): ${text}. Default: ${otherwise}.`,
    ]),
    '',
    '```yaml',
    'listen: 127.0.0.1:7400',
    'temporal:',
    '  namespace: towpath',
    'startTimeout: 10m',
    '```',
    '',
    '_The embedded mode_ is everything that `towpath up` has started, also with a database, a Temporal or a cluster of your own.',
    '',
    'Server and worker also read the SDK’s own environment of Temporal (`TEMPORAL_TLS_*`, `TEMPORAL_API_KEY`, `TEMPORAL_CONFIG_FILE`), except in the embedded',
    'mode. `TOWPATH_HOME` names the folder, `TOWPATH_CACHE` one for what is built and downloaded, `TOWPATH_TEMPORAL_BIN` a Temporal CLI, and',
    '`TOWPATH_CLUSTER_BIN` a compiled embedded cluster.',
    '',
  ].join('\n');

test('the reference of settings is what the table says', () => {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, page());
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(page());
});
