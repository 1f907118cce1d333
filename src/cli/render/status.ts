import type { Colors } from './colors.js';

/** Green is done, red is over, yellow waits for a person, cyan works. */
export function paintStatus(status: string, colors: Colors): (text: string) => string {
  switch (status) {
    case 'CONVERGED':
      return colors.green;
    case 'FAILED':
    case 'REJECTED':
      return colors.red;
    case 'WAITING_MANUAL_APPROVAL':
      return colors.yellow;
    case 'CONVERGING':
      return colors.cyan;
    default:
      return colors.dim;
  }
}
