import { TowpathError } from '../release/towpath-error.js';

const forAll = { option: '--param', form: 'NAME=VALUE' };
const byChannel = { option: '--param-by-release-channel', form: 'CHANNEL=NAME=VALUE' };

/** `changeId=42`: the value is everything after the first `=`, as it is. */
export function parameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => named(text, forAll)));
}

/** `production=changeId=42` → channel → name → value. */
export function parametersByChannel(texts: readonly string[]): Record<string, Record<string, string>> {
  const channels: Record<string, Record<string, string>> = {};
  for (const text of texts) {
    const [channel, rest] = named(text, byChannel);
    const [name, value] = named(rest, byChannel, text);
    channels[channel] = { ...channels[channel], [name]: value };
  }
  return channels;
}

/** `written` is the whole of the option's value, of which `text` may be the rest. */
function named(text: string, { option, form }: typeof forAll, written = text): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new TowpathError('BAD_REQUEST', `${option} "${written}" is not ${form}`);
}
