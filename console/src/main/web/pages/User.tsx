import { Button, DescriptionList, Label } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { call } from '../api/client';
import type { PrincipalDetails } from '../api/views';
import { useSession } from '../session/session';
import { Confirm } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Term } from '../ui/Term';
import { AssignRole } from './AssignRole';
import { Explainer } from './Explainer';
import { UserSessions } from './Sessions';
import { UserSignIn } from './UserSignIn';

/** One user or service account: what they belong to, what they may do, and why. */
export default function User() {
    const { principal = '' } = useParams();
    const { may, session } = useSession();
    const client = useQueryClient();
    const [open, setOpen] = useState<'deactivate' | 'assign' | null>(null);
    const query = useQuery({
        queryKey: ['principal', principal],
        queryFn: () => call('get /api/v1/users/{principal}', { path: { principal } }),
    });
    const changed = () => {
        setOpen(null);
        void client.invalidateQueries({ queryKey: ['principal', principal] });
        void client.invalidateQueries({ queryKey: ['principals'] });
    };
    const activate = useMutation({
        mutationFn: (active: boolean) =>
            call('put /api/v1/users/{principal}', { path: { principal }, body: { active } }),
        onSuccess: changed,
    });
    const details = query.data;
    return (
        <PageFrame
            title={details?.name ?? 'User'}
            lead={details?.display_name}
            actions={
                details !== undefined &&
                may('users', 'update') && (
                    <>
                        <Button variant="secondary" onClick={() => setOpen('assign')}>
                            Give a role
                        </Button>
                        {details.active ? (
                            <Button
                                variant="secondary"
                                isDanger
                                isDisabled={details.id === session.user.id}
                                onClick={() => setOpen('deactivate')}
                            >
                                Deactivate
                            </Button>
                        ) : (
                            <Button variant="secondary" onClick={() => activate.mutate(true)}>
                                Activate
                            </Button>
                        )}
                    </>
                )
            }
        >
            <Loaded query={query} what="the account">
                {(found) => (
                    <>
                        <div className="gantry-grid">
                            <Belongs details={found} />
                            <Panel title="What the roles grant">
                                {found.permissions.length === 0 ? (
                                    <p>Nothing: what no role grants is denied.</p>
                                ) : (
                                    <div className="gantry-row">
                                        {found.permissions.map((each) => (
                                            <Label key={each} isCompact>
                                                {each === '*' ? 'everything' : each}
                                            </Label>
                                        ))}
                                    </div>
                                )}
                            </Panel>
                        </div>
                        {found.kind === 'user' && <UserSignIn name={found.name} />}
                        <UserSessions name={found.name} />
                        <Panel title="May they, and why?">
                            <Explainer principal={found.name} />
                        </Panel>
                    </>
                )}
            </Loaded>
            {open === 'deactivate' && details !== undefined && (
                <Confirm
                    title={`Deactivate ${details.name}?`}
                    action="Deactivate"
                    mutation={activate}
                    onConfirm={() => activate.mutate(false)}
                    onClose={() => setOpen(null)}
                >
                    All keys and sessions stop within a second. History stays, and the account can be activated again.
                </Confirm>
            )}
            {open === 'assign' && details !== undefined && (
                <AssignRole
                    to={{ user: details.name, roles: details.roles }}
                    onClose={() => setOpen(null)}
                    onDone={changed}
                />
            )}
        </PageFrame>
    );
}

function Belongs({ details }: { details: PrincipalDetails }) {
    const list = (names: string[]) =>
        names.length === 0 ? (
            'none'
        ) : (
            <div className="gantry-row">
                {names.map((each) => (
                    <Label key={each} isCompact variant="outline">
                        {each}
                    </Label>
                ))}
            </div>
        );
    return (
        <Panel title="Account">
            <DescriptionList isCompact>
                <Term name="State">{details.active ? 'active' : 'deactivated'}</Term>
                <Term name="Since">
                    <Time at={details.created_at} />
                </Term>
                <Term name="Roles">{list(details.roles)}</Term>
                <Term name="Teams">{list(details.teams)}</Term>
                <Term name="Groups">{list(details.groups)}</Term>
            </DescriptionList>
        </Panel>
    );
}
