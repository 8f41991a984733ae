import { Button, FormGroup, FormSelect, FormSelectOption, Switch, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { RunState, RunSummary } from '../api/views';
import { useSession } from '../session/session';
import { PagedTable, usePaged } from '../ui/DataTable';
import { FormDialog, Help } from '../ui/Dialogs';
import { count, dollars, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { RunStateLabel } from '../ui/RunStateLabel';
import { Teach } from '../ui/Teach';

const STATES: RunState[] = [
    'queued',
    'running',
    'paused',
    'failing',
    'cancelling',
    'succeeded',
    'failed',
    'cancelled',
];

/** Runs of workflows, the newest first. */
export default function Runs() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const [starting, setStarting] = useState(false);
    const state = STATES.find((each) => each === search.get('state'));
    const workflow = search.get('workflow') ?? '';
    const mine = search.get('mine') === 'true';
    const choose = (name: string, value: string) => {
        const next = new URLSearchParams(search);
        if (value === '') {
            next.delete(name);
        } else {
            next.set(name, value);
        }
        setSearch(next, { replace: true });
    };
    const paged = usePaged<RunSummary>(['runs', state, workflow, mine], (cursor, signal) =>
        call('get /api/v1/runs', {
            query: { state, workflow: workflow === '' ? undefined : workflow, mine: mine || undefined, cursor, limit: 25 },
            signal,
        }),
    );
    return (
        <PageFrame
            title="Runs"
            lead="A run carries a workflow out step by step and goes on after any crash."
            actions={may('workflows', 'execute') && <Button onClick={() => setStarting(true)}>Run a workflow</Button>}
        >
            <Panel title="Runs">
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <TextInput
                            type="search"
                            aria-label="Workflow"
                            placeholder="Workflow, such as shared/nightly"
                            value={workflow}
                            onChange={(_event, value) => choose('workflow', value)}
                        />
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
                    </div>
                    <PagedTable
                        paged={paged}
                        label="Runs"
                        id={(run) => run.id}
                        columns={[
                            { title: 'Workflow', cell: (run) => <Link to={`/runs/${run.id}`}>{run.workflow}</Link> },
                            { title: 'State', cell: (run) => <RunStateLabel state={run.state} /> },
                            { title: 'By', cell: (run) => run.user },
                            { title: 'Begun', cell: (run) => <Time at={run.created_at} /> },
                            { title: 'Ended', cell: (run) => <Time at={run.finished_at} /> },
                            { title: 'Tokens', cell: (run) => count(run.tokens.used), numeric: true },
                            { title: 'Cost', cell: (run) => dollars(run.cost.micro_usd), numeric: true },
                        ]}
                        empty={
                            <Teach title="No runs" command="gantry workflow run NAME --watch">
                                Workflows are in the registry; a run of one appears here as soon as it is accepted.
                            </Teach>
                        }
                    />
                </div>
            </Panel>
            {starting && <Start onClose={() => setStarting(false)} />}
        </PageFrame>
    );
}

function Start({ onClose }: { onClose: () => void }) {
    const [name, setName] = useState('');
    const [inputs, setInputs] = useState('{}');
    const navigate = useNavigate();
    const start = useMutation({
        mutationFn: async () =>
            call('post /api/v1/workflows/{name}/runs', {
                path: { name: name.trim() },
                body: { inputs: parse(inputs) },
            }),
        onSuccess: (run) => void navigate(`/runs/${run.id}`),
    });
    return (
        <FormDialog
            title="Run a workflow"
            action="Run"
            mutation={start}
            ready={name.trim() !== ''}
            onSubmit={() => start.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Workflow" isRequired fieldId="run-workflow">
                <TextInput id="run-workflow" isRequired value={name} onChange={(_event, value) => setName(value)} />
                <Help>
                    Its name in the registry, with <code>@3</code> for a version.
                </Help>
            </FormGroup>
            <FormGroup label="Inputs" fieldId="run-inputs">
                <TextArea
                    id="run-inputs"
                    className="gantry-code"
                    rows={5}
                    resizeOrientation="vertical"
                    value={inputs}
                    onChange={(_event, value) => setInputs(value)}
                />
                <Help>A JSON object with a value for each input.</Help>
            </FormGroup>
        </FormDialog>
    );
}

function parse(text: string): Record<string, never> {
    try {
        return JSON.parse(text === '' ? '{}' : text);
    } catch {
        throw new Error('The inputs are not valid JSON.');
    }
}
