import { useSyncExternalStore } from 'react';

/** In which zone times are shown and typed: that of this machine, or the one in which logs are written. */
export type Zone = 'local' | 'UTC';

/** How times are told: from now, or as day and time. */
export type Telling = 'from_now' | 'exact';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Something that is chosen once for this browser. */
class Choice<T extends string> {
    private readonly listeners = new Set<() => void>();
    private value: T;

    constructor(
        private readonly name: string,
        usual: T,
        other: T,
    ) {
        this.value = usual;
        try {
            this.value = localStorage.getItem(name) === other ? other : usual;
        } catch {
            // Storage may be switched off, or there is none, as in tests without a browser.
        }
    }

    readonly get = (): T => this.value;

    set(next: T): void {
        this.value = next;
        try {
            localStorage.setItem(this.name, next);
        } catch {
            // It then holds until the page is left.
        }
        this.listeners.forEach((listener) => listener());
    }

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };
}

const zone = new Choice<Zone>('gantry.zone', 'local', 'UTC');
const telling = new Choice<Telling>('gantry.times', 'from_now', 'exact');

/** Returns the format for the zone that was chosen; making one takes long. */
export function inZone(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = zone.get() + JSON.stringify(options);
    const known = formats.get(key);
    const format =
        known ?? new Intl.DateTimeFormat(undefined, { ...options, ...(zone.get() === 'UTC' && { timeZone: 'UTC' }) });
    formats.set(key, format);
    return format;
}

/** The name of the zone that was chosen, for the labels of fields. */
export function zoneName(): string {
    return zone.get() === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * Reads a day and time as fields give it, such as 2026-11-21T17:30, in the zone that was chosen. A text that names its zone
 * itself keeps its meaning.
 *
 * @returns the instant; undefined for anything else
 */
export function instantOf(typed: string): string | undefined {
    const [, plain, named] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?$/.exec(typed) ?? [];
    const time = Date.parse(`${plain}${named ?? (zone.get() === 'UTC' ? 'Z' : '')}`);
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** An instant as fields show it, in the zone that was chosen: the other way round of `instantOf`, to the second. */
export function typedOf(instant: string | number): string {
    const time = new Date(instant);
    // Where local time is moved by its distance to UTC, what is told of UTC is that of the zone.
    const shifted =
        zone.get() === 'UTC' ? time : new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
    const [day, clock = ''] = shifted.toISOString().split('T');
    return `${day}T${clock.slice(0, clock.startsWith('00', 6) ? 5 : 8)}`;
}

export function setZone(next: Zone): void {
    zone.set(next);
}

export function useZone(): Zone {
    return useSyncExternalStore(zone.subscribe, zone.get);
}

export function setTelling(next: Telling): void {
    telling.set(next);
}

export function useTelling(): Telling {
    return useSyncExternalStore(telling.subscribe, telling.get);
}
