import { expect, test } from '@jest/globals';
import { parseEvent, readEvents } from '../../src/cli/server-sent-events.js';

test.each([
  ['event: view\ndata: {"a":1}', { event: 'view', data: '{"a":1}' }],
  ['data: one\ndata:two', { event: 'message', data: 'one\ntwo' }],
  ['id: 4\ndata: x: y', { event: 'message', data: 'x: y' }],
  [': keep-alive', undefined],
  ['', undefined],
])('%j', (block, event) => {
  expect(parseEvent(block)).toEqual(event);
});

const answer = (chunks: string[], type = 'text/event-stream'): Response => {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': type } });
};

test('events may be cut anywhere, also within a line end', async () => {
  const seen = [];
  for await (const { data } of readEvents(
    answer(['da', 'ta: 1\r', '\n\r\ndata: 2\n', '\n: x\n\n', 'data: lost']),
    1000,
  ))
    seen.push(data);
  expect(seen).toEqual(['1', '2']);
});

test('an answer that is no stream is refused', async () => {
  await expect(readEvents(answer(['{}'], 'application/json'), 1000).next()).rejects.toThrow('not a stream of events');
});

test('silence ends a stream', async () => {
  const silent = new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } });
  await expect(readEvents(silent, 20).next()).rejects.toThrow('silent');
});
