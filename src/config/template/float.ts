/** A number as `0.d1d2d3… × 10^point`, without zeros at the end. */
interface Decimal {
  digits: string;
  point: number;
}

/**
 * Go's %g: with the fewest digits that say which float it is, or with so many. An exponent, of at least two digits, stands
 * below 10^-4, and from 10^6 or as many digits as were asked for.
 */
export function showFloat(value: number, precision?: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const count = precision === undefined ? undefined : Math.max(precision, 1);
  const { digits, point } = value === 0 ? { digits: '', point: 0 } : decimal(Math.abs(value), count);
  const whole = digits.length >= point ? digits.length : Number.POSITIVE_INFINITY;
  const most = count === undefined ? 6 : Math.min(count, whole);
  const power = point - 1;
  return sign + (power < -4 || power >= most ? withExponent(digits, power) : inFull(digits, point));
}

const decimal = (value: number, count: number | undefined): Decimal =>
  count === undefined ? shortest(value) : rounded(exact(value), count);

function shortest(value: number): Decimal {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(power) + 1 };
}

/** All digits: a float is a whole number times a power of two. */
function exact(value: number): Decimal {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const biased = bits.getUint16(0) >> 4;
  const fraction = bits.getBigUint64(0) & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  const power = Math.max(biased, 1) - 1075;
  const whole = power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power);
  const digits = whole.toString();
  return trimmed({ digits, point: digits.length + Math.min(power, 0) });
}

/** To the nearest; half-way to the even digit. */
function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (digits.length <= count) return { digits, point };
  const kept = BigInt(digits.slice(0, count));
  const rest = digits.slice(count);
  const up = rest > '5' || (rest === '5' && kept % 2n === 1n);
  const text = (kept + (up ? 1n : 0n)).toString();
  return trimmed({ digits: text, point: point + text.length - count });
}

const trimmed = ({ digits, point }: Decimal): Decimal => ({ digits: digits.replace(/0+$/, ''), point });

function withExponent(digits: string, power: number): string {
  const mantissa = digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits;
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function inFull(digits: string, point: number): string {
  if (point <= 0) return digits === '' ? '0' : `0.${'0'.repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, '0');
  return digits.length > point ? `${whole}.${digits.slice(point)}` : whole;
}
