import { TowpathError } from '../release/towpath-error.js';

/** `changeId=42`: the value is everything after the first `=`, as it is. */
export function parameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => named(text, 'NAME=VALUE')));
}

/** `production=changeId=42` → channel → name → value. */
export function parametersByChannel(texts: readonly string[]): Record<string, Record<string, string>> {
  const channels: Record<string, Record<string, string>> = {};
  for (const text of texts) {
    const [channel, rest] = named(text, 'CHANNEL=NAME=VALUE');
    const [name, value] = named(rest, 'CHANNEL=NAME=VALUE');
    channels[channel] = { ...channels[channel], [name]: value };
  }
  return channels;
}

function named(text: string, form: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new TowpathError('BAD_REQUEST', `"${text}" is not ${form}`);
}
