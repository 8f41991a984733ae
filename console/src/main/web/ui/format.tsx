import { inZone, useTelling, useZone } from './zone';

const NUMBER = new Intl.NumberFormat();
const SECONDS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const COMPACT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const DAY_MS = 86_400_000;

const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_536_000],
    ['month', 2_592_000],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
];

export function count(value: number): string {
    return NUMBER.format(value);
}

export function compact(value: number): string {
    return COMPACT.format(value);
}

/** Dollars with as many digits as an amount needs, down to a millionth. */
export function dollars(microUsd: number): string {
    const value = microUsd / 1_000_000;
    const digits = value === 0 || Math.abs(value) >= 1 ? 2 : Math.abs(value) >= 0.01 ? 4 : 6;
    return new Intl.NumberFormat(undefined, {
        style: 'currency',
        currency: 'USD',
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
    }).format(value);
}

export function day(iso: string): string {
    return DAY.format(new Date(iso));
}

/** The exact time with its zone, in the one that was chosen. */
export function moment(iso: string): string {
    return inZone({
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        second: '2-digit',
        timeZoneName: 'short',
    }).format(new Date(iso));
}

/** A day and a time of it, near enough to now to need no year. */
export function when(iso: string): string {
    return inZone({
        weekday: 'short',
        month: 'short',
        day: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
    }).format(new Date(iso));
}

/** The time of the day. */
export function clock(iso: string): string {
    return inZone({ timeStyle: 'medium' }).format(new Date(iso));
}

/** How many days of the calendar lie between two times, in the zone that was chosen. */
function daysBetween(from: number, to: number): number {
    const dayOf = (time: number) => {
        const parts = inZone({ year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(new Date(time));
        const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
        return Date.UTC(of('year'), of('month') - 1, of('day')) / DAY_MS;
    };
    return dayOf(to) - dayOf(from);
}

export function ago(iso: string, now = Date.now()): string {
    const at = new Date(iso).getTime();
    const seconds = (at - now) / 1_000;
    const [unit, length] = SPANS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
    // What is 30 hours ahead may be tomorrow or the day after.
    return RELATIVE.format(unit === 'day' ? daysBetween(now, at) : Math.round(seconds / length), unit);
}

/** A whole and its parts, which are left out when there are none. */
function pair(whole: number, unit: string, parts: number, part: string): string {
    return parts === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${parts} ${part}`;
}

/** A length of time such as 1.2 s or 3 min 20 s. */
export function duration(ms: number): string {
    if (ms < 1_000) {
        return `${Math.round(ms)} ms`;
    }
    if (ms < 60_000) {
        return `${SECONDS.format(ms / 1_000)} s`;
    }
    const minutes = Math.floor(ms / 60_000);
    return minutes < 60
        ? pair(minutes, 'min', Math.floor((ms % 60_000) / 1_000), 's')
        : pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** A point in time, told from now with the exact one as its title, or exactly where that was chosen. */
export function Time({ at, never = '–' }: { at: string | null | undefined; never?: string }) {
    const isExact = useTelling() === 'exact';
    useZone();
    if (at === null || at === undefined) {
        return <>{never}</>;
    }
    return (
        <time dateTime={at} title={isExact ? undefined : moment(at)}>
            {isExact ? moment(at) : ago(at)}
        </time>
    );
}
