import { useEffect, useRef } from 'react';

/**
 * Keeps a dialog above another one: that one would hide it from screen readers whenever it is drawn anew, and would close at
 * the same key.
 */
export function useAboveOthers(onEscape: () => void) {
    const within = useRef<HTMLSpanElement>(null);
    const escape = useRef(onEscape);
    useEffect(() => {
        escape.current = onEscape;
    });
    useEffect(() => {
        const show = () => within.current?.closest('body > *')?.removeAttribute('aria-hidden');
        const observer = new MutationObserver(show);
        observer.observe(document.body, { subtree: true, attributeFilter: ['aria-hidden'] });
        const onKey = (event: KeyboardEvent) => {
            if (event.key === 'Escape') {
                event.stopPropagation();
                escape.current();
            }
        };
        document.addEventListener('keydown', onKey, true);
        return () => {
            observer.disconnect();
            document.removeEventListener('keydown', onKey, true);
        };
    }, []);
    return within;
}
