/** The text of some bytes of a log, without the half characters at its ends that were cut or are still to come. */
export function completeText(bytes: Buffer): string {
  let from = 0;
  while (from < Math.min(3, bytes.length) && isContinuation(bytes[from])) from += 1;
  return bytes.subarray(from, bytes.length - halfAtEnd(bytes)).toString('utf8');
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes at the end begin a character that is not complete. */
function halfAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    return wanted(byte) > back ? back : 0;
  }
  return 0;
}

/** The length of the character that a byte begins (UTF-8). */
function wanted(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}
