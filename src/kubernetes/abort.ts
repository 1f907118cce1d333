/**
 * A controller that a longer-lived signal aborts too. `unlink` takes the listener off again: `AbortSignal.any` and
 * `{ once: true }` would leave one on the signal for each request of a wait that lasts hours.
 */
export function linked(signal: AbortSignal): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return { controller, unlink: () => signal.removeEventListener('abort', abort) };
}
