import { customType, timestamp } from 'drizzle-orm/pg-core';

/** What PostgreSQL cannot hold in text (NUL, half of a surrogate pair) as the replacement character: words of others never keep a fact from being stored. */
export const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');

function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storable(key), storableJson(child)]));
}

/** Text of any origin. Comparisons are made storable too, so that an impossible id is an unknown one. */
export const text = customType<{ data: string }>({ dataType: () => 'text', toDriver: storable });

/** JSON as it was given. The driver has parsed it already: drizzle's own type would parse a string once more. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(storableJson(value)),
  fromDriver: (value) => value,
});

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
