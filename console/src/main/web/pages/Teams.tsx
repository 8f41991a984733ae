import { Button, FormGroup, Label, TextInput } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Principal, Team } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged } from '../ui/DataTable';
import { Confirm, FormDialog, Help, Refusal } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';

/** Teams, and who belongs to the one that is chosen. */
export default function Teams() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const chosen = search.get('team');
    const [creating, setCreating] = useState(false);
    const [ending, setEnding] = useState<Team | null>(null);
    const client = useQueryClient();
    const changed = () => {
        setCreating(false);
        setEnding(null);
        void client.invalidateQueries({ queryKey: ['teams'] });
    };
    const end = useMutation({
        mutationFn: (team: Team) => call('delete /api/v1/teams/{team}', { path: { team: team.name } }),
        onSuccess: changed,
    });
    const paged = usePaged<Team>(['teams'], (cursor, signal) =>
        call('get /api/v1/teams', { query: { cursor, limit: 25 }, signal }),
    );
    return (
        <PageFrame
            title="Teams"
            lead="A team has patterns, budgets and limits of its own, which its members share."
            actions={may('users', 'create') && <Button onClick={() => setCreating(true)}>Create a team</Button>}
        >
            <Panel title="Teams">
                <PagedTable
                    paged={paged}
                    label="Teams"
                    id={(team) => team.id}
                    columns={[
                        {
                            title: 'Name',
                            cell: (team) => (
                                <Button
                                    variant="link"
                                    isInline
                                    aria-expanded={chosen === team.name}
                                    onClick={() => setSearch({ team: team.name }, { replace: true })}
                                >
                                    {team.name}
                                </Button>
                            ),
                        },
                        { title: 'Description', cell: (team) => team.description || '–' },
                        {
                            title: 'State',
                            cell: (team) => (
                                <Label isCompact {...(team.active ? { status: 'success' } : { color: 'grey' })}>
                                    {team.active ? 'active' : 'deactivated'}
                                </Label>
                            ),
                        },
                        { title: 'Since', cell: (team) => <Time at={team.created_at} /> },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (team) =>
                                team.active &&
                                may('users', 'delete') && (
                                    <Button
                                        variant="link"
                                        isInline
                                        isDanger
                                        size="sm"
                                        aria-label={`Deactivate ${team.name}`}
                                        onClick={() => setEnding(team)}
                                    >
                                        Deactivate
                                    </Button>
                                ),
                        },
                    ]}
                    empty={
                        <Teach title="No teams yet" command="gantry teams create NAME">
                            Make one for people who work on the same patterns and pay from one budget.
                        </Teach>
                    }
                />
            </Panel>
            {chosen !== null && <Members key={chosen} team={chosen} />}
            {creating && <CreateTeam onClose={() => setCreating(false)} onDone={changed} />}
            {ending !== null && (
                <Confirm
                    title={`Deactivate the team ${ending.name}?`}
                    action="Deactivate"
                    mutation={end}
                    onConfirm={() => end.mutate(ending)}
                    onClose={() => {
                        end.reset();
                        setEnding(null);
                    }}
                >
                    Nothing more can be spent on its account, and its members no longer see its patterns. Its history stays.
                </Confirm>
            )}
        </PageFrame>
    );
}

function Members({ team }: { team: string }) {
    const { may } = useSession();
    const client = useQueryClient();
    const [name, setName] = useState('');
    const [leaving, setLeaving] = useState<Principal | null>(null);
    const paged = usePaged<Principal>(['members', team], (cursor, signal) =>
        call('get /api/v1/teams/{team}/members', { path: { team }, query: { cursor, limit: 25 }, signal }),
    );
    const changed = () => void client.invalidateQueries({ queryKey: ['members', team] });
    const add = useMutation({
        mutationFn: () =>
            call('put /api/v1/teams/{team}/members/{principal}', { path: { team, principal: name.trim() } }),
        onSuccess: () => {
            setName('');
            changed();
        },
    });
    const remove = useMutation({
        mutationFn: (principal: string) =>
            call('delete /api/v1/teams/{team}/members/{principal}', { path: { team, principal } }),
        onSuccess: () => {
            setLeaving(null);
            changed();
        },
    });
    const mayChange = may('users', 'update');
    return (
        <Panel title={`Members of ${team}`}>
            <div className="gantry-stack">
                {mayChange && (
                    <form
                        className="gantry-filters"
                        onSubmit={(event) => {
                            event.preventDefault();
                            add.mutate();
                        }}
                    >
                        <TextInput
                            aria-label="E-mail address or name of who joins"
                            placeholder="ann@example.com"
                            value={name}
                            onChange={(_event, value) => setName(value)}
                        />
                        <Button type="submit" variant="secondary" isDisabled={name.trim() === '' || add.isPending}>
                            Add to the team
                        </Button>
                    </form>
                )}
                <Refusal error={add.error} />
                <PagedTable
                    paged={paged}
                    label={`Members of ${team}`}
                    id={(member) => member.id}
                    columns={[
                        {
                            title: 'Name',
                            cell: (member) => (
                                <Link to={`/users/${member.id}`}>
                                    <Breakable text={member.name} />
                                </Link>
                            ),
                        },
                        { title: 'Kind', cell: (member) => member.kind.replace('_', ' ') },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (member) =>
                                mayChange && (
                                    <Button
                                        variant="link"
                                        isInline
                                        isDanger
                                        size="sm"
                                        aria-label={`Remove ${member.name}`}
                                        onClick={() => setLeaving(member)}
                                    >
                                        Remove
                                    </Button>
                                ),
                        },
                    ]}
                    empty={
                        <Teach title="Nobody yet" command={`gantry teams add ${team} ann@example.com`}>
                            Who joins sees the team's patterns and may spend its budget.
                        </Teach>
                    }
                />
            </div>
            {leaving !== null && (
                <Confirm
                    title={`Remove ${leaving.name} from ${team}?`}
                    action="Remove"
                    mutation={remove}
                    onConfirm={() => remove.mutate(leaving.id)}
                    onClose={() => {
                        remove.reset();
                        setLeaving(null);
                    }}
                >
                    They no longer see the team's patterns, and their keys can no longer spend its budget.
                </Confirm>
            )}
        </Panel>
    );
}

function CreateTeam({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
    const [name, setName] = useState('');
    const [description, setDescription] = useState('');
    const create = useMutation({
        mutationFn: () =>
            call('post /api/v1/teams', {
                body: { name: name.trim(), ...(description.trim() !== '' && { description: description.trim() }) },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Create a team"
            action="Create"
            mutation={create}
            ready={name.trim() !== ''}
            onSubmit={() => create.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Name" isRequired fieldId="team-name">
                <TextInput id="team-name" isRequired value={name} onChange={(_event, value) => setName(value)} />
                <Help>Names of its patterns begin with it, so it should be short.</Help>
            </FormGroup>
            <FormGroup label="Description" fieldId="team-description">
                <TextInput
                    id="team-description"
                    value={description}
                    onChange={(_event, value) => setDescription(value)}
                />
            </FormGroup>
        </FormDialog>
    );
}
