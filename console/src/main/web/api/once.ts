// What is sent again after a connection broke is done once: until the reply is there, the same request carries the same key.

export const ONCE = 'Idempotency-Key';

/** The requests whose outcome is not known, by what they ask for. */
const pending = new Map<string, string>();
const PENDING_MAX = 50;

function newKey(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key of a request; the one before when it was sent before and nothing came back. */
export function keyOf(request: string): string {
    const key = pending.get(request) ?? newKey();
    if (pending.size >= PENDING_MAX) {
        pending.delete(pending.keys().next().value as string);
    }
    pending.set(request, key);
    return key;
}

/** The reply is there: whoever asks for the same again means it. */
export function isDone(request: string): void {
    pending.delete(request);
}

/** Whoever opens a dialog anew begins something new. */
export function beginAnew(): void {
    pending.clear();
}
