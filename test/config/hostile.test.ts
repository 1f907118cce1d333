import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { everything, misplaced } from './everything.js';

/** The same cases each time; `FUZZ_RUNS=5000 FUZZ_SEED=7` looks further. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_240_601);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);

const example = (name: string): string => readFileSync(`examples/${name}.pvn.yaml`, 'utf8');
const folder = (name: string, ...files: string[]): string =>
  files.map((file) => example(`${name}/${file}`)).join('---\n');

const words =
  'runtime service application extension name string parameters perReleaseChannel env constructor __proto__ ~ null true 1e999 0x1F';
const yaml = [
  ': ',
  ':',
  '- ',
  '\n',
  '\n  ',
  '\n    ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '<<: *a',
];
const more = [
  '!t ',
  '---\n',
  '...\n',
  '...',
  '# c',
  '\t',
  '? ',
  '%YAML 1.1\n',
  '-',
  '\\',
  '\0',
  '\ud800',
  '\uFEFF',
  '\r\n',
  '😀',
];
const actions = [
  '{{',
  '}}',
  '{{.Params.x}}',
  '{{.Params.changeId}}',
  '$(A)',
  '{{if ',
  '{{end}}',
  '| ',
  '(',
  '`',
  'printf "%d" ',
];
const scraps = fc.constantFrom(...words.split(' '), ...yaml, ...more, ...actions);
const scribble = fc.array(scraps, { maxLength: 40 }).map((parts) => parts.join(''));

/** One change to a text that was right. */
interface Change {
  kind: 'insert' | 'delete' | 'repeat';
  at: number;
  length: number;
  text: string;
}
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'repeat'),
  at: fc.nat(),
  length: fc.nat(60),
  text: scribble,
});
const changes = fc.array(change, { minLength: 1, maxLength: 3 });

function changed(original: string, { kind, at, length, text }: Change): string {
  const place = at % (original.length + 1);
  if (kind === 'insert') return original.slice(0, place) + text + original.slice(place);
  if (kind === 'delete') return original.slice(0, place) + original.slice(place + length);
  return original.slice(0, place + length) + original.slice(place);
}

const whole = folder('runtime-extension', 'custom-runtime', 'app', 'service', 'linked');

test('scribble never throws, and each mistake lies in the file', () => {
  fc.assert(
    fc.property(scribble, (text) => {
      const files = [{ path: 'a.pvn.yaml', text }];
      expect(misplaced(everything(files), files)).toEqual([]);
    }),
    { numRuns: 3 * numRuns, seed },
  );
});

test('a right file with a few changes never throws, and each mistake lies in it', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const files = [{ path: 'a.pvn.yaml', text: all.reduce(changed, whole) }];
      expect(misplaced(everything(files), files)).toEqual([]);
    }),
    { numRuns, seed },
  );
});

test('a manifest with a few changes never throws, and each mistake lies in a file', () => {
  const manifest = readFileSync('examples/kubernetes-config/path/to/kubernetes/job.yaml', 'utf8');
  const text = folder('kubernetes-config', 'custom-runtime', 'linked', 'app', 'service');
  fc.assert(
    fc.property(changes, (all) => {
      const files = [{ path: 'a.pvn.yaml', text }];
      const attachments = [{ path: 'path/to/kubernetes/job.yaml', text: all.reduce(changed, manifest) }];
      expect(misplaced(everything(files, attachments), [...files, ...attachments])).toEqual([]);
    }),
    { numRuns, seed },
  );
});

test('any value at any place never throws', () => {
  const values = [fc.string(), fc.integer(), fc.double(), fc.constantFrom(null, '{{.Params.x}}', '...'), fc.boolean()];
  const lines = whole.split('\n');
  fc.assert(
    fc.property(fc.anything({ maxDepth: 2, values }), fc.nat(lines.length - 1), (value, place) => {
      const line = (lines[place] ?? '').replace(/: .*$|:$/, `: ${JSON.stringify(value) ?? '~'}`);
      const files = [{ path: 'a.pvn.yaml', text: lines.with(place, line).join('\n') }];
      expect(misplaced(everything(files), files)).toEqual([]);
    }),
    { numRuns, seed },
  );
});

test('a template of anything never throws', () => {
  const others = folder('runtime-extension', 'custom-runtime', 'other-custom-runtime', 'app', 'linked');
  fc.assert(
    fc.property(fc.array(scraps, { maxLength: 12 }), (parts) => {
      const string = `{{${parts.join('')}`;
      const runtimeExtension = { parameterValues: [{ name: 'changeId', string }] };
      const service = { name: 'extended-service', application: 'extended-app', runtimeExtension };
      const files = [{ path: 'a.pvn.yaml', text: `${others}---\n${stringify({ service })}` }];
      expect(misplaced(everything(files), files)).toEqual([]);
    }),
    { numRuns, seed },
  );
});
