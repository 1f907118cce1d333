import type { createColors } from 'picocolors';

/** Functions that colour a text, or leave it when nothing is to be coloured. */
export type Colors = ReturnType<typeof createColors>;
