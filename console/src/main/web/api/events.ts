/** An event of a stream in the format of server-sent events. */
export interface StreamEvent {
    event: string;
    data: string;
    id: string;
}

/** Reads the lines of a reply as they come. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    try {
        for (;;) {
            const { done, value } = await reader.read();
            rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
            const parts = rest.split(/\r\n|\n|\r(?!$)/);
            rest = parts.pop() ?? '';
            yield* parts;
            if (done) {
                if (rest !== '') {
                    yield rest;
                }
                return;
            }
        }
    } finally {
        await reader.cancel().catch(() => undefined);
    }
}

/** Reads server-sent events; `EventSource` can neither send a body nor tell why it was refused. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
    let event: StreamEvent = { event: 'message', data: '', id: '' };
    let data: string[] = [];
    for await (const line of lines(body)) {
        if (line === '') {
            if (data.length > 0) {
                yield { ...event, data: data.join('\n') };
            }
            event = { event: 'message', data: '', id: event.id };
            data = [];
            continue;
        }
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') {
            data.push(value);
        } else if (field === 'event') {
            event.event = value;
        } else if (field === 'id') {
            event.id = value;
        }
    }
}
