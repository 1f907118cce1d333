import { expect, test } from '@jest/globals';
import { readDocuments } from '../../src/config/read.js';
import { showIssue } from '../../src/config/show-issue.js';

const shown = (text: string): string[] => readDocuments([{ path: 'vm.pvn.yaml', text }], []).issues.map(showIssue);

test('a mistake names its place, and shows the line with a caret and the hint', () => {
  const text = `runtime:
  name: vm
  extension:
    proxyRuntime: {runtime: ops}
    apply:
      program:
        image: a
`;
  expect(shown(text)).toEqual([
    `vm.pvn.yaml:6:7: error UNKNOWN_KEY: "program" is not a field of runtime.extension.apply
        program:
        ^ it belongs under "taskConfig"`,
  ]);
});

test('tabs before the caret stay tabs', () => {
  expect(shown('runtime: {\t"nam": 1}')[0]).toContain('\n  runtime: {\t"nam": 1}\n            \t^ ');
});

test('of a very long line only the part around the place is shown', () => {
  const text = `runtime: {name: vm, kubernetes: {inCluster: true}, ${'a'.repeat(500)}: 1, kubernets: 2}`;
  const lines = shown(text).map((each) => each.split('\n'));
  for (const [, line = '', caret = ''] of lines) {
    expect(line.length).toBeLessThanOrEqual(162);
    expect(line.charAt(caret.indexOf('^'))).toMatch(/^[ak]$/);
  }
  expect(lines).toHaveLength(2);
});

test('windows line ends are not shown', () => {
  expect(shown('runtime:\r\n  nam: vm\r\n  name: vm\r\n  kubernetes: {inCluster: true}\r\n')).toEqual([
    'vm.pvn.yaml:2:3: error UNKNOWN_KEY: "nam" is not a field of runtime\n    nam: vm\n    ^ did you mean "name"?',
  ]);
});

test('a mistake without a place is a sentence', () => {
  expect(showIssue({ severity: 'error', code: 'PARAMETER_MISSING', message: 'no value', hint: 'give one' })).toBe(
    'error PARAMETER_MISSING: no value\n  give one',
  );
});

test('nothing that a terminal would obey is shown', () => {
  const [first = ''] = shown('runtime: {name: vm, kubernetes: {inCluster: true}, "n\u009b2Jm\u202e": 1} # \u009b2J');
  expect(first).toContain('"n\uFFFD2Jm\uFFFD"');
  expect(first).not.toMatch(/[\u0080-\u009f\u202e]/);
});
