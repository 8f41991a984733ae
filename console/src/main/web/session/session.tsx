import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useMemo, type ReactNode } from 'react';
import { call, Problem, signals, useTokenOf } from '../api/client';
import type { Session } from '../api/views';
import { forget, keepFor } from './kept';
import { may } from './rights';

interface SignedIn {
    session: Session;
    may: (resource: string, action: string) => boolean;
    signOut: () => Promise<void>;
}

const SessionContext = createContext<SignedIn | null>(null);

const KEY = ['session'];

/** Asks who is signed in; null when nobody is. */
export function useSessionQuery() {
    return useQuery({
        queryKey: KEY,
        queryFn: async (): Promise<Session | null> => {
            try {
                const session = await call('get /api/v1/auth/session');
                useTokenOf(session);
                // One may have come back from a provider, or have signed in in another tab.
                keepFor(session.user.id);
                return session;
            } catch (failure) {
                if (failure instanceof Problem && failure.status === 401) {
                    useTokenOf(null);
                    return null;
                }
                throw failure;
            }
        },
        staleTime: Infinity,
        retry: false,
    });
}

/** Takes a new session over; what was loaded for somebody else is dropped. */
export function useBegin(): (session: Session) => void {
    const client = useQueryClient();
    return useCallback(
        (session) => {
            const before = client.getQueryData<Session | null>(KEY);
            useTokenOf(session);
            keepFor(session.user.id);
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
    const client = useQueryClient();
    const signOut = useCallback(async () => {
        await call('delete /api/v1/auth/session').catch((failure: unknown) => {
            // A session that has ended already needs no ending.
            if (!(failure instanceof Problem && failure.status === 401)) {
                throw failure;
            }
        });
        useTokenOf(null);
        forget();
        client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
        client.setQueryData(KEY, null);
        signals.set({ signIn: null });
    }, [client]);
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
