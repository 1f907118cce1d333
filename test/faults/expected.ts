import type { Cell } from './cells.js';
import { roles, type Role, type RoleName } from './roles.js';
import { points, scheduleOf, subjects, type PlannedFault, type Point, type Schedule } from './schedule.js';

/** Whether a run may end because its node died: never, possibly, or for certain. */
export type Loss = 'never' | 'possible' | 'certain';

type Named = Role & { name: RoleName };

/** A fault that ends the programs that run. */
export const killsNode = ({ fault }: PlannedFault): boolean =>
  'part' in fault && fault.part === 'node' && fault.how === 'kill';

/** A fault that ends what the API server is at: it may have stored a Job, and not yet said so. */
export const killsApiServer = ({ fault }: PlannedFault): boolean =>
  'part' in fault && fault.part === 'cluster' && fault.how === 'kill';

const isAfter = (one: Point, other: Point): boolean => points.indexOf(one) > points.indexOf(other);

/** The one way in which a fault changes how a run ends: its program runs on the node that is killed. */
export function lossOf({ phase, faults: [first, ...rest], steps }: Schedule, role: Named, run: number): Loss {
  if (rest.some(killsNode)) return 'possible';
  if (!first || !killsNode(first)) return 'never';
  // Its Job reaches the API server when the node is gone.
  if (phase === 'before-create' && role.name === subjects[phase]) return 'never';
  return lossAt(steps[role.name], role, run);
}

/** A run begins with the start of its release, or with the step that its gate or its channel waits for. */
function lossAt(taken: Point[], role: Role, run: number): Loss {
  const { application, program } = role;
  const [start = 'after', next = 'after'] = taken;
  if (isAfter(application === 'gated' || run > 0 ? next : start, 'at')) return 'never';
  const runsAtTheFault = program === 'long' && start === 'before' && isAfter(next, 'at');
  return runsAtTheFault && isNoticed(role) ? 'certain' : 'possible';
}

/** A release that waits behind another may run or not; a cancel may end a run before anybody knows that its node has died. */
const isNoticed = ({ behind, status }: Role): boolean => behind === undefined && status !== 'CANCELLED';

export interface Ending {
  status: string;
  /** `production SUCCEEDED`, in order. */
  runs: string[];
}

/** Every way in which a release of a schedule may end; one, unless its node may have died under it. */
export function endingsOf(schedule: Schedule, role: Named): Ending[] {
  const whole: Ending = { status: role.status, runs: role.runs.map(({ channel, code }) => `${channel} ${code}`) };
  // The cluster replaces the pod within the same Job and run.
  if (role.idempotent) return [whole];
  const losses = role.runs.map((_, run) => lossOf(schedule, role, run));
  const lost = losses.flatMap((loss, run) => (loss === 'never' ? [] : lostAt(role, whole, run)));
  const again = role.steps.includes('retry') && losses.every((loss) => loss !== 'never');
  if (again) lost.push({ status: 'FAILED', runs: whole.runs.map(() => 'production DISRUPTED') });
  return losses.includes('certain') ? lost : [whole, ...lost];
}

function lostAt(role: Role, { runs }: Ending, run: number): Ending[] {
  const lost = `${role.runs[run]?.channel} DISRUPTED`;
  // A lost run fails its channel as a failed one does, so that its retry counts.
  if (role.steps.includes('retry') && run === 0) return [{ status: role.status, runs: [lost, ...runs.slice(1)] }];
  const failed: Ending = { status: 'FAILED', runs: [...runs.slice(0, run), lost] };
  return role.status === 'CANCELLED' ? [failed, { status: 'CANCELLED', runs: [lost] }] : [failed];
}

/** How the release that a cell aims at may end. */
export function outcomeOf(cell: Cell): string {
  const { faults, ...plan } = scheduleOf(cell, { seed: 'table', index: 0 });
  const role = roles.find(({ name }) => name === subjects[cell.phase]) as Named;
  const loss = lossOf({ ...plan, faults: faults.slice(0, 1) }, role, 0);
  return { never: 'same', possible: 'same or DISRUPTED', certain: 'DISRUPTED' }[loss];
}
