import { useCallback, useEffect, useRef, useState } from 'react';
import { call, Problem, send } from '../api/client';
import { events } from '../api/events';
import type { DryRun, ExecutionResult } from '../api/views';
import type { Attempt } from './attempts';

export interface Ask {
    pattern: string;
    input: string;
    variables: Record<string, string>;
    /** Empty for the one that the pattern says. */
    model: string;
}

export type ExecutionState =
    | { phase: 'idle' }
    | { phase: 'running'; text: string; model: string }
    | { phase: 'done'; text: string; result: ExecutionResult; firstMs: number | null }
    | { phase: 'preview'; preview: DryRun }
    | { phase: 'stopped'; text: string; isDryRun: boolean }
    | { phase: 'failed'; text: string; error: Error };

function bodyOf(ask: Ask) {
    return {
        pattern: ask.pattern,
        input: ask.input,
        ...(Object.keys(ask.variables).length > 0 && { variables: ask.variables }),
        ...(ask.model !== '' && { model: ask.model }),
    };
}

/**
 * One execution at a time, whose answer arrives piece by piece.
 *
 * @param onEnd learns what came of each, unless it was given up by leaving the page
 */
export function useExecution(onEnd: (attempt: Attempt) => void) {
    const [state, setState] = useState<ExecutionState>({ phase: 'idle' });
    const abort = useRef<AbortController | null>(null);
    const ended = useRef(onEnd);
    ended.current = onEnd;
    const gone = useRef(false);
    useEffect(() => {
        gone.current = false;
        return () => {
            gone.current = true;
            abort.current?.abort();
        };
    }, []);

    const run = useCallback(async (ask: Ask) => {
        const control = new AbortController();
        abort.current?.abort();
        abort.current = control;
        let text = '';
        const begun = performance.now();
        let firstMs: number | null = null;
        const at = new Date().toISOString();
        const end = (rest: Partial<Attempt>) => {
            if (!gone.current) {
                ended.current({
                    at,
                    ...ask,
                    answeredBy: '',
                    text,
                    costMicroUsd: null,
                    durationMs: performance.now() - begun,
                    problem: '',
                    ...rest,
                });
            }
        };
        setState({ phase: 'running', text, model: '' });
        try {
            const response = await send('POST', '/api/v1/execute', {
                body: { ...bodyOf(ask), stream: true },
                headers: { Accept: 'text/event-stream' },
                signal: control.signal,
            });
            if (response.body === null) {
                throw new Error('The server answered without a body.');
            }
            for await (const event of events(response.body)) {
                const data = JSON.parse(event.data);
                if (event.event === 'start') {
                    setState({ phase: 'running', text, model: data.model });
                } else if (event.event === 'delta') {
                    firstMs ??= performance.now() - begun;
                    text += data.text;
                    const soFar = text;
                    setState((before) => ({
                        phase: 'running',
                        text: soFar,
                        model: before.phase === 'running' ? before.model : '',
                    }));
                } else if (event.event === 'done') {
                    const result = data as ExecutionResult;
                    setState({ phase: 'done', text, result, firstMs });
                    end({
                        answeredBy: result.model,
                        costMicroUsd: result.cost.micro_usd,
                        durationMs: result.metadata.duration_ms,
                    });
                    return;
                } else if (event.event === 'error') {
                    throw new Problem(data.status, data.code, data.detail, data.errors ?? [], data.request_id ?? '');
                }
            }
            throw new Error('The answer was broken off before its end.');
        } catch (failure) {
            end({ problem: control.signal.aborted ? `Stopped. ${text}` : (failure as Error).message });
            if (abort.current === control) {
                setState(
                    control.signal.aborted
                        ? { phase: 'stopped', text, isDryRun: false }
                        : { phase: 'failed', text, error: failure as Error },
                );
            }
        }
    }, []);

    const preview = useCallback(async (ask: Ask) => {
        const control = new AbortController();
        abort.current?.abort();
        abort.current = control;
        setState({ phase: 'running', text: '', model: '' });
        try {
            const body = { ...bodyOf(ask), dry_run: true };
            const reply = await call('post /api/v1/execute', { body, signal: control.signal });
            setState({ phase: 'preview', preview: reply as DryRun });
        } catch (failure) {
            if (abort.current === control) {
                setState(
                    control.signal.aborted
                        ? { phase: 'stopped', text: '', isDryRun: true }
                        : { phase: 'failed', text: '', error: failure as Error },
                );
            }
        }
    }, []);

    const stop = useCallback(() => abort.current?.abort(), []);
    return { state, run, preview, stop };
}
