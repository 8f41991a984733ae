import { Button, Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { HookSecret } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { DataTable, type Column } from '../ui/DataTable';
import { Confirm, Refusal } from '../ui/Dialogs';
import { Time, when } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import { RowActions } from '../ui/RowActions';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { ShowHookSecret, TriggerDialog } from './TriggerDialog';
import { isHook, isSchedule, KINDS, list, remove, setActive, type Kind, type Trigger } from './triggers';

type Open =
    | { what: 'put'; trigger: Trigger | null }
    | { what: 'delete' | 'rotate'; trigger: Trigger }
    | { what: 'secret'; path: string; issued: Pick<HookSecret, 'secret'> & Partial<HookSecret> };

/** Schedules, webhooks and triggers by events: what starts workflows when nobody does. */
export default function Triggers() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const kind: Kind = KINDS.find((each) => each.id === search.get('kind')) ?? KINDS[0];
    const [open, setOpen] = useState<Open | null>(null);
    return (
        <PageFrame
            title="Schedules and triggers"
            lead="What starts workflows when nobody does, on the rights of whoever set it up."
            actions={
                may('workflows', 'execute') && (
                    <Button onClick={() => setOpen({ what: 'put', trigger: null })}>{kind.create}</Button>
                )
            }
        >
            <Tabs
                activeKey={kind.id}
                onSelect={(_event, key) => setSearch({ kind: String(key) }, { replace: true })}
                aria-label="What starts workflows"
            >
                {KINDS.map((each) => (
                    <Tab key={each.id} eventKey={each.id} title={<TabTitleText>{each.title}</TabTitleText>}>
                        {each.id === kind.id && (
                            <div className="gantry-tab">
                                <Listed kind={kind} open={open} onOpen={setOpen} />
                            </div>
                        )}
                    </Tab>
                ))}
            </Tabs>
        </PageFrame>
    );
}

function Listed({ kind, open, onOpen }: { kind: Kind; open: Open | null; onOpen: (open: Open | null) => void }) {
    const client = useQueryClient();
    const query = useQuery({
        queryKey: ['triggers', kind.id],
        queryFn: () => list(kind.id),
        refetchInterval: 15_000,
    });
    const changed = () => void client.invalidateQueries({ queryKey: ['triggers', kind.id] });
    const end = useMutation({
        mutationFn: (trigger: Trigger) => remove(kind.id, trigger.name),
        onSuccess: () => {
            onOpen(null);
            changed();
        },
    });
    const rotate = useMutation({
        mutationFn: (trigger: Trigger) =>
            call('post /api/v1/hooks/{hook}/secret', { path: { hook: trigger.name }, body: {} }),
        onSuccess: (issued, trigger) => onOpen({ what: 'secret', path: isHook(trigger) ? trigger.path : '', issued }),
    });
    return (
        <Panel title={kind.title}>
            <Loaded query={query} what={kind.title.toLowerCase()}>
                {(items) =>
                    items.length === 0 ? (
                        <Teach title={`No ${kind.title.toLowerCase()}`} command={kind.command}>
                            {kind.lesson}
                        </Teach>
                    ) : (
                        <Table kind={kind} items={items} onOpen={onOpen} onChanged={changed} />
                    )
                }
            </Loaded>
            {open?.what === 'put' && (
                <TriggerDialog
                    kind={kind}
                    trigger={open.trigger}
                    onClose={() => onOpen(null)}
                    onDone={(put) => {
                        changed();
                        onOpen(
                            isHook(put) && put.secret !== undefined
                                ? { what: 'secret', path: put.path, issued: { secret: put.secret } }
                                : null,
                        );
                    }}
                />
            )}
            {open?.what === 'secret' && (
                <ShowHookSecret path={open.path} issued={open.issued} onClose={() => onOpen(null)} />
            )}
            {open?.what === 'delete' && (
                <Confirm
                    title={`Delete ${open.trigger.name}?`}
                    action="Delete"
                    mutation={end}
                    onConfirm={() => end.mutate(open.trigger)}
                    onClose={() => {
                        end.reset();
                        onOpen(null);
                    }}
                >
                    It starts nothing any more. Runs that it has started go on.
                </Confirm>
            )}
            {open?.what === 'rotate' && (
                <Confirm
                    title={`Make another secret for ${open.trigger.name}?`}
                    action="Make another"
                    mutation={rotate}
                    onConfirm={() => rotate.mutate(open.trigger)}
                    onClose={() => {
                        rotate.reset();
                        onOpen(null);
                    }}
                >
                    The new secret is shown once. The one before goes on working for a day, so that whoever calls can
                    change over.
                </Confirm>
            )}
        </Panel>
    );
}

