import { useEffect, useState } from 'react';

/** As long as one waits between two keys at most. */
export const TYPING_MS = 250;

/** What is typed, once nothing was typed for a moment: so long a server need not be asked about it. */
export function useSettled<T>(value: T): T {
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(value), TYPING_MS);
        return () => clearTimeout(timer);
    }, [value]);
    return settled;
}
