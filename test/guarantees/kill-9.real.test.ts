import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applyDocuments } from './documents.js';
import { faultNames, phaseNames, titleOf, type FaultName } from './matrix.js';
import { disrupted, evidence, expected, withoutPrograms } from './evidence.js';
import { scenes, type Scene } from './scenes.js';
import { openStack, type Stack } from './stack.js';

const cells = faultNames.map((fault) => ({
  fault,
  cells: phaseNames.map((phase) => ({ phase, title: titleOf(phase, fault), scene: scenes[phase](fault) })),
}));

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  const all = cells.flatMap((round) => round.cells.map(({ scene }) => scene));
  await applyDocuments(
    stack,
    all.flatMap(({ services, application }) => services.map((service) => ({ service, application }))),
  );
}, 180_000);
afterAll(() => stack?.close());

describe.each(cells)('$fault', ({ fault, cells: round }) => {
  /** Why a cell did not get where it was to be. */
  let failures: Map<Scene, unknown>;
  beforeAll(async () => {
    failures = await strike(
      fault,
      round.map(({ scene }) => scene),
    );
  }, 240_000);

  test.each(round)(
    '$title',
    async ({ scene }) => {
      if (failures.has(scene)) throw failures.get(scene);
      const { application, services, numbers, cancelled = false } = scene;
      for (const service of services) {
        const name = `${application}/${service}`;
        const seen = await evidence(stack, name, numbers);
        const lost = fault === 'cluster' ? disrupted(seen) : [];
        // A program that is cancelled just when its node dies may have had no time to say so.
        const open = fault === 'cluster' && cancelled ? numbers : lost;
        const wanted = expected({ service: name, numbers, cancelled, disrupted: lost, open });
        expect(withoutPrograms(seen, open)).toEqual(wanted);
      }
    },
    240_000,
  );
});

/** One kill for all phases: every cell has services of its own, and is there when the part is killed. */
async function strike(fault: FaultName, all: Scene[]): Promise<Map<Scene, unknown>> {
  const failed = new Map<Scene, unknown>();
  const step = async (work: (scene: Scene) => void | Promise<void> | undefined): Promise<void> => {
    const going = all.filter((scene) => !failed.has(scene));
    await Promise.all(
      going.map(async (scene) => {
        try {
          await work(scene);
        } catch (error) {
          failed.set(scene, error);
        }
      }),
    );
  };
  await step((scene) => scene.prepare?.(stack));
  await step((scene) => scene.approach?.(stack));
  await step((scene) => scene.aim?.(stack));
  const back = stack.strike(fault);
  await step((scene) => scene.whileAway?.(stack));
  await back();
  await step((scene) => scene.goOn?.(stack));
  return failed;
}
