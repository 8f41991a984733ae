import { ExpandableSection } from '@patternfly/react-core';
import { useEffect, useRef, useState } from 'react';
import { Problem, send } from '../api/client';
import { events } from '../api/events';
import type { Run, RunEvent } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { clock, count, dollars, duration, moment } from '../ui/format';

const REFRESH_MS = 300;

/** How many of the latest are kept on the page. */
const EVENTS_MAX = 500;

/** How long one waits before asking again, and at most. */
const AGAIN_MS = 500;
const AGAIN_MS_MAX = 15_000;

/** The server says every few seconds that it is still there; a connection that says nothing for so long is gone. */
const SILENCE_MS_MAX = 45_000;

/** Waits, unless what it waits for is given up. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, milliseconds);
        signal.addEventListener('abort', done);
    });
}

/** Hands over the events of a run behind one, until the server ends the stream; throws when it breaks. */
async function read(run: string, after: number, left: AbortSignal, onEvent: (event: RunEvent) => void, onOpen: () => void) {
    const broken = new AbortController();
    const give = () => broken.abort();
    left.addEventListener('abort', give);
    let timer = setTimeout(give, SILENCE_MS_MAX);
    const alive = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
            clearTimeout(timer);
            timer = setTimeout(give, SILENCE_MS_MAX);
            controller.enqueue(chunk);
        },
    });
    try {
        const response = await send('GET', `/api/v1/runs/${encodeURIComponent(run)}/events`, {
            headers: after === 0 ? {} : { 'Last-Event-ID': String(after) },
            signal: broken.signal,
        });
        onOpen();
        if (response.body !== null) {
            for await (const event of events(response.body.pipeThrough(alive))) {
                onEvent(JSON.parse(event.data) as RunEvent);
            }
        }
    } finally {
        clearTimeout(timer);
        left.removeEventListener('abort', give);
    }
}

/** When to ask again after so many failures in a row; null when that would be refused again. */
function patience(failure: unknown, failures: number): number | null {
    if (failure instanceof Problem && failure.status < 500 && failure.status !== 401) {
        return failure.againAt === null ? null : Math.max(AGAIN_MS, failure.againAt - Date.now());
    }
    return Math.min(AGAIN_MS_MAX, AGAIN_MS * 2 ** failures);
}

/**
 * Follows what happens in a run; several events in quick succession count as one change. A stream that breaks is taken up again
 * where it broke.
 *
 * @param over whether all has happened; undefined while that is not known
 * @param changed called after events, and after each break, during which something may have changed
 */
export function useEvents(
    run: string,
    over: boolean | undefined,
    changed: () => void,
): { events: RunEvent[]; isBroken: boolean } {
    const [seen, setSeen] = useState<RunEvent[]>([]);
    const [isBroken, setBroken] = useState(false);
    const tell = useRef(changed);
    useEffect(() => {
        tell.current = changed;
    });
    useEffect(() => {
        if (over === undefined) {
            return undefined;
        }
        const control = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined;
        let fresh: RunEvent[] = [];
        let last = 0;
        let failures = 0;
        setSeen([]);
        setBroken(false);
        const flush = () => {
            timer = undefined;
            const some = fresh;
            fresh = [];
            setSeen((before) => [...before, ...some].slice(-EVENTS_MAX));
            if (!over) {
                tell.current();
            }
        };
        const onEvent = (event: RunEvent) => {
            failures = 0;
            last = event.sequence;
            fresh.push(event);
            timer ??= setTimeout(flush, REFRESH_MS);
        };
        const onOpen = () => {
            setBroken(false);
            if (failures > 0 && !over) {
                tell.current();
            }
        };
        void (async () => {
            for (let wait: number | null = 0; wait !== null; failures++) {
                await pause(wait, control.signal);
                if (control.signal.aborted) {
                    return;
                }
                try {
                    await read(run, last, control.signal, onEvent, onOpen);
                    if (over) {
                        return;
                    }
                    // The server ends the stream when the run is over, or when it stops itself.
                    tell.current();
                    wait = Math.min(AGAIN_MS_MAX, AGAIN_MS * 2 ** failures);
                } catch (failure) {
                    if (control.signal.aborted) {
                        return;
                    }
                    wait = patience(failure, failures);
                    setBroken(wait !== null);
                }
            }
        })();
        return () => {
            clearTimeout(timer);
            control.abort();
        };
    }, [run, over]);
    return { events: seen, isBroken };
}

const WORDS: Record<string, string> = {
    'step.started': 'began',
    'step.done': 'is done',
    'step.skipped': 'was skipped',
    'step.failed': 'failed',
    'step.waiting': 'waits',
    'step.approved': 'was approved',
    'step.rejected': 'was rejected',
    'step.fallback': 'fell back to its other action',
    'step.cancelled': 'was given up',
};

/** What happened, the latest first. */
export function RunEvents({ run, events: seen }: { run: Run; events: RunEvent[] }) {
    const titles = new Map(run.steps.map((step) => [step.path, step.title]));
    return (
        <ExpandableSection toggleText={`What happened (${seen.length === EVENTS_MAX ? 'the latest ' : ''}${seen.length})`}>
            <DataTable
                label="What happened"
                rows={seen.toReversed()}
                id={(event) => String(event.sequence)}
                columns={[
                    { title: 'When', cell: (event) => <span title={moment(event.at)}>{clock(event.at)}</span> },
                    {
                        title: 'What',
                        cell: (event) =>
                            event.step === null || event.step === ''
                                ? `The run: ${event.kind.replace('run.', '')}`
                                : `${titles.get(event.step) ?? event.step} ${WORDS[event.kind] ?? event.kind}`,
                    },
                    { title: 'More', cell: (event) => facts(event.data) },
                ]}
            />
        </ExpandableSection>
    );
}

/** What is known of an event, but for what says nothing. */
function facts(data: unknown): string {
    if (typeof data !== 'object' || data === null) {
        return '';
    }
    return Object.entries(data)
        .filter(([, value]) => value !== null && value !== '' && value !== 0 && typeof value !== 'object')
        .filter(([name, value]) => name !== 'attempt' || value !== 1)
        .map(([name, value]) => {
            switch (name) {
                case 'duration_ms':
                    return `took ${duration(Number(value))}`;
                case 'cost_micro_usd':
                    return `cost ${dollars(Number(value))}`;
                case 'tokens':
                    return `${count(Number(value))} tokens`;
                default:
                    return `${name.replaceAll('_', ' ')}: ${String(value)}`;
            }
        })
        .join(', ');
}
