import { useEffect, useState } from 'react';

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

/** The browser forgets these with the tab, and signing out forgets them at once. */
function stored<T>(key: string, otherwise: T): T {
    try {
        const text = sessionStorage.getItem(key);
        return text === null ? otherwise : (JSON.parse(text) as T);
    } catch {
        // Storage may be switched off, or hold what another version wrote.
        return otherwise;
    }
}

function store(key: string, value: unknown): void {
    try {
        sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
        // Without room it is kept until the page is left.
    }
}

/** What was run in this tab, the newest first. */
export function useAttempts() {
    const [attempts, setAttempts] = useState(() => stored<Attempt[]>(ATTEMPTS, []));
    return {
        attempts,
        add: (attempt: Attempt) =>
            setAttempts((before) => {
                const next = [{ ...attempt, text: attempt.text.slice(0, TEXT_MAX) }, ...before].slice(0, KEPT_MAX);
                store(ATTEMPTS, next);
                return next;
            }),
        clear: () => {
            store(ATTEMPTS, []);
            setAttempts([]);
        },
    };
}

/** What is typed, which is still there when one comes back to the page. */
export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
    const [draft, setDraft] = useState(() =>
        stored<Draft>(DRAFT, { input: '', variables: {}, models: ['', ''], beside: false }),
    );
    useEffect(() => store(DRAFT, draft), [draft]);
    return [draft, (change) => setDraft((before) => ({ ...before, ...change }))];
}