function Table({
    kind,
    items,
    onOpen,
    onChanged,
}: {
    kind: Kind;
    items: Trigger[];
    onOpen: (open: Open) => void;
    onChanged: () => void;
}) {
    const { may, session } = useSession();
    const navigate = useNavigate();
    const steer = useMutation({
        mutationFn: ({ trigger, active }: { trigger: Trigger; active: boolean }) =>
            setActive(kind.id, trigger.name, active),
        onSuccess: onChanged,
    });
    const runNow = useMutation({
        mutationFn: (trigger: Trigger) =>
            call('post /api/v1/schedules/{schedule}/runs', { path: { schedule: trigger.name } }),
        onSuccess: (run) => void navigate(`/runs/${run.id}`),
    });
    const isOwn = (trigger: Trigger) => trigger.user === session.user.name;
    const columns: Column<Trigger>[] = [
        {
            title: 'Name',
            cell: (trigger) => (
                <>
                    <Breakable text={trigger.name} />
                    <div className="gantry-subtle">
                        by <Breakable text={trigger.user} />
                    </div>
                </>
            ),
        },
        {
            title: 'Starts',
            cell: (trigger) => (
                <Link to={`/registry/workflows/${trigger.workflow}`}>
                    <Breakable text={trigger.workflow} />
                </Link>
            ),
        },
        { title: kind.when, cell: (trigger) => <When trigger={trigger} /> },
        { title: 'State', cell: (trigger) => <State trigger={trigger} /> },
        { title: 'Last', cell: (trigger) => <Last trigger={trigger} /> },
        {
            title: 'Actions',
            hiddenTitle: true,
            cell: (trigger) => {
                const may_ = (action: string) => isOwn(trigger) || may('runs', action);
                return (
                    <RowActions
                        label={trigger.name}
                        actions={[
                            kind.id === 'schedules' &&
                                may_('execute') && { title: 'Run now', onClick: () => runNow.mutate(trigger) },
                            may_('update') &&
                                (trigger.state === 'active'
                                    ? { title: 'Pause', onClick: () => steer.mutate({ trigger, active: false }) }
                                    : { title: 'Resume', onClick: () => steer.mutate({ trigger, active: true }) }),
                            may('workflows', 'execute') &&
                                may_('update') && { title: 'Change', onClick: () => onOpen({ what: 'put', trigger }) },
                            kind.id === 'hooks' &&
                                may_('update') && {
                                    title: 'Make another secret',
                                    onClick: () => onOpen({ what: 'rotate', trigger }),
                                },
                            may_('update') && {
                                title: 'Delete',
                                isDanger: true,
                                onClick: () => onOpen({ what: 'delete', trigger }),
                            },
                        ]}
                    />
                );
            },
        },
    ];
    return (
        <div className="gantry-stack">
            <Refusal error={steer.error ?? runNow.error} />
            <DataTable label={kind.title} columns={columns} rows={items} id={(trigger) => trigger.name} />
        </div>
    );
}

function When({ trigger }: { trigger: Trigger }) {
    if (isSchedule(trigger)) {
        return (
            <>
                {trigger.next[0] === undefined ? `not while it is ${trigger.state}` : when(trigger.next[0])}
                <div className="gantry-subtle">
                    <code>{trigger.cron}</code> {trigger.time_zone}
                </div>
            </>
        );
    }
    return (
        <>
            <code>
                <Breakable text={isHook(trigger) ? trigger.path : trigger.event} />
            </code>
            {trigger.where !== null && trigger.where !== '' && (
                <div className="gantry-subtle">
                    where <Plain text={trigger.where} />
                </div>
            )}
        </>
    );
}

function State({ trigger }: { trigger: Trigger }) {
    return (
        <>
            <StateLabel state={trigger.state} />
            {trigger.reason !== null && <div className="gantry-subtle">{trigger.reason}</div>}
        </>
    );
}

/** When it last fired, and what came of it. */
function Last({ trigger }: { trigger: Trigger }) {
    return (
        <>
            {trigger.last_run !== null ? (
                <Link to={`/runs/${trigger.last_run}`}>
                    <Time at={trigger.last_at} />
                    <span className="pf-v6-screen-reader">, the last run of {trigger.name}</span>
                </Link>
            ) : (
                <Time at={trigger.last_at} never="never" />
            )}
            {trigger.problem !== null && (
                <div className="gantry-error">
                    {trigger.failed > 1 && `${trigger.failed} times in a row: `}
                    {trigger.problem}
                </div>
            )}
        </>
    );
}
