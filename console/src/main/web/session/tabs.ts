import { abandon } from '../ui/unsaved';
import { forget } from './kept';

// A browser has one session for all of its tabs. Whoever signs in or out in one does so in all.

const CHANNEL = 'gantry.session';

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

/** Who the tabs were last told is signed in; null for nobody, undefined before anybody said so. */
let known: string | null | undefined;

/**
 * Tells the other tabs who is signed in.
 *
 * @param user null for nobody
 * @param isNew whether the session is a new one, of which they need to know even if it is of the same user
 */
export function tell(user: string | null, isNew = false): void {
    if (user !== known || isNew) {
        known = user;
        channel?.postMessage({ user });
    }
}

/** Listens to who signs in or out in other tabs; returns how to stop. */
export function listen(heard: (user: string | null) => void): () => void {
    const onMessage = ({ data }: MessageEvent<{ user: string | null }>) => {
        known = data.user;
        heard(data.user);
    };
    channel?.addEventListener('message', onMessage);
    return () => channel?.removeEventListener('message', onMessage);
}

/** Begins anew, with nothing of whoever was here before. */
export function startOver(): void {
    abandon();
    forget();
    document.getElementById('root')?.setAttribute('hidden', '');
    location.reload();
}

/** Signs out here, and at the provider that one came from; the others are told once that is done. */
export function leave(): void {
    abandon();
    forget();
    addEventListener('pagehide', () => tell(null, true), { once: true });
    location.assign('/auth/logout');
}
