import { Button, Label } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { SessionEntry } from '../api/views';
import { useSession } from '../session/session';
import { DataTable, type Column } from '../ui/DataTable';
import { Confirm, Refusal } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';

const COLUMNS: Column<SessionEntry>[] = [
    { title: 'Signed in', cell: (entry) => <Time at={entry.created_at} /> },
    { title: 'Last used', cell: (entry) => <Time at={entry.seen_at} /> },
    { title: 'Address', cell: (entry) => entry.address },
    { title: 'Program', cell: (entry) => entry.user_agent ?? 'unknown' },
    { title: 'With', cell: (entry) => entry.provider.replaceAll('_', ' ') },
];

/** Ends all of one's own sessions but this one. */
export function useEndOthers() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => call('delete /api/v1/auth/sessions'),
        onSuccess: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
    });
}

/** Where one is signed in oneself. */
export function OwnSessions() {
    const client = useQueryClient();
    const query = useQuery({ queryKey: ['sessions'], queryFn: () => call('get /api/v1/auth/sessions') });
    const end = useMutation({
        mutationFn: (id: string) => call('delete /api/v1/auth/sessions/{session}', { path: { session: id } }),
        onSuccess: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
    });
    const others = useEndOthers();
    const pending = end.isPending || others.isPending;
    const endOne: Column<SessionEntry> = {
        title: 'Actions',
        hiddenTitle: true,
        cell: (entry) =>
            entry.current ? (
                <Label isCompact color="blue">
                    this one
                </Label>
            ) : (
                <Button
                    size="sm"
                    variant="link"
                    isInline
                    isDanger
                    isDisabled={pending}
                    aria-label={`End the session from ${entry.address}`}
                    onClick={() => end.mutate(entry.id)}
                >
                    End
                </Button>
            ),
    };
    return (
        <Panel title="Where you are signed in">
            <Refusal error={end.error ?? others.error} />
            <Loaded query={query} what="your sessions">
                {({ items }) => (
                    <div className="gantry-stack">
                        <DataTable
                            label="Your sessions"
                            rows={items}
                            id={(entry) => entry.id}
                            columns={[...COLUMNS, endOne]}
                        />
                        {items.length > 1 && (
                            <div className="gantry-row">
                                <Button
                                    variant="secondary"
                                    isDanger
                                    isDisabled={pending}
                                    onClick={() => others.mutate()}
                                >
                                    End all but this one
                                </Button>
                            </div>
                        )}
                    </div>
                )}
            </Loaded>
        </Panel>
    );
}

/** Where somebody else is signed in, for who administers users. */
export function UserSessions({ name }: { name: string }) {
    const { may } = useSession();
    const client = useQueryClient();
    const [asking, setAsking] = useState(false);
    const path = { principal: name };
    const query = useQuery({
        queryKey: ['principal', name, 'sessions'],
        queryFn: () => call('get /api/v1/users/{principal}/sessions', { path }),
    });
    const end = useMutation({
        mutationFn: () => call('delete /api/v1/users/{principal}/sessions', { path }),
        onSuccess: () => {
            setAsking(false);
            void client.invalidateQueries({ queryKey: ['principal', name, 'sessions'] });
        },
    });
    return (
        <Panel title="Where they are signed in">
            <Loaded query={query} what="their sessions">
                {({ items }) =>
                    items.length === 0 ? (
                        <p>Nowhere.</p>
                    ) : (
                        <div className="gantry-stack">
                            <DataTable
                                label={`Sessions of ${name}`}
                                rows={items}
                                id={(entry) => entry.id}
                                columns={COLUMNS}
                            />
                            {may('users', 'update') && (
                                <div className="gantry-row">
                                    <Button variant="secondary" isDanger onClick={() => setAsking(true)}>
                                        Sign them out everywhere
                                    </Button>
                                </div>
                            )}
                        </div>
                    )
                }
            </Loaded>
            {asking && (
                <Confirm
                    title={`Sign ${name} out everywhere?`}
                    action="Sign out"
                    mutation={end}
                    onConfirm={() => end.mutate()}
                    onClose={() => setAsking(false)}
                >
                    Every session ends within a second. They can sign in again, and their keys go on; deactivate them to
                    stop these too.
                </Confirm>
            )}
        </Panel>
    );
}
