import { Alert, AlertActionCloseButton, Button, Label } from '@patternfly/react-core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, signals } from '../api/client';
import type { Factors, Passkey } from '../api/views';
import { canUsePasskeys } from '../session/webauthn';
import { DataTable } from '../ui/DataTable';
import { Refusal } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { AddApp, AddPasskey, ChangePassword, NewCodes, RemoveApp, RemovePasskey } from './SecurityDialogs';
import { useEndOthers } from './Sessions';

type Open =
    | { what: 'password' | 'app' | 'remove-app' | 'codes' | 'passkey' }
    | { what: 'remove-passkey'; passkey: Passkey };

/** How one signs in: the password, an authenticator app, recovery codes, passkeys. */
export function Security() {
    const client = useQueryClient();
    const [open, setOpen] = useState<Open | null>(null);
    const query = useQuery({ queryKey: ['factors'], queryFn: () => call('get /api/v1/auth/factors') });
    const close = () => setOpen(null);
    const changed = () => {
        close();
        void client.invalidateQueries({ queryKey: ['factors'] });
    };
    const [added, setAdded] = useState(false);
    const others = useEndOthers();
    const grown = () => {
        changed();
        setAdded(true);
    };
    /** The server ends every session when a way in is changed or taken away, this one included. */
    const ended = () => {
        close();
        signals.set({ signIn: 'ended' });
    };
    return (
        <Panel title="How you sign in">
            <Loaded query={query} what="how you sign in">
                {(factors) => (
                    <>
                        {added && (
                            <Alert
                                component="p"
                                isInline
                                variant="success"
                                title="It is asked for from now on"
                                actionClose={<AlertActionCloseButton onClose={() => setAdded(false)} />}
                            >
                                <Refusal error={others.error} />
                                {others.data !== undefined ? (
                                    'You are signed in nowhere else.'
                                ) : (
                                    <>
                                        Where you are signed in already goes on.{' '}
                                        <Button
                                            variant="link"
                                            isInline
                                            isDisabled={others.isPending}
                                            onClick={() => others.mutate()}
                                        >
                                            End all sessions but this one
                                        </Button>
                                    </>
                                )}
                            </Alert>
                        )}
                        <Ways factors={factors} onOpen={setOpen} />
                        {open?.what === 'password' && <ChangePassword onDone={ended} onClose={close} />}
                        {open?.what === 'app' && <AddApp factors={factors} onDone={grown} onClose={close} />}
                        {open?.what === 'remove-app' && <RemoveApp factors={factors} onDone={ended} onClose={close} />}
                        {open?.what === 'codes' && <NewCodes factors={factors} onDone={changed} onClose={close} />}
                        {open?.what === 'passkey' && <AddPasskey factors={factors} onDone={grown} onClose={close} />}
                        {open?.what === 'remove-passkey' && (
                            <RemovePasskey factors={factors} passkey={open.passkey} onDone={ended} onClose={close} />
                        )}
                    </>
                )}
            </Loaded>
        </Panel>
    );
}

function Ways({ factors, onOpen }: { factors: Factors; onOpen: (open: Open) => void }) {
    return (
        <div className="gantry-stack">
            {factors.password && !factors.totp && factors.passkeys.length === 0 && (
                <Alert component="p" isInline variant="warning" title="Your password alone lets you in">
                    Add a passkey or an authenticator app, so that a password that somebody else learned is not enough.
                </Alert>
            )}
            <ul className="gantry-parts">
                <li>
                    <span>
                        Password{' '}
                        {!factors.password && (
                            <span className="gantry-subtle">
                                none; whoever administers users can give you a token to choose one
                            </span>
                        )}
                    </span>
                    {factors.password ? (
                        <Button size="sm" variant="secondary" onClick={() => onOpen({ what: 'password' })}>
                            Change the password
                        </Button>
                    ) : (
                        <Label isCompact>not set</Label>
                    )}
                </li>
                <li>
                    <span>Authenticator app</span>
                    {factors.totp ? (
                        <span className="gantry-row">
                            <Label isCompact status="success">
                                on
                            </Label>
                            <Button size="sm" variant="secondary" isDanger onClick={() => onOpen({ what: 'remove-app' })}>
                                Remove the app
                            </Button>
                        </span>
                    ) : (
                        <Button size="sm" variant="secondary" onClick={() => onOpen({ what: 'app' })}>
                            Add an app
                        </Button>
                    )}
                </li>
                {(factors.totp || factors.passkeys.length > 0) && (
                    <li>
                        <span>
                            Recovery codes{' '}
                            <span className="gantry-subtle">
                                {factors.recovery_codes === 0 ? 'none left' : `${factors.recovery_codes} left`}
                            </span>
                        </span>
                        <Button size="sm" variant="secondary" onClick={() => onOpen({ what: 'codes' })}>
                            Make new codes
                        </Button>
                    </li>
                )}
                <li>
                    <span>
                        Passkeys{' '}
                        <span className="gantry-subtle">
                            {factors.passkeys.length === 0 && 'none; a passkey lets you in without a password'}
                        </span>
                    </span>
                    {canUsePasskeys() ? (
                        <Button size="sm" variant="secondary" onClick={() => onOpen({ what: 'passkey' })}>
                            Add a passkey
                        </Button>
                    ) : (
                        <span className="gantry-subtle">not in this browser</span>
                    )}
                </li>
            </ul>
            {factors.passkeys.length > 0 && (
                <DataTable
                    label="Your passkeys"
                    rows={factors.passkeys}
                    id={(passkey) => passkey.id}
                    columns={[
                        { title: 'Name', cell: (passkey) => passkey.name },
                        { title: 'Kept', cell: (passkey) => (passkey.synced ? 'by its maker as well' : 'on one device') },
                        { title: 'Added', cell: (passkey) => <Time at={passkey.created_at} /> },
                        { title: 'Last used', cell: (passkey) => <Time at={passkey.last_used_at} never="never" /> },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (passkey) => (
                                <Button
                                    size="sm"
                                    variant="link"
                                    isInline
                                    isDanger
                                    aria-label={`Remove ${passkey.name}`}
                                    onClick={() => onOpen({ what: 'remove-passkey', passkey })}
                                >
                                    Remove
                                </Button>
                            ),
                        },
                    ]}
                />
            )}
        </div>
    );
}
