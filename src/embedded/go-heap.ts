/**
 * How the Go parts collect garbage. They allocate much and keep little: at Go's own 100 an eighth of their CPU goes into it,
 * and 300 costs some hundred megabytes (docs/operations/sizing.md). Who sets `GOGC` has the last word.
 */
export const goHeap = (env: NodeJS.ProcessEnv): Record<string, string> => ({ GOGC: env['GOGC'] ?? '300' });
