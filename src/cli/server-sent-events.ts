export interface ServerEvent {
  event: string;
  data: string;
}

/** One block of an event stream, without the empty line that ends it; undefined for one without data. */
export function parseEvent(block: string): ServerEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}

/** The events of an answer until it ends. Throws when nothing, not even a comment, came for `silenceMs`. */
export async function* readEvents(answer: Response, silenceMs: number): AsyncGenerator<ServerEvent> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream') || !answer.body)
    throw new Error('the answer is not a stream of events');
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), silenceMs);
      if (done) return;
      rest += decoder.decode(value, { stream: true }).replaceAll('\r', '');
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      yield* blocks.flatMap((block) => parseEvent(block) ?? []);
    }
  } finally {
    // The connection may be broken already; it is given up either way.
    await reader.cancel().catch(() => undefined);
  }
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`silent for ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
