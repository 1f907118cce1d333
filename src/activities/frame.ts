import { createHash } from 'node:crypto';
import { resultLimit } from '../config/result-schema.js';
import { releaseId } from '../release/ids.js';
import type { RunKey } from '../release/steps.js';
import type { Unreadable } from './ports.js';

/** What a piece of a log holds next. Places are bytes of the piece. */
export type Found =
  /** Text up to `until`; what follows may be the begin of a frame. */
  | { kind: 'text'; until: number }
  /** A frame begins, and its end has not come yet. */
  | { kind: 'open'; from: number }
  | { kind: 'frame'; from: number; to: number; body: Buffer; sha256: string }
  /** What should have been a frame and is none: `from` is after its marker, where the text goes on. */
  | { kind: 'broken'; from: number; problem: Unreadable };

export interface Piece {
  bytes: Buffer;
  /** Where to look from on; the byte before it ends a line, or `lineStart` says whether one does. */
  from: number;
  lineStart: boolean;
  /** Nothing comes after it. */
  last: boolean;
}

/** Longer than a marker can be: names have 63 characters at most. */
const longestMarker = 600;
/** What may have slipped into a frame beside its text, so that the mistake can be told exactly. */
const slack = 64 * 1024;
const newline = 0x0a;

/** Names a run in its markers, so that the text of another run is not taken for it: `my-app/my-service/7/staging/12`. */
export const frameName = (key: RunKey, run: number): string =>
  `${releaseId(key.application, key.service, key.release)}/${key.channel}/${run}`;

const beginOf = (name: string): string => `-----BEGIN TOWPATH RESULT run=${name} `;
const endOf = (name: string, sha256: string): string => `-----END TOWPATH RESULT run=${name} sha256=${sha256}-----`;

/** Finds the next frame of the run of that name (docs/spec.md §7.7). Markers are whole lines; all else is text. */
export function findFrame(name: string, piece: Piece): Found {
  const { bytes, last } = piece;
  const begin = Buffer.from(beginOf(name));
  const from = firstLine(piece, begin);
  if (from === undefined) return { kind: 'text', until: last ? bytes.length : withoutHalf(piece, begin) };
  const marker = markerAt(piece, from);
  if (!marker) return { kind: 'open', from };
  const [, digits, sha256 = ''] = claims.exec(marker.line.slice(begin.length)) ?? [];
  if (digits === undefined) return broken(marker.to, 'its first marker is not valid');
  const size = Number(digits);
  if (size > resultLimit)
    return broken(marker.to, `it has ${size} bytes, and ${resultLimit} are the limit`, 'RESULT_TOO_LARGE');
  return closing({ ...piece, from: marker.to }, { name, sha256, size, begin: from });
}

/** What stands in a first marker after the name of the run. */
const claims = /^bytes=([0-9]{1,9}) sha256=([0-9a-f]{64})-----$/;

/** The line of a first marker; undefined while its end may still come. */
function markerAt({ bytes, last }: Piece, from: number): { line: string; to: number } | undefined {
  const end = bytes.indexOf(newline, from);
  if (end >= 0) return { line: bytes.toString('utf8', from, Math.min(end, from + longestMarker)), to: end + 1 };
  if (!last && bytes.length - from < longestMarker) return undefined;
  return { line: '', to: bytes.length };
}

function broken(from: number, why: string, code: Unreadable['code'] = 'RESULT_INVALID'): Found {
  return { kind: 'broken', from, problem: { code, sentence: `the framed result in the log is not valid: ${why}` } };
}

/** The begin of the first line that begins with `begin`. */
function firstLine({ bytes, from, lineStart }: Piece, begin: Buffer): number | undefined {
  const first = from > 0 ? bytes[from - 1] === newline : lineStart;
  if (first && bytes.subarray(from, from + begin.length).equals(begin)) return from;
  const found = bytes.indexOf(Buffer.concat([Buffer.of(newline), begin]), from);
  return found < 0 ? undefined : found + 1;
}

/** Where the text ends for sure: a line that has only begun may become a marker. */
function withoutHalf({ bytes, from, lineStart }: Piece, begin: Buffer): number {
  const line = Math.max(bytes.lastIndexOf(newline) + 1, from);
  const atStart = line > 0 ? bytes[line - 1] === newline : lineStart;
  const rest = bytes.subarray(line);
  return atStart && rest.length < begin.length && begin.subarray(0, rest.length).equals(rest) ? line : bytes.length;
}

interface Opened {
  name: string;
  sha256: string;
  size: number;
  /** Where its first marker begins. */
  begin: number;
}

/** Looks for the second marker. It names the digest too, so that no text of a result can be taken for it. */
function closing({ bytes, from, last }: Piece, opened: Opened): Found {
  const { name, sha256, size, begin } = opened;
  const marker = Buffer.from(`\n${endOf(name, sha256)}`);
  // The newline before it is not of the result; of an empty one it is that of the first marker.
  const found = lineEnd(bytes, { marker, from: from - 1, last });
  if (!found) {
    const came = bytes.length - from;
    if (!last && came <= resultLimit + slack) return { kind: 'open', from: begin };
    return broken(from, `its marker says ${size} bytes, and ${came} came without a second marker`);
  }
  const body = bytes.subarray(from, Math.max(from, found.at));
  if (body.length !== size)
    return broken(
      from,
      `its marker says ${size} bytes, and ${body.length} came; nothing else may be printed in between, not to stderr either`,
    );
  const digest = createHash('sha256').update(body).digest('hex');
  if (digest !== sha256)
    return broken(from, `its SHA-256 is ${digest}, and its marker says ${sha256}; it was changed on its way`);
  return { kind: 'frame', from: begin, to: found.to, body, sha256 };
}

/** The marker, where it ends its line. */
function lineEnd(
  bytes: Buffer,
  { marker, from, last }: { marker: Buffer; from: number; last: boolean },
): { at: number; to: number } | undefined {
  for (let at = bytes.indexOf(marker, from); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    const to = at + marker.length;
    if (bytes[to] === newline) return { at, to: to + 1 };
    if (to === bytes.length && last) return { at, to };
  }
  return undefined;
}
