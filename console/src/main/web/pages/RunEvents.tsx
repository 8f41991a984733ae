import { ExpandableSection } from '@patternfly/react-core';
import { useEffect, useRef, useState } from 'react';
import { send } from '../api/client';
import { events } from '../api/events';
import type { Run, RunEvent } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { clock, count, dollars, duration, moment } from '../ui/format';

const REFRESH_MS = 300;

/** How many of the latest are kept on the page. */
const EVENTS_MAX = 500;

/**
 * Follows what happens in a run; several events in quick succession count as one change.
 *
 * @param over whether all has happened; undefined while that is not known
 */
export function useEvents(run: string, over: boolean | undefined, changed: () => void): RunEvent[] {
    const [seen, setSeen] = useState<RunEvent[]>([]);
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
        setSeen([]);
        const flush = () => {
            timer = undefined;
            const some = fresh;
            fresh = [];
            setSeen((before) => [...before, ...some].slice(-EVENTS_MAX));
            if (!over) {
                tell.current();
            }
        };
        void (async () => {
            try {
                const url = `/api/v1/runs/${encodeURIComponent(run)}/events`;
                const response = await send('GET', url, { signal: control.signal });
                if (response.body !== null) {
                    for await (const event of events(response.body)) {
                        fresh.push(JSON.parse(event.data) as RunEvent);
                        timer ??= setTimeout(flush, REFRESH_MS);
                    }
                }
            } catch {
                // The page then shows what it knows; the connection's state is told elsewhere.
            }
        })();
        return () => {
            clearTimeout(timer);
            control.abort();
        };
    }, [run, over]);
    return seen;
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
