import { expect, test } from '@jest/globals';
import { verbs } from '../../src/cli/verbs.js';
import { runCli } from './run-cli.js';

test.each(verbs.filter(({ hidden }) => !hidden).map(({ usage, summary }) => [usage, summary]))(
  '%s has help with its summary',
  async (usage, summary) => {
    const words = usage.split(' ').filter((word) => /^[a-z]/.test(word));
    const { exitCode, stdout } = await runCli([...words, '--help']);
    expect(stdout).toContain(`Usage: towpath ${words.join(' ')}`);
    expect(stdout).toContain(summary);
    expect(exitCode).toBe(0);
  },
);

test('the help names every group and verb but the hidden ones', async () => {
  const { stdout, exitCode } = await runCli(['--help']);
  for (const word of [
    'configs',
    'releases',
    'runtimes',
    'registries',
    'images',
    'up',
    'down',
    'status',
    'doctor',
    'demo',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
  expect(stdout).not.toContain('supervise');
  expect(exitCode).toBe(0);
});

test.each([
  [['relases', 'list'], "unknown command 'relases'", 'did you mean releases?'],
  [['releases', 'strat', 'x'], "unknown command 'strat'", 'did you mean start?'],
  [['frob'], "unknown command 'frob'", 'towpath --help shows every command'],
  [['releases', 'frob'], "unknown command 'frob'", 'towpath releases --help shows its commands'],
  [
    ['releases', 'get'],
    "missing required argument 'release'",
    'towpath releases get --help shows its operands and options',
  ],
  [['up', '--frob'], "unknown option '--frob'", 'towpath up --help shows its operands and options'],
  [['releases', 'start', 'x', '--rerunn'], "unknown option '--rerunn'", 'did you mean --rerun?'],
  [['releases', 'list', '-f', 'yaml'], 'Allowed choices are table, json', 'towpath releases list --help'],
])('%j is bad usage: exit code 1, one sentence, one hint', async (args, message, hint) => {
  const { exitCode, stderr, stdout } = await runCli(args);
  expect(stderr).toContain(`error BAD_REQUEST: `);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`  ${hint}`);
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

test('nothing at all shows the help, as a message', async () => {
  const { exitCode, stderr, stdout } = await runCli([]);
  expect(stderr).toContain('Usage: towpath');
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

test.each([
  [['help'], 'Usage: towpath [options]'],
  [['help', 'releases'], 'Usage: towpath releases'],
  [['help', 'cfg'], 'Usage: towpath configs'],
  [['help', 'releases', 'start'], 'Usage: towpath releases start'],
])('%j is the help of what it names', async (args, usage) => {
  const { exitCode, stdout } = await runCli(args);
  expect(stdout).toContain(usage);
  expect(exitCode).toBe(0);
});

test('there is no help for what does not exist', async () => {
  const { exitCode, stderr } = await runCli(['help', 'relases']);
  expect(stderr).toContain('did you mean releases?');
  expect(exitCode).toBe(1);
});

test.each(['TOWPATH_SERVER', 'TOWPATH_TOKEN', 'TOWPATH_HOME', 'TOWPATH_DEBUG', 'NO_COLOR'])(
  'the help says what %s does',
  async (name) => {
    expect((await runCli(['--help'])).stdout).toContain(`  ${name}`);
  },
);

test.each(['version', '--version', '-V'])('%s is the version of the package', async (word) => {
  const { exitCode, stdout } = await runCli([word]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect(exitCode).toBe(0);
});
