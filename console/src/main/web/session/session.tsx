import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, type ReactNode } from 'react';
import { call, Problem, signals, useTokenOf } from '../api/client';
import type { Session } from '../api/views';
import { keepFor } from './kept';
import { may } from './rights';
import { leave, listen, startOver, tell } from './tabs';

interface SignedIn {
    session: Session;
    may: (resource: string, action: string) => boolean;
    signOut: () => Promise<void>;
}

const SessionContext = createContext<SignedIn | null>(null);

const KEY = ['session'];

/**
 * Asks who is signed in; null when nobody is. Once somebody is, they stay what the page knows: that their session has ended, or
 * that somebody else is signed in, is told by the signals.
 */
export function useSessionQuery() {
    const client = useQueryClient();
    return useQuery({
        queryKey: KEY,
        queryFn: async (): Promise<Session | null> => {
            const before = client.getQueryData<Session | null>(KEY) ?? null;
            try {
                const session = await call('get /api/v1/auth/session');
                if (before !== null && before.user.id !== session.user.id) {
                    signals.set({ signIn: 'other' });
                    return before;
                }
                useTokenOf(session);
                // One may have come back from a provider, or have signed in in another tab.
                keepFor(session.user.id);
                tell(session.user.id);
                if (signals.signIn === 'ended') {
                    signals.set({ signIn: null });
                }
                return session;
            } catch (failure) {
                if (failure instanceof Problem && failure.status === 401) {
                    if (before === null) {
                        useTokenOf(null);
                    }
                    return before;
                }
                throw failure;
            }
        },
        staleTime: Infinity,
        retry: false,
    });
}

/** Follows who signs in or out in other tabs, and looks again when the browser shows a page that it had put aside. */
export function useOtherTabs(): void {
    const client = useQueryClient();
    useEffect(() => {
        const ask = () => client.refetchQueries({ queryKey: KEY, exact: true });
        const mine = () => client.getQueryData<Session | null>(KEY)?.user.id ?? null;
        const quiet = listen((user) => {
            // A page that does not know yet whose it is has asked already, and keeps nothing of another user.
            if (client.getQueryData(KEY) === undefined || user === mine()) {
                void ask();
            } else {
                startOver();
            }
        });
        const onShow = async ({ persisted }: PageTransitionEvent) => {
            if (!persisted) {
                return;
            }
            const root = document.getElementById('root');
            root?.setAttribute('hidden', '');
            try {
                const session = await call('get /api/v1/auth/session');
                if (session.user.id === mine()) {
                    root?.removeAttribute('hidden');
                    return;
                }
            } catch (failure) {
                if (!(failure instanceof Problem && failure.status === 401)) {
                    // Without an answer nothing says whose page this may be: it stays hidden, and what was typed is kept for its owner.
                    location.reload();
                    return;
                }
            }
            startOver();
        };
        addEventListener('pageshow', onShow);
        return () => {
            quiet();
            removeEventListener('pageshow', onShow);
        };
    }, [client]);
}

/** Takes a new session over; what was loaded for somebody else is dropped. */
export function useBegin(): (session: Session) => void {
    const client = useQueryClient();
    return useCallback(
        (session) => {
            const before = client.getQueryData<Session | null>(KEY);
            useTokenOf(session);
            keepFor(session.user.id);
            tell(session.user.id, true);
            if (before?.user.id !== session.user.id) {
                client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
            }
            client.setQueryData(KEY, session);
            signals.set({ signIn: null });
            void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
        },
        [client],
    );
}

/** Says who is signed in. Its key is the user, so that nobody sees what a page holds of somebody else. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
    const signOut = useCallback(async () => {
        try {
            // A server that does not answer could not end the session.
            await call('get /api/v1/auth/session');
        } catch (failure) {
            if (!(failure instanceof Problem && failure.status === 401)) {
                throw failure;
            }
        }
        leave();
    }, []);
    const value = useMemo<SignedIn>(
        () => ({ session, may: (resource, action) => may(session, resource, action), signOut }),
        [session, signOut],
    );
    return <SessionContext value={value}>{children}</SessionContext>;
}

/** Who is signed in; only below {@link SessionProvider}. */
export function useSession(): SignedIn {
    const value = useContext(SessionContext);
    if (value === null) {
        throw new Error('There is no session here');
    }
    return value;
}

/** The name of the organization, however the server tells it. */
export function organizationName(session: Session): string {
    return typeof session.organization === 'string' ? session.organization : session.organization.name;
}
