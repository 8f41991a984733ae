import { Alert, Button, FormGroup, Label, Switch, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { ApiKey, IssuedKey } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { Confirm, FormDialog, Help } from '../ui/Dialogs';
import { PagedTable, usePaged } from '../ui/DataTable';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { SearchField } from '../ui/SearchField';
import { Copyable, Teach } from '../ui/Teach';

type Open = { what: 'create' } | { what: 'rotate' | 'revoke'; key: ApiKey } | { what: 'show'; key: IssuedKey };

/** API keys: all of them for who may see these, otherwise one's own. */
export default function Keys() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const revoked = search.get('revoked') === 'true';
    const words = search.get('q') ?? '';
    const [open, setOpen] = useState<Open | null>(null);
    const client = useQueryClient();
    const paged = usePaged<ApiKey>(['keys', revoked, words], (cursor, signal) =>
        call('get /api/v1/keys', { query: { search: words, cursor, revoked, limit: 50 }, signal }),
    );
    const show = (withRevoked: boolean, q: string) =>
        setSearch({ ...(withRevoked && { revoked: 'true' }), ...(q !== '' && { q }) }, { replace: true });
    const changed = () => void client.invalidateQueries({ queryKey: ['keys'] });
    const revoke = useMutation({
        mutationFn: (key: ApiKey) => call('delete /api/v1/keys/{key}', { path: { key: key.id } }),
        onSuccess: () => {
            changed();
            setOpen(null);
        },
    });
    return (
        <PageFrame
            title="API keys"
            lead={
                may('keys', 'read')
                    ? 'With a key a program acts as its owner, within what the key allows.'
                    : 'Your own keys. With a key a program acts as you, within what the key allows.'
            }
            actions={<Button onClick={() => setOpen({ what: 'create' })}>Create a key</Button>}
        >
            <Panel
                title="Keys"
                actions={
                    <Switch
                        id="revoked"
                        label="Show revoked keys"
                        isChecked={revoked}
                        onChange={(_event, on) => show(on, words)}
                    />
                }
            >
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <SearchField
                            label="Search the keys"
                            placeholder="A part of the name, or what the key begins with"
                            words={words}
                            onSearch={(q) => show(revoked, q)}
                        />
                    </div>
                    <PagedTable
                        paged={paged}
                        label="Keys"
                        id={(key) => key.id}
                        columns={[
                            {
                                title: 'Name',
                                cell: (key) => (
                                    <>
                                        <Breakable text={key.name} />
                                        <div className="gantry-subtle">
                                            <code>{key.prefix}</code> …
                                        </div>
                                    </>
                                ),
                            },
                            {
                                title: 'Owner',
                                cell: (key) => (
                                    <>
                                        <Breakable text={key.principal} />
                                        {key.team !== null && <div className="gantry-subtle">team {key.team}</div>}
                                    </>
                                ),
                            },
                            { title: 'Allows', cell: (key) => <Allows permissions={key.permissions} /> },
                            { title: 'Last used', cell: (key) => <Time at={key.last_used_at} never="never" /> },
                            { title: 'State', cell: (key) => <KeyState keyOf={key} /> },
                            {
                                title: 'Actions',
                                hiddenTitle: true,
                                cell: (key) =>
                                    key.revoked_at === null && (
                                        <div className="gantry-row gantry-keep">
                                            <Button
                                                size="sm"
                                                variant="link"
                                                isInline
                                                aria-label={`Rotate ${key.name}`}
                                                onClick={() => setOpen({ what: 'rotate', key })}
                                            >
                                                Rotate
                                            </Button>
                                            <Button
                                                size="sm"
                                                variant="link"
                                                isDanger
                                                isInline
                                                aria-label={`Revoke ${key.name}`}
                                                onClick={() => setOpen({ what: 'revoke', key })}
                                            >
                                                Revoke
                                            </Button>
                                        </div>
                                    ),
                            },
                        ]}
                        empty={
                            words !== '' ? (
                                <Teach title="Nothing found">
                                    No key has this in its name or begins with it. Revoked ones are shown when asked for.
                                </Teach>
                            ) : (
                                <Teach title="No keys" command="gantry keys create NAME">
                                    Make one for each program, so that you can revoke one without stopping the others.
                                </Teach>
                            )
                        }
                    />
                </div>
            </Panel>
            {open?.what === 'create' && (
                <CreateKey
                    onClose={() => setOpen(null)}
                    onDone={(key) => {
                        changed();
                        setOpen({ what: 'show', key });
                    }}
                />
            )}
            {open?.what === 'rotate' && (
                <RotateKey
                    apiKey={open.key}
                    onClose={() => setOpen(null)}
                    onDone={(key) => {
                        changed();
                        setOpen({ what: 'show', key });
                    }}
                />
            )}
            {open?.what === 'show' && <ShowKey issued={open.key} onClose={() => setOpen(null)} />}
            {open?.what === 'revoke' && (
                <Confirm
                    title={`Revoke ${open.key.name}?`}
                    action="Revoke"
                    mutation={revoke}
                    onConfirm={() => revoke.mutate(open.key)}
                    onClose={() => {
                        revoke.reset();
                        setOpen(null);
                    }}
                >
                    Whatever uses the key is refused within a second. A revoked key cannot be brought back.
                </Confirm>
            )}
        </PageFrame>
    );
}

