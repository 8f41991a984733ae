import { Button, FormGroup, Label, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Role, RoleAssignment } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { DataTable, PagedTable, usePaged } from '../ui/DataTable';
import { Confirm, FormDialog, Help } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { AssignRole } from './AssignRole';
import { Explainer, ORIGINS } from './Explainer';

/** Roles, who has them, and whether somebody may do something. */
export default function Roles() {
    const { may } = useSession();
    const client = useQueryClient();
    const [open, setOpen] = useState<'create' | Role | null>(null);
    const query = useQuery({ queryKey: ['roles'], queryFn: () => call('get /api/v1/roles') });
    const changed = () => {
        setOpen(null);
        void client.invalidateQueries({ queryKey: ['roles'] });
    };
    const remove = useMutation({
        mutationFn: (role: string) => call('delete /api/v1/roles/{role}', { path: { role } }),
        onSuccess: changed,
    });
    return (
        <PageFrame
            title="Roles"
            lead="A role is a list of permissions. What no role grants is denied."
            actions={may('users', 'create') && <Button onClick={() => setOpen('create')}>Create a role</Button>}
        >
            <Panel title="May somebody do something, and why?">
                <Explainer />
            </Panel>
            <Panel title="Roles">
                <Loaded query={query} what="roles">
                    {({ items }) => (
                        <DataTable
                            label="Roles"
                            rows={items}
                            id={(role) => role.name}
                            columns={[
                                {
                                    title: 'Name',
                                    cell: (role) => (
                                        <>
                                            <Breakable text={role.name} />
                                            {role.description !== '' && (
                                                <div className="gantry-subtle">{role.description}</div>
                                            )}
                                        </>
                                    ),
                                },
                                {
                                    title: 'Grants',
                                    cell: (role) => (
                                        <div className="gantry-row">
                                            {role.permissions.map((each) => (
                                                <Label key={each} isCompact>
                                                    {each === '*' ? 'everything' : each}
                                                </Label>
                                            ))}
                                        </div>
                                    ),
                                },
                                { title: 'Defined', cell: (role) => ORIGINS[role.origin] },
                                {
                                    title: 'Actions',
                                    hiddenTitle: true,
                                    cell: (role) =>
                                        role.origin === 'organization' &&
                                        may('users', 'delete') && (
                                            <Button
                                                variant="link"
                                                isInline
                                                isDanger
                                                size="sm"
                                                aria-label={`Delete ${role.name}`}
                                                onClick={() => setOpen(role)}
                                            >
                                                Delete
                                            </Button>
                                        ),
                                },
                            ]}
                        />
                    )}
                </Loaded>
            </Panel>
            <Assignments />
            {open === 'create' && <CreateRole onClose={() => setOpen(null)} onDone={changed} />}
            {open !== null && open !== 'create' && (
                <Confirm
                    title={`Delete ${open.name}?`}
                    action="Delete"
                    mutation={remove}
                    onConfirm={() => remove.mutate(open.name)}
                    onClose={() => {
                        remove.reset();
                        setOpen(null);
                    }}
                >
                    A role that somebody still has cannot be deleted.
                </Confirm>
            )}
        </PageFrame>
    );
}

function Assignments() {
    const { may } = useSession();
    const client = useQueryClient();
    const paged = usePaged<RoleAssignment>(['assignments'], (cursor, signal) =>
        call('get /api/v1/role-assignments', { query: { cursor, limit: 25 }, signal }),
    );
    const [ending, setEnding] = useState<RoleAssignment | null>(null);
    const [giving, setGiving] = useState(false);
    const changed = () => {
        setEnding(null);
        setGiving(false);
        void client.invalidateQueries({ queryKey: ['assignments'] });
    };
    const remove = useMutation({
        mutationFn: (assignment: string) =>
            call('delete /api/v1/role-assignments/{assignment}', { path: { assignment } }),
        onSuccess: changed,
    });
    return (
        <Panel
            title="Who has which role"
            actions={
                may('users', 'update') && (
                    <Button size="sm" variant="secondary" onClick={() => setGiving(true)}>
                        Give a role
                    </Button>
                )
            }
        >
            <div className="gantry-stack">
                <PagedTable
                    paged={paged}
                    label="Assignments"
                    id={(each) => each.id ?? `${each.role} ${each.user} ${each.group}`}
                    columns={[
                        { title: 'Role', cell: (each) => each.role },
                        { title: 'Held by', cell: (each) => each.user ?? `group ${each.group}` },
                        { title: 'Since', cell: (each) => <Time at={each.created_at} /> },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (each) =>
                                each.id !== null &&
                                may('users', 'update') && (
                                    <Button
                                        variant="link"
                                        isInline
                                        isDanger
                                        size="sm"
                                        aria-label={`Take back ${each.role} from ${each.user ?? each.group}`}
                                        onClick={() => setEnding(each)}
                                    >
                                        Take back
                                    </Button>
                                ),
                        },
                    ]}
                    empty={
                        <Teach title="Nobody yet" command="gantry roles assign developer ann@example.com">
                            Give a role to a group, or to one user. What rbac.yaml assigns is not listed here.
                        </Teach>
                    }
                />
            </div>
            {giving && <AssignRole to={null} onClose={() => setGiving(false)} onDone={changed} />}
            {ending !== null && (
                <Confirm
                    title={`Take ${ending.role} back from ${ending.user ?? `group ${ending.group}`}?`}
                    action="Take back"
                    mutation={remove}
                    onConfirm={() => remove.mutate(ending.id ?? '')}
                    onClose={() => {
                        remove.reset();
                        setEnding(null);
                    }}
                >
                    What only this role granted is refused within a second, to their keys as well.
                </Confirm>
            )}
        </Panel>
    );
}

function CreateRole({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
    const [name, setName] = useState('');
    const [description, setDescription] = useState('');
    const [permissions, setPermissions] = useState('');
    const create = useMutation({
        mutationFn: () =>
            call('post /api/v1/roles', {
                body: {
                    name: name.trim(),
                    description: description.trim(),
                    permissions: permissions.split(/[\s,]+/).filter((each) => each !== ''),
                },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Create a role"
            action="Create"
            mutation={create}
            ready={name.trim() !== '' && permissions.trim() !== ''}
            onSubmit={() => create.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Name" isRequired fieldId="role-name">
                <TextInput id="role-name" isRequired value={name} onChange={(_event, value) => setName(value)} />
            </FormGroup>
            <FormGroup label="Description" fieldId="role-description">
                <TextInput
                    id="role-description"
                    value={description}
                    onChange={(_event, value) => setDescription(value)}
                />
            </FormGroup>
            <FormGroup label="Permissions" isRequired fieldId="role-permissions">
                <TextArea
                    id="role-permissions"
                    isRequired
                    rows={4}
                    resizeOrientation="vertical"
                    value={permissions}
                    onChange={(_event, value) => setPermissions(value)}
                />
                <Help>
                    One a line, such as <code>patterns:execute:analysis/*</code>. You can grant only what you have.
                </Help>
            </FormGroup>
        </FormDialog>
    );
}
