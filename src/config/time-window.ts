const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Days of a window, counted from Monday, which is 1: `weekdays`, `mon-thu`, `mon,wed,fri-sun`. Undefined for anything else. */
export const parseDays = (text: string): number[] | undefined =>
  items(text, (item) => {
    if (item === 'weekdays') return range(1, 5);
    if (item === 'weekends') return range(6, 7);
    const [from = 0, to = from] = item.split('-').map((name) => days.findIndex((day) => day === name) + 1);
    return item.split('-').length <= 2 && from > 0 && to > 0 ? range(from, to) : undefined;
  });

/** Hours of a window: `10-20` is from 10:00 until 20:00, so its last hour is 19; `5,6,7` are three hours. */
export const parseHours = (text: string): number[] | undefined =>
  items(text, (item) => {
    const [, from = '', to] = /^([0-9]{1,2})(?:-([0-9]{1,2}))?$/.exec(item) ?? [];
    const first = from === '' ? 24 : Number(from);
    const end = to === undefined ? first + 1 : Number(to);
    return first < end && end <= 24 ? range(first, end - 1) : undefined;
  });

/** A name of the IANA data base, such as Europe/Amsterdam; an offset such as +01:00 knows no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Items between commas, each a list of numbers; all of them once, in order. */
function items(text: string, read: (item: string) => number[] | undefined): number[] | undefined {
  const lists = text.split(',').map((item) => read(item.trim()));
  const all = lists.flatMap((list) => list ?? []);
  return lists.includes(undefined) ? undefined : [...new Set(all)].sort((a, b) => a - b);
}

/** Undefined when it would run backwards. */
const range = (from: number, to: number): number[] | undefined =>
  from <= to ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : undefined;
