import { Alert } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { send, signals } from '../api/client';

const PROBE_MS = 3_000;

/** Says that the server does not answer, and asks until it does. */
export function Connection() {
    const reachable = useSyncExternalStore(signals.subscribe, () => signals.reachable);
    const client = useQueryClient();
    useEffect(() => {
        if (reachable) {
            return undefined;
        }
        const timer = setInterval(() => {
            send('GET', '/health').then(
                // Who is signed in has not changed by that.
                () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' }),
                () => undefined,
            );
        }, PROBE_MS);
        return () => clearInterval(timer);
    }, [reachable, client]);
    return (
        <div role="status">
            {!reachable && (
                <Alert component="p" isInline variant="warning" title="The server cannot be reached">
                    What you see may be out of date. The console goes on as soon as the server answers.
                </Alert>
            )}
        </div>
    );
}