function Allows({ permissions }: { permissions: string[] | null }) {
    if (permissions === null) {
        return <>all that its owner may</>;
    }
    return (
        <div className="gantry-row">
            {permissions.map((each) => (
                <Label key={each} isCompact>
                    {each}
                </Label>
            ))}
            {permissions.length === 0 && 'nothing'}
        </div>
    );
}

function KeyState({ keyOf }: { keyOf: ApiKey }) {
    if (keyOf.revoked_at !== null) {
        return (
            <Label isCompact color="grey">
                revoked
            </Label>
        );
    }
    if (keyOf.expires_at !== null && new Date(keyOf.expires_at).getTime() < Date.now()) {
        return (
            <Label isCompact status="warning">
                expired
            </Label>
        );
    }
    return (
        <>
            <Label isCompact status="success">
                active
            </Label>
            {keyOf.expires_at !== null && (
                <div className="gantry-subtle">
                    ends <Time at={keyOf.expires_at} />
                </div>
            )}
        </>
    );
}

function CreateKey({ onClose, onDone }: { onClose: () => void; onDone: (key: IssuedKey) => void }) {
    const [name, setName] = useState('');
    const [principal, setPrincipal] = useState('');
    const [team, setTeam] = useState('');
    const [permissions, setPermissions] = useState('');
    const [days, setDays] = useState('');
    const { may } = useSession();
    const create = useMutation({
        mutationFn: () =>
            call('post /api/v1/keys', {
                body: {
                    name: name.trim(),
                    ...(principal.trim() !== '' && { principal: principal.trim() }),
                    ...(team.trim() !== '' && { team: team.trim() }),
                    ...(permissions.trim() !== '' && { permissions: permissions.trim().split(/[\s,]+/) }),
                    ...(days !== '' && {
                        expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
                    }),
                },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Create a key"
            action="Create"
            mutation={create}
            ready={name.trim() !== ''}
            onSubmit={() => create.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Name" isRequired fieldId="key-name">
                <TextInput
                    id="key-name"
                    isRequired
                    maxLength={128}
                    value={name}
                    onChange={(_event, value) => setName(value)}
                />
                <Help>What uses it, such as nightly-report.</Help>
            </FormGroup>
            {may('keys', 'create') && (
                <FormGroup label="Owner" fieldId="key-owner">
                    <TextInput id="key-owner" value={principal} onChange={(_event, value) => setPrincipal(value)} />
                    <Help>E-mail address of a user or name of a service account; you, when empty.</Help>
                </FormGroup>
            )}
            <FormGroup label="Team" fieldId="key-team">
                <TextInput id="key-team" value={team} onChange={(_event, value) => setTeam(value)} />
                <Help>The team that pays; the owner's first team, when empty.</Help>
            </FormGroup>
            <FormGroup label="Permissions" fieldId="key-permissions">
                <TextArea
                    id="key-permissions"
                    value={permissions}
                    rows={2}
                    resizeOrientation="vertical"
                    onChange={(_event, value) => setPermissions(value)}
                />
                <Help>
                    Such as <code>patterns:execute:analysis/*</code>, one a line; all that the owner may, when empty.
                </Help>
            </FormGroup>
            <FormGroup label="Ends after (days)" fieldId="key-days">
                <TextInput
                    id="key-days"
                    type="number"
                    min={1}
                    max={3650}
                    value={days}
                    onChange={(_event, value) => setDays(value)}
                />
                <Help>Never, when empty.</Help>
            </FormGroup>
        </FormDialog>
    );
}

function RotateKey({
    apiKey,
    onClose,
    onDone,
}: {
    apiKey: ApiKey;
    onClose: () => void;
    onDone: (key: IssuedKey) => void;
}) {
    const [overlap, setOverlap] = useState('24h');
    const rotate = useMutation({
        mutationFn: () =>
            call('post /api/v1/keys/{key}/rotate', {
                path: { key: apiKey.id },
                body: overlap.trim() === '' ? {} : { overlap: overlap.trim() },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title={`Rotate ${apiKey.name}`}
            action="Rotate"
            mutation={rotate}
            ready
            onSubmit={() => rotate.mutate()}
            onClose={onClose}
        >
            <p>The key gets a new secret. The old one goes on for a while, so that you can change it where it is used.</p>
            <FormGroup label="The old secret goes on for" fieldId="key-overlap">
                <TextInput id="key-overlap" value={overlap} onChange={(_event, value) => setOverlap(value)} />
                <Help>Such as 30m, 24h or 7d; until somebody retires it, when empty.</Help>
            </FormGroup>
        </FormDialog>
    );
}

function ShowKey({ issued, onClose }: { issued: IssuedKey; onClose: () => void }) {
    return (
        <FormDialog title={`The key ${issued.name}`} action="I have stored it" ready onSubmit={onClose} onClose={onClose}>
            <Alert component="p" isInline variant="warning" title="It is shown this once">
                Store it now where the program finds it. Nobody can show it again, the operator included.
            </Alert>
            <Copyable text={issued.key} label="the key" />
        </FormDialog>
    );
}
