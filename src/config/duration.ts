const unit: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

const pattern = /^(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)s)?$/;
const longest = 3650 * 86_400_000;

/** Milliseconds of `600s`, `0.5s`, `10m`, `1h30m`, `7d`; undefined for anything else (docs/spec.md §1.4). */
export function parseDuration(text: string): number | undefined {
  const match = text.length > 40 ? null : pattern.exec(text);
  if (!match || text === '') return undefined;
  const [, d, h, m, s] = match;
  const parts = Object.entries({ d, h, m, s });
  const ms = Math.round(parts.reduce((sum, [name, count]) => sum + Number(count ?? 0) * (unit[name] ?? 0), 0));
  return ms <= longest ? ms : undefined;
}
