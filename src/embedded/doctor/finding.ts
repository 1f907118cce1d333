/** One thing that was looked at. */
export interface Finding {
  what: string;
  /** `warn`: works, or is not needed now, but somebody should know. */
  level: 'ok' | 'warn' | 'fail';
  detail: string;
  /** How to mend it. */
  repair?: string;
}

export const ok = (what: string, detail: string): Finding => ({ what, level: 'ok', detail });

export const warn = (what: string, detail: string, repair: string): Finding => ({
  what,
  level: 'warn',
  detail,
  repair,
});

export const fail = (what: string, detail: string, repair: string): Finding => ({
  what,
  level: 'fail',
  detail,
  repair,
});
