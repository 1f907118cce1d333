import type { Known } from './data.js';

/** Every node and expression knows where its action begins. */
export type Expression =
  /** From `$`, or from where dot stands; without names it is that itself. */
  | { kind: 'path'; from: 'dot' | 'root'; names: string[]; offset: number }
  | { kind: 'literal'; value: Known }
  /** `piped` is the last argument, and is worked out before the others. */
  | { kind: 'call'; name: string; args: Expression[]; piped?: Expression; offset: number };

export type Node = { kind: 'text'; text: string } | { kind: 'output'; value: Expression; offset: number } | Control;

/** `range` and `with` have one branch, `if` one more for each `else if`. */
export interface Control {
  kind: 'if' | 'with' | 'range';
  branches: { subject: Expression; body: Node[] }[];
  otherwise: Node[];
  offset: number;
}
