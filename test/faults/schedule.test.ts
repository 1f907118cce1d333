import { describe, expect, test } from '@jest/globals';
import { cells, faultName } from './cells.js';
import { roles } from './roles.js';
import { describe as inALine, points, schedule, subjects, type Schedule } from './schedule.js';

const all = (seed: string): Schedule[] => cells.map((_, index) => schedule(seed, index));

describe('a schedule', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(all('1')).toEqual(all('1'));
    expect(all('1').map(inALine)).not.toEqual(all('2').map(inALine));
  });

  test('does not depend on those before it', () => {
    expect(schedule('1', 40)).toEqual(all('1')[40]);
  });

  test('has ten releases at least, of several services', () => {
    expect(roles.length).toBeGreaterThanOrEqual(10);
    expect(new Set(roles.map(({ service }) => service)).size).toBeGreaterThanOrEqual(10);
  });

  test('takes the steps of each release in order, and starts no release before the one that it waits behind', () => {
    for (const { steps } of all('1')) {
      for (const { name, steps: wanted } of roles) {
        const at = steps[name].map((point) => points.indexOf(point));
        expect(at).toHaveLength(wanted.length);
        expect(at).toEqual(at.toSorted((one, other) => one - other));
      }
      expect(points.indexOf(steps.queued[0] ?? 'before')).toBeGreaterThanOrEqual(
        points.indexOf(steps.long[0] ?? 'after'),
      );
    }
  });

  test('has its subject under way when the fault strikes', () => {
    for (const { phase, steps } of all('1')) expect(steps[subjects[phase]][0]).toBe('before');
  });
});

test('as many schedules as there are cells have each cell once, in another order after that', () => {
  const named = (of: { fault: Schedule['faults'][number]['fault']; phase: string }): string =>
    `${faultName(of.fault)} ${of.phase}`;
  const first = all('1').map(({ faults, phase }) => named({ fault: faults[0]?.fault as never, phase }));
  expect(first.toSorted()).toEqual(cells.map(named).toSorted());
  const again = cells.map((_, index) => schedule('1', cells.length + index));
  expect(again.map(({ faults, phase }) => named({ fault: faults[0]?.fault as never, phase }))).not.toEqual(first);
});
