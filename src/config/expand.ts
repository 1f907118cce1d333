import type { Part } from './template/render.js';

/**
 * A rendered text for a field in which Kubernetes expands `$(NAME)`: command, args and the values of variables. What a person
 * wrote keeps that meaning, so that `--password=$(DB_PASSWORD)` works as in any Job; what came out of a template is data
 * (docs/spec.md §6.2) and reaches the program as it is. Kubernetes reads `$$` as `$` and leaves a `$` before anything else alone.
 */
export function forKubernetes(parts: readonly Part[]): string {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (!part.written) text += asData(part.text);
    else text += parts[i + 1]?.written === false ? closed(part.text) : part.text;
  }
  return text;
}

/** A text that no `$` of which means anything to Kubernetes. */
export const asData = (text: string): string => text.replaceAll('$', '$$$$');

/** A `$` at the very end must not join with the value that follows. */
function closed(text: string): string {
  const dollars = /\$*$/.exec(text)?.[0].length ?? 0;
  return dollars % 2 === 1 ? `${text}$` : text;
}
