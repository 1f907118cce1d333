import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  type Payload,
  type PayloadConverter,
} from '@temporalio/common';

const standard = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new JsonPayloadConverter(),
);

/**
 * Never throws on what it reads: a signal that cannot be decoded would fail the workflow task for ever. An unknown
 * encoding, or bytes that are not what they claim, become `{undecodable: <encoding>}`, which handlers record and ignore.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => standard.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return standard.fromPayload<T>(payload);
    } catch {
      return { undecodable: encodingOf(payload) } as T;
    }
  },
};

function encodingOf({ metadata }: Payload): string {
  const bytes = metadata?.['encoding'];
  return bytes ? String.fromCharCode(...bytes.slice(0, 100)) : 'none';
}
