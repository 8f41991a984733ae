// What pages keep in the browser until the tab is closed. It is of one user: nobody else reads it, and it is dropped as soon as
// somebody else is signed in, however that came about.

/** Where it says whose tab this is. */
const OWNER = 'gantry.user';

/** Makes the tab somebody's: what it keeps for anybody else is dropped. */
export function keepFor(user: string): void {
    try {
        if (sessionStorage.getItem(OWNER) !== user) {
            sessionStorage.clear();
            sessionStorage.setItem(OWNER, user);
        }
    } catch {
        // Where storage is switched off, nothing is kept.
    }
}

/** What was kept for a user. */
export function kept<T>(user: string, key: string, otherwise: T): T {
    try {
        const text = sessionStorage.getItem(OWNER) === user ? sessionStorage.getItem(key) : null;
        return text === null ? otherwise : (JSON.parse(text) as T);
    } catch {
        // Storage may be switched off, or hold what another version wrote.
        return otherwise;
    }
}

/** Keeps something, unless the tab has become somebody else's in the meantime. */
export function keep(user: string, key: string, value: unknown): void {
    try {
        if (sessionStorage.getItem(OWNER) === user) {
            sessionStorage.setItem(key, JSON.stringify(value));
        }
    } catch {
        // Without room it is kept until the page is left.
    }
}

/** Drops something that a user kept. */
export function drop(user: string, key: string): void {
    try {
        if (sessionStorage.getItem(OWNER) === user) {
            sessionStorage.removeItem(key);
        }
    } catch {
        // Where storage is switched off, nothing is kept.
    }
}

/** Drops all that is kept. */
export function forget(): void {
    try {
        sessionStorage.clear();
    } catch {
        // Where storage is switched off, nothing is kept.
    }
}
