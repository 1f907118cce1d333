const mebibyte = 1024 * 1024;

// Positions in a log count the whole of it; of a long one these two parts are kept (docs/spec.md §7.10).
export const head = mebibyte;
export const tail = 9 * mebibyte;

/** Header of a log's answer: the position from which a later request goes on. */
export const logNextHeader = 'towpath-log-next';
