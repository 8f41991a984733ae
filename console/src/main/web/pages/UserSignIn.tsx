import { Alert, Button, DescriptionList } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import { useSession } from '../session/session';
import { Confirm, FormDialog, Refusal } from '../ui/Dialogs';
import { moment, Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { Copyable } from '../ui/Teach';
import { Term } from '../ui/Term';

/** How somebody signs in, and what an administrator does when they cannot. */
export function UserSignIn({ name }: { name: string }) {
    const { may } = useSession();
    const client = useQueryClient();
    const [asking, setAsking] = useState<'reset' | 'factors' | null>(null);
    const path = { principal: name };
    const query = useQuery({
        queryKey: ['principal', name, 'sign-in'],
        queryFn: () => call('get /api/v1/users/{principal}/sign-in', { path }),
    });
    const changed = () => void client.invalidateQueries({ queryKey: ['principal', name, 'sign-in'] });
    const reset = useMutation({
        mutationFn: () => call('post /api/v1/users/{principal}/password/reset', { path }),
        onSuccess: changed,
    });
    const factors = useMutation({
        mutationFn: () => call('delete /api/v1/users/{principal}/factors', { path }),
        onSuccess: () => {
            changed();
            setAsking(null);
        },
    });
    const unlock = useMutation({
        mutationFn: () => call('delete /api/v1/users/{principal}/lockout', { path }),
        onSuccess: changed,
    });
    const close = () => {
        reset.reset();
        factors.reset();
        setAsking(null);
    };
    return (
        <Panel title="How they sign in">
            <Loaded query={query} what="how they sign in">
                {(found) => (
                    <div className="gantry-stack">
                        <Refusal error={unlock.error} />
                        {found.locked_until !== null && (
                            <Alert component="p" isInline variant="warning" title={`Locked until ${moment(found.locked_until)}`}>
                                After too many wrong attempts: to the address that they came from, to all that the account
                                does not know, or to codes.
                            </Alert>
                        )}
                        <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                            <Term name="Password">
                                {found.password ? (
                                    <>
                                        set <Time at={found.password_changed_at} />
                                        {found.must_change && ', to be changed at the next sign-in'}
                                    </>
                                ) : (
                                    'none'
                                )}
                            </Term>
                            <Term name="Authenticator app">{found.totp ? 'on' : 'none'}</Term>
                            <Term name="Recovery codes">{found.recovery_codes}</Term>
                            <Term name="Passkeys">{found.passkeys}</Term>
                        </DescriptionList>
                        {may('users', 'update') && (
                            <div className="gantry-row">
                                <Button variant="secondary" onClick={() => setAsking('reset')}>
                                    Let them choose a password
                                </Button>
                                {(found.totp || found.passkeys > 0) && (
                                    <Button variant="secondary" isDanger onClick={() => setAsking('factors')}>
                                        Remove their second factors
                                    </Button>
                                )}
                                {found.locked_until !== null && (
                                    <Button
                                        variant="secondary"
                                        isDisabled={unlock.isPending}
                                        onClick={() => unlock.mutate()}
                                    >
                                        Unlock
                                    </Button>
                                )}
                            </div>
                        )}
                    </div>
                )}
            </Loaded>
            {asking === 'reset' && reset.data === undefined && (
                <FormDialog
                    title={`Let ${name} choose a password`}
                    action="Make a token"
                    mutation={reset}
                    ready
                    onSubmit={() => reset.mutate()}
                    onClose={close}
                >
                    <p>
                        You get a token to hand over, good once. With it they choose a password on the sign-in page; the
                        one that they have goes on until then.
                    </p>
                </FormDialog>
            )}
            {asking === 'reset' && reset.data !== undefined && (
                <FormDialog title={`The token for ${name}`} action="I have handed it over" ready onSubmit={close} onClose={close}>
                    <Alert component="p" isInline variant="warning" title="It is shown this once">
                        Whoever has it can choose the password. It ends {moment(reset.data.expires_at)}.
                    </Alert>
                    <Copyable text={reset.data.token} label="the token" />
                </FormDialog>
            )}
            {asking === 'factors' && (
                <Confirm
                    title={`Remove the second factors of ${name}?`}
                    action="Remove"
                    mutation={factors}
                    onConfirm={() => factors.mutate()}
                    onClose={close}
                >
                    Their app, recovery codes and passkeys are gone for good, and every session ends. Be sure that it is
                    they who ask for it.
                </Confirm>
            )}
        </Panel>
    );
}
