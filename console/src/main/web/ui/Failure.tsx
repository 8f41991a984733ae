import { Alert, AlertActionLink } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { Problem, Slow, Unreachable } from '../api/client';
import { duration } from './format';
import { NextStep } from './NextStep';

const TITLES: Record<number, string> = {
    403: 'You may not see this',
    404: 'There is no such thing, or not for you',
    429: 'Too many requests',
};

function titleOf(error: Error): string {
    if (error instanceof Unreachable) {
        return 'The server cannot be reached';
    }
    if (error instanceof Slow) {
        return 'This took too long';
    }
    return (error instanceof Problem ? TITLES[error.status] : undefined) ?? 'This could not be loaded';
}

/** A text with a stop at its end, so that more can follow. */
function sentence(text: string): string {
    return /[.!?:]$/.test(text) ? text : `${text}.`;
}

/** The milliseconds until a point in time, counted down. */
function useCountdown(until: number | null): number {
    const [left, setLeft] = useState(() => (until === null ? 0 : until - Date.now()));
    useEffect(() => {
        if (until === null) {
            return undefined;
        }
        const timer = setInterval(() => setLeft(until - Date.now()), 1_000);
        return () => clearInterval(timer);
    }, [until]);
    return Math.max(0, left);
}

/**
 * Says what went wrong, by which number the operator finds it, and what to do; also to those who do not see it come.
 *
 * @param title what could not be done, where it is something else than to load
 */
export function Failure({ error, retry, title }: { error: Error; retry?: () => void; title?: string }) {
    const problem = error instanceof Problem ? error : null;
    const left = useCountdown(problem?.againAt ?? null);
    const heading = titleOf(error);
    return (
        <div role="alert">
            <Alert
                component="p"
                isInline
                variant={problem?.status === 403 ? 'info' : problem?.status === 429 ? 'warning' : 'danger'}
                title={title !== undefined && heading === 'This could not be loaded' ? title : heading}
                actionLinks={
                    retry === undefined ? undefined : (
                        <AlertActionLink onClick={retry} isDisabled={left > 0}>
                            Try again
                            {/* Counted for the eye: told each second it would drown the rest. */}
                            {left > 0 && (
                                <span aria-live="off">{` in ${duration(Math.ceil(left / 1_000) * 1_000)}`}</span>
                            )}
                        </AlertActionLink>
                    )
                }
            >
                {error instanceof Unreachable && 'Check that it runs and that you are connected.'}
                {error instanceof Slow && 'It is under load, or asked for more than it can look up at once. '}
                {!(error instanceof Unreachable) && sentence(error.message)}
                {problem !== null && problem.requestId !== '' && problem.status >= 500 && (
                    <>
                        {' '}
                        Request id <code>{problem.requestId}</code>.
                    </>
                )}
                {problem !== null && <NextStep problem={problem} />}
            </Alert>
        </div>
    );
}
