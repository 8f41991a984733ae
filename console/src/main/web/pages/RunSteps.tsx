import { Button } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { call } from '../api/client';
import type { Run, RunStep } from '../api/views';
import { useSession } from '../session/session';
import { Confirm } from '../ui/Dialogs';
import { DataTable, type Column } from '../ui/DataTable';
import { count, dollars, duration } from '../ui/format';
import { StateLabel } from '../ui/StateLabel';
import { Value } from '../ui/Value';

const DEPTH_MAX = 4;

/** The steps as a tree: those within others stand below them, further in. */
export function RunSteps({ run, over }: { run: Run; over: boolean }) {
    const { may } = useSession();
    const [from, setFrom] = useState<RunStep | null>(null);
    const anew: Column<RunStep> = {
        title: 'Actions',
        hiddenTitle: true,
        cell: (step) =>
            !step.path.includes('/') && (
                <Button size="sm" variant="link" isInline onClick={() => setFrom(step)}>
                    Anew from here<span className="pf-v6-screen-reader">: {step.title}</span>
                </Button>
            ),
    };
    return (
        <>
            <DataTable
                label="Steps"
                rows={ordered(run)}
                id={(step) => step.path}
                columns={[
                    { title: 'Step', cell: (step) => <Name step={step} /> },
                    { title: 'Kind', cell: (step) => step.kind },
                    { title: 'State', cell: (step) => <StateLabel state={step.state} /> },
                    { title: 'Attempt', cell: (step) => step.attempt, numeric: true },
                    { title: 'Took', cell: took, numeric: true },
                    { title: 'Tokens', cell: (step) => count(step.tokens), numeric: true },
                    { title: 'Cost', cell: (step) => dollars(step.cost_micro_usd), numeric: true },
                    { title: 'Output', cell: (step) => <Output value={step.output} /> },
                    ...(over && may('runs', 'execute') ? [anew] : []),
                ]}
            />
            {from !== null && <Anew run={run} step={from} onClose={() => setFrom(null)} />}
        </>
    );
}

/** The steps in the order of the workflow, each with those within it right after it. */
function ordered(run: Run): RunStep[] {
    const places = new Map(run.plan.map((step, index) => [step.id, index]));
    const place = (step: RunStep) => places.get(step.path.split('/')[0] ?? '') ?? run.plan.length;
    return run.steps.toSorted((a, b) => place(a) - place(b));
}

function Name({ step }: { step: RunStep }) {
    return (
        <span className={`gantry-depth-${Math.min(DEPTH_MAX, step.path.split('/').length - 1)}`}>
            {step.title}
            {step.run !== null && (
                <>
                    {' '}
                    (<Link to={`/runs/${step.run}`}>its run</Link>)
                </>
            )}
            {step.error !== null && <span className="gantry-error">{step.error}</span>}
        </span>
    );
}

/** How long a step took, or takes so far. */
export function took(step: RunStep): string {
    if (step.started_at === null) {
        return '–';
    }
    const end = step.finished_at === null ? Date.now() : Date.parse(step.finished_at);
    return duration(Math.max(0, end - Date.parse(step.started_at)));
}

function Output({ value }: { value: unknown }) {
    return value === null || value === undefined ? (
        '–'
    ) : (
        <details>
            <summary>Show</summary>
            <Value value={value} label="Output" />
        </details>
    );
}

function Anew({ run, step, onClose }: { run: Run; step: RunStep; onClose: () => void }) {
    const navigate = useNavigate();
    const fork = useMutation({
        mutationFn: () => call('post /api/v1/runs/{run}/fork', { path: { run: run.id }, body: { from: step.path } }),
        onSuccess: (next) => {
            onClose();
            void navigate(`/runs/${next.id}`);
        },
    });
    return (
        <Confirm
            title={`Run anew from ${step.title}?`}
            action="Run anew"
            mutation={fork}
            onConfirm={() => fork.mutate()}
            onClose={onClose}
        >
            Another run takes over what the steps before it gave. This step and all that depend on it are done anew, and
            cost again. This run stays as it is.
        </Confirm>
    );
}
