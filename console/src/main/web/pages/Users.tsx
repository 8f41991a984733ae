import { Button, FormGroup, Label, TextInput, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Principal } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged } from '../ui/DataTable';
import { FormDialog, Help } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { SearchField } from '../ui/SearchField';
import { Teach } from '../ui/Teach';

type Kind = 'users' | 'service-accounts';

/** Users and service accounts of the organization. */
export default function Users() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const kind: Kind = search.get('kind') === 'service-accounts' ? 'service-accounts' : 'users';
    const words = search.get('q') ?? '';
    const [creating, setCreating] = useState(false);
    const client = useQueryClient();
    const paged = usePaged<Principal>(['principals', kind, words], (cursor, signal) =>
        call(`get /api/v1/${kind}`, { query: { search: words, cursor, limit: 25 }, signal }),
    );
    const show = (next: Kind, q: string) =>
        setSearch({ ...(next !== 'users' && { kind: next }), ...(q !== '' && { q }) }, { replace: true });
    const one = kind === 'users' ? 'user' : 'service account';
    return (
        <PageFrame
            title="Users"
            lead="People, and the accounts under which programs act."
            actions={may('users', 'create') && <Button onClick={() => setCreating(true)}>Create a {one}</Button>}
        >
            <Panel
                title={kind === 'users' ? 'Users' : 'Service accounts'}
                actions={
                    <ToggleGroup aria-label="Kind of account">
                        <ToggleGroupItem
                            text="Users"
                            isSelected={kind === 'users'}
                            onChange={() => show('users', words)}
                        />
                        <ToggleGroupItem
                            text="Service accounts"
                            isSelected={kind === 'service-accounts'}
                            onChange={() => show('service-accounts', words)}
                        />
                    </ToggleGroup>
                }
            >
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <SearchField
                            label="Search by name"
                            placeholder="A part of the name"
                            words={words}
                            onSearch={(q) => show(kind, q)}
                        />
                    </div>
                    <PagedTable
                        paged={paged}
                        label={kind === 'users' ? 'Users' : 'Service accounts'}
                        id={(principal) => principal.id}
                        columns={[
                            {
                                title: 'Name',
                                cell: (principal) => (
                                    <Link to={`/users/${principal.id}`}>
                                        <Breakable text={principal.name} />
                                    </Link>
                                ),
                            },
                            { title: 'Display name', cell: (principal) => principal.display_name || '–' },
                            {
                                title: 'State',
                                cell: (principal) => (
                                    <Label isCompact {...(principal.active ? { status: 'success' } : { color: 'grey' })}>
                                        {principal.active ? 'active' : 'deactivated'}
                                    </Label>
                                ),
                            },
                            { title: 'Since', cell: (principal) => <Time at={principal.created_at} /> },
                        ]}
                        empty={
                            words !== '' ? (
                                <Teach title="Nothing found">No name and no display name has this in it.</Teach>
                            ) : (
                                <Teach
                                    title={`No ${one}s yet`}
                                    command={
                                        kind === 'users'
                                            ? 'gantry users create ann@example.com'
                                            : 'gantry service-accounts create nightly'
                                    }
                                >
                                    {kind === 'users'
                                        ? 'A user gets roles, which say what they may do, and teams, whose patterns they see.'
                                        : 'A service account acts for a program, so that it goes on when people leave.'}
                                </Teach>
                            )
                        }
                    />
                </div>
            </Panel>
            {creating && (
                <CreatePrincipal
                    kind={kind}
                    onClose={() => setCreating(false)}
                    onDone={() => {
                        setCreating(false);
                        void client.invalidateQueries({ queryKey: ['principals'] });
                    }}
                />
            )}
        </PageFrame>
    );
}

function CreatePrincipal({ kind, onClose, onDone }: { kind: Kind; onClose: () => void; onDone: () => void }) {
    const [name, setName] = useState('');
    const [display, setDisplay] = useState('');
    const create = useMutation({
        mutationFn: () =>
            call(`post /api/v1/${kind}`, {
                body: { name: name.trim(), ...(display.trim() !== '' && { display_name: display.trim() }) },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title={kind === 'users' ? 'Create a user' : 'Create a service account'}
            action="Create"
            mutation={create}
            ready={name.trim() !== ''}
            onSubmit={() => create.mutate()}
            onClose={onClose}
        >
            <FormGroup label={kind === 'users' ? 'E-mail address' : 'Name'} isRequired fieldId="principal-name">
                <TextInput
                    id="principal-name"
                    isRequired
                    value={name}
                    onChange={(_event, value) => setName(value)}
                />
                <Help>
                    {kind === 'users'
                        ? 'The one by which a sign-in elsewhere names this person.'
                        : 'Without @, such as nightly-report.'}
                </Help>
            </FormGroup>
            <FormGroup label="Display name" fieldId="principal-display">
                <TextInput id="principal-display" value={display} onChange={(_event, value) => setDisplay(value)} />
            </FormGroup>
        </FormDialog>
    );
}
