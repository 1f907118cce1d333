import { expect, test } from '@jest/globals';
import { createColors } from 'picocolors';
import { buildLine, renderParts } from '../../src/cli/render/parts.js';
import { lineDisplay } from '../../src/cli/start-display.js';
import { stateOf } from './states.js';

const building = (done: number) =>
  stateOf({
    phase: 'starting',
    parts: {
      cluster: { state: 'preparing', note: `compiling ${done}/1600 packages` },
      server: { state: 'waiting' },
      worker: { state: 'waiting' },
    },
  });

test('while parts start each has a line with what it does', () => {
  expect(renderParts(building(500), createColors(false)).split('\n')).toEqual([
    'postgres  ready      127.0.0.1:20000 (0.9 s)',
    'temporal  ready      127.0.0.1:20001 (0.9 s)',
    'cluster   preparing  compiling 500/1600 packages',
    'server    waiting',
    'worker    waiting',
  ]);
});

test('without a terminal a change of state is a line, and a build one now and then', () => {
  const lines: string[] = [];
  let ms = 0;
  const io = { err: (line: string) => void lines.push(line) };
  const display = lineDisplay({ io: io as Parameters<typeof lineDisplay>[0]['io'], now: () => new Date(ms) });
  for (; ms < 45_000; ms += 1000) display.show(building(ms / 1000));
  display.show(stateOf());
  expect(lines).toEqual([
    'postgres: ready (after 0.9 s)',
    'temporal: ready (after 0.9 s)',
    'cluster: preparing (compiling 0/1600 packages)',
    'cluster: preparing (compiling 20/1600 packages)',
    'cluster: preparing (compiling 40/1600 packages)',
    'cluster: ready (after 0.9 s)',
    'server: ready (after 0.9 s)',
    'worker: ready (after 0.9 s)',
  ]);
});

test.each([
  [{}, 'cluster build: none was needed; everything else 4.2 s'],
  [
    { build: { cpuSeconds: 634, wallMs: 321_000 } },
    'cluster build: 634 CPU-seconds in 5 min 21 s; everything else 4.2 s',
  ],
])('what a build took is said apart: %j', (state, line) => {
  expect(buildLine(state, 4200)).toBe(line);
});
