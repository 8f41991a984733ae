import { useSyncExternalStore } from 'react';

/** In which zone times are shown: that of this machine, or the one in which logs are written. */
export type Zone = 'local' | 'UTC';

const STORED = 'gantry.zone';
const listeners = new Set<() => void>();
const formats = new Map<string, Intl.DateTimeFormat>();

function stored(): Zone {
    try {
        return localStorage.getItem(STORED) === 'UTC' ? 'UTC' : 'local';
    } catch {
        // Storage may be switched off, or there is none, as in tests without a browser.
        return 'local';
    }
}

let zone = stored();

/** Returns the format for the zone that was chosen; making one takes long. */
export function inZone(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = zone + JSON.stringify(options);
    const known = formats.get(key);
    const format =
        known ?? new Intl.DateTimeFormat(undefined, { ...options, ...(zone === 'UTC' && { timeZone: 'UTC' }) });
    formats.set(key, format);
    return format;
}

export function setZone(next: Zone): void {
    zone = next;
    try {
        localStorage.setItem(STORED, next);
    } catch {
        // It then holds until the page is left.
    }
    listeners.forEach((listener) => listener());
}

export function useZone(): Zone {
    return useSyncExternalStore(
        (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        () => zone,
    );
}
