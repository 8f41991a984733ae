import { useEffect, useState } from 'react';
import { keep, kept } from '../session/kept';
import { useSession } from '../session/session';

/** What was run in this tab, to be looked at or run once more. */
export interface Attempt {
    at: string;
    pattern: string;
    input: string;
    variables: Record<string, string>;
    /** The model that was asked for; empty for the one that the pattern says. */
    model: string;
    /** The model that answered; empty when none did. */
    answeredBy: string;
    text: string;
    costMicroUsd: number | null;
    durationMs: number | null;
    /** Why there is no whole answer; empty when there is one. */
    problem: string;
}

/** What one was about to run. */
export interface Draft {
    input: string;
    variables: Record<string, string>;
    models: [string, string];
    beside: boolean;
}

const ATTEMPTS = 'gantry.playground.attempts';
const DRAFT = 'gantry.playground.draft';
const KEPT_MAX = 20;
const TEXT_MAX = 20_000;

/** What was run in this tab, the newest first. */
export function useAttempts() {
    const user = useSession().session.user.id;
    const [attempts, setAttempts] = useState(() => kept<Attempt[]>(user, ATTEMPTS, []));
    return {
        attempts,
        add: (attempt: Attempt) =>
            setAttempts((before) => {
                const next = [{ ...attempt, text: attempt.text.slice(0, TEXT_MAX) }, ...before].slice(0, KEPT_MAX);
                keep(user, ATTEMPTS, next);
                return next;
            }),
        clear: () => {
            keep(user, ATTEMPTS, []);
            setAttempts([]);
        },
    };
}

/** What is typed, which is still there when one comes back to the page. */
export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
    const user = useSession().session.user.id;
    const [draft, setDraft] = useState(() =>
        kept<Draft>(user, DRAFT, { input: '', variables: {}, models: ['', ''], beside: false }),
    );
    useEffect(() => keep(user, DRAFT, draft), [user, draft]);
    return [draft, (change) => setDraft((before) => ({ ...before, ...change }))];
}
