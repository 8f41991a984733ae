import { Button, FormSelect, FormSelectOption, Switch, TextInput } from '@patternfly/react-core';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { RunState, RunSummary } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged } from '../ui/DataTable';
import { count, dollars, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { RunStart } from './RunStart';

const STATES: RunState[] = ['queued', 'running', 'paused', 'failing', 'cancelling', 'succeeded', 'failed', 'cancelled'];

/** Runs of workflows, the newest first. */
export default function Runs() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const state = STATES.find((each) => each === search.get('state'));
    const workflow = search.get('workflow') ?? '';
    const mine = search.get('mine') === 'true';
    const dead = search.get('dead') === 'true';
    const starting = search.get('start');
    const choose = (name: string, value: string) => {
        const next = new URLSearchParams(search);
        if (value === '') {
            next.delete(name);
        } else {
            next.set(name, value);
        }
        setSearch(next, { replace: true });
    };
    const paged = usePaged<RunSummary>(['runs', state, workflow, mine, dead], (cursor, signal) =>
        call('get /api/v1/runs', {
            query: {
                state,
                workflow: workflow === '' ? undefined : workflow,
                mine: mine || undefined,
                dead_letter: dead || undefined,
                cursor,
                limit: 25,
            },
            signal,
        }),
    );
    return (
        <PageFrame
            title="Runs"
            lead="A run carries a workflow out step by step and goes on after any crash."
            actions={
                may('workflows', 'execute') && (
                    <Button onClick={() => setSearch({ start: workflow })}>Run a workflow</Button>
                )
            }
        >
            <Panel title="Runs">
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <div className="gantry-wide">
                            <TextInput
                                type="search"
                                aria-label="Workflow"
                                placeholder="Workflow, such as shared/nightly"
                                value={workflow}
                                onChange={(_event, value) => choose('workflow', value)}
                            />
                        </div>
                        <FormSelect
                            aria-label="State"
                            value={state ?? ''}
                            onChange={(_event, value) => choose('state', value)}
                        >
                            <FormSelectOption value="" label="In any state" />
                            {STATES.map((each) => (
                                <FormSelectOption key={each} value={each} label={each} />
                            ))}
                        </FormSelect>
                        <Switch
                            id="mine"
                            label="Only mine"
                            isChecked={mine}
                            onChange={(_event, on) => choose('mine', on ? 'true' : '')}
                        />
                        <Switch
                            id="dead"
                            label="Only given up"
                            isChecked={dead}
                            onChange={(_event, on) => choose('dead', on ? 'true' : '')}
                        />
                    </div>
                    <PagedTable
                        paged={paged}
                        label="Runs"
                        id={(run) => run.id}
                        columns={[
                            { title: 'Workflow', cell: (run) => (
                                    <Link to={`/runs/${run.id}`}>
                                        <Breakable text={run.workflow} />
                                    </Link>
                                ) },
                            {
                                title: 'State',
                                cell: (run) => <StateLabel state={run.dead_letter ? 'given up' : run.state} />,
                            },
                            {
                                title: 'By',
                                cell: (run) => (
                                    <>
                                        <Breakable text={run.user} />
                                        {run.cause !== null && (
                                            <div className="gantry-subtle">
                                                <Breakable text={run.cause} />
                                            </div>
                                        )}
                                    </>
                                ),
                            },
                            { title: 'Begun', cell: (run) => <Time at={run.created_at} /> },
                            { title: 'Ended', cell: (run) => <Time at={run.finished_at} /> },
                            { title: 'Tokens', cell: (run) => count(run.tokens.used), numeric: true },
                            { title: 'Cost', cell: (run) => dollars(run.cost.micro_usd), numeric: true },
                        ]}
                        empty={
                            dead ? (
                                <Teach title="No run was given up">
                                    A run that cannot be worked on at all, since its workflow or a value cannot be read,
                                    ends here with its reason, holds up no other, and can be retried when the cause is
                                    gone.
                                </Teach>
                            ) : (
                                <Teach title="No runs" command="gantry workflow run NAME --watch">
                                    Workflows are in the registry; a run of one appears here as soon as it is accepted.
                                </Teach>
                            )
                        }
                    />
                </div>
            </Panel>
            {starting !== null && may('workflows', 'execute') && (
                <RunStart workflow={starting} onClose={() => setSearch({}, { replace: true })} />
            )}
        </PageFrame>
    );
}
