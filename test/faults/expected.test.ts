import { describe, expect, test } from '@jest/globals';
import { cells, type Cell, type Fault } from './cells.js';
import { endingsOf, outcomeOf } from './expected.js';
import { roles, type RoleName } from './roles.js';
import { scheduleOf, type Point, type Schedule } from './schedule.js';

const killNode: Fault = { part: 'node', how: 'kill' };

function planned(fault: Fault, steps: Partial<Record<RoleName, Point[]>>): Schedule {
  const plan = scheduleOf({ fault, phase: 'running' }, { seed: 'test', index: 0 });
  return { ...plan, faults: plan.faults.slice(0, 1), steps: { ...plan.steps, ...steps } };
}

function endings(name: RoleName, fault: Fault, ...steps: Point[]): string[] {
  const role = roles.find((each) => each.name === name) as (typeof roles)[number];
  return endingsOf(planned(fault, { [name]: steps }), role).map(({ status, runs }) => [status, ...runs].join(', '));
}

describe('how a release may end', () => {
  test.each(roles.map(({ name }) => name))('%s ends in one way, unless its node is killed', (name) => {
    expect(endings(name, { part: 'worker', how: 'kill' }, 'before', 'at')).toHaveLength(1);
    expect(endings(name, { part: 'node', how: 'hang' }, 'before', 'at')).toHaveLength(1);
  });

  test.each<[string, RoleName, Point[], string[]]>([
    ['a program that runs for certain', 'long', ['before', 'during'], ['FAILED, production DISRUPTED']],
    ['a program that may run', 'short', ['at'], ['CONVERGED, production SUCCEEDED', 'FAILED, production DISRUPTED']],
    ['a program that runs later', 'short', ['during'], ['CONVERGED, production SUCCEEDED']],
    ['a program behind a gate that opens later', 'approved', ['before', 'during'], ['CONVERGED, production SUCCEEDED']],
    [
      'the second channel',
      'staged',
      ['before', 'at'],
      [
        'CONVERGED, staging SUCCEEDED, production SUCCEEDED',
        'FAILED, staging DISRUPTED',
        'FAILED, staging SUCCEEDED, production DISRUPTED',
      ],
    ],
    [
      'one that is retried later',
      'retried',
      ['at', 'after'],
      [
        'CONVERGED, production JOB_FAILED, production SUCCEEDED',
        'CONVERGED, production DISRUPTED, production SUCCEEDED',
      ],
    ],
    [
      'one that is cancelled',
      'cancelled',
      ['before', 'at'],
      ['CANCELLED, production CANCELLED_BY_USER', 'FAILED, production DISRUPTED', 'CANCELLED, production DISRUPTED'],
    ],
    [
      'one that is cancelled before its loss is known',
      'cancelled',
      ['before', 'during'],
      ['CANCELLED, production CANCELLED_BY_USER', 'FAILED, production DISRUPTED', 'CANCELLED, production DISRUPTED'],
    ],
    ['one that may be repeated', 'repeated', ['before', 'during'], ['CONVERGED, production SUCCEEDED']],
    ['one that is rejected', 'rejected', ['before', 'at'], ['REJECTED']],
  ])('when the node is killed: %s', (_, name, steps, wanted) => {
    expect(endings(name, killNode, ...steps)).toEqual(wanted);
  });
});

test('only the death of the node changes how the release of a cell ends', () => {
  const changed = ({ fault }: Cell): boolean => 'part' in fault && fault.part === 'node' && fault.how === 'kill';
  expect(new Set(cells.filter((cell) => !changed(cell)).map(outcomeOf))).toEqual(new Set(['same']));
  expect(Object.fromEntries(cells.filter(changed).map((cell) => [cell.phase, outcomeOf(cell)]))).toEqual({
    'before-create': 'same',
    'created-unacknowledged': 'same or DISRUPTED',
    running: 'DISRUPTED',
    'finished-unobserved': 'DISRUPTED',
    waiting: 'same',
    cancelling: 'same or DISRUPTED',
  });
});
