import { Alert, Button, DescriptionList } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useReducer, useState } from 'react';
import { Link, useParams } from 'react-router';
import { call } from '../api/client';
import type { Run } from '../api/views';
import { useSession } from '../session/session';
import { CopyId } from '../ui/CopyId';
import { Confirm, Refusal } from '../ui/Dialogs';
import { count, dollars, duration, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Loading, Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Term } from '../ui/Term';
import { Value } from '../ui/Value';
import { RunApprovals } from './RunApprovals';
import { RunEvents, useEvents } from './RunEvents';
import { RunSteps } from './RunSteps';

const Graph = lazy(() => import('./RunGraph'));

const OVER = new Set(['succeeded', 'failed', 'cancelled']);

type Action = 'cancel' | 'pause' | 'resume' | 'retry';

/** One run: its steps as a graph and as a list, live, and what one may do about it. */
export default function RunDetails() {
    const { run: id = '' } = useParams();
    const client = useQueryClient();
    const key = ['run', id];
    const query = useQuery({
        queryKey: key,
        queryFn: ({ signal }) => call('get /api/v1/runs/{run}', { path: { run: id }, signal }),
    });
    const over = query.data === undefined ? undefined : OVER.has(query.data.state);
    const { events, isBroken } = useEvents(id, over, () => void client.invalidateQueries({ queryKey: key }));
    // What is not known to go on does not seem to.
    useTicks(over === false && !isBroken);
    return (
        <PageFrame
            title={query.data === undefined ? 'Run' : `Run of ${query.data.workflow}`}
            lead={<CopyId id={id} what="the id of the run" />}
            actions={query.data !== undefined && <Steering run={query.data} />}
        >
            <Loaded query={query} what="the run">
                {(run) => (
                    <>
                        <div role="status">
                            {isBroken && (
                                <Alert
                                    component="p"
                                    isInline
                                    variant="warning"
                                    title="The connection to the run broke; it is being taken up again"
                                >
                                    What you see is as it was <Time at={new Date(query.dataUpdatedAt).toISOString()} />.
                                </Alert>
                            )}
                        </div>
                        <RunApprovals run={run} />
                        <Summary run={run} />
                        <Panel title="Steps">
                            <div className="gantry-stack">
                                <Suspense fallback={<Loading what="the graph" />}>
                                    <Graph run={run} />
                                </Suspense>
                                <RunSteps run={run} over={OVER.has(run.state)} />
                                <RunEvents run={run} events={events} />
                            </div>
                        </Panel>
                        <Values run={run} />
                    </>
                )}
            </Loaded>
        </PageFrame>
    );
}

/** Renders every second, so that times that run on do so. */
function useTicks(live: boolean) {
    const [, tick] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
        if (!live) {
            return undefined;
        }
        const timer = setInterval(tick, 1_000);
        return () => clearInterval(timer);
    }, [live]);
}

function useSteer(run: Run) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (action: Action) => call(`post /api/v1/runs/{run}/${action}`, { path: { run: run.id } }),
        onSuccess: () => {
            void client.invalidateQueries({ queryKey: ['run', run.id] });
            void client.invalidateQueries({ queryKey: ['runs'] });
        },
    });
}

function Steering({ run }: { run: Run }) {
    const { may } = useSession();
    const [asking, setAsking] = useState(false);
    const steer = useSteer(run);
    if (!may('runs', 'update')) {
        return null;
    }
    const button = (action: Action, label: string) => (
        <Button variant="secondary" isDisabled={steer.isPending} onClick={() => steer.mutate(action)}>
            {label}
        </Button>
    );
    return (
        <>
            {(run.state === 'running' || run.state === 'queued') && button('pause', 'Pause')}
            {run.state === 'paused' && button('resume', 'Resume')}
            {(run.state === 'failed' || run.state === 'cancelled') && button('retry', 'Retry from where it stopped')}
            {!OVER.has(run.state) && run.state !== 'cancelling' && (
                <Button variant="secondary" isDanger onClick={() => setAsking(true)}>
                    Cancel
                </Button>
            )}
            <Refusal error={steer.error} />
            {asking && (
                <Confirm
                    title="Cancel this run?"
                    action="Cancel the run"
                    mutation={steer}
                    onConfirm={() => {
                        steer.mutate('cancel');
                        setAsking(false);
                    }}
                    onClose={() => setAsking(false)}
                >
                    Nothing new begins, and what is under way is given up. A cancelled run can be retried from there.
                </Confirm>
            )}
        </>
    );
}

function Summary({ run }: { run: Run }) {
    const took =
        run.started_at === null
            ? null
            : (run.finished_at === null ? Date.now() : Date.parse(run.finished_at)) - Date.parse(run.started_at);
    return (
        <Panel title="Summary">
            <div className="gantry-stack">
                {run.error !== null && <Refusal error={new Error(run.error)} />}
                {run.dead_letter && (
                    <Alert component="p" isInline variant="warning" title="The run was given up">
                        {run.advice}
                        {run.unreadable.length > 0 && (
                            <ul className="gantry-list">
                                {run.unreadable.map((each) => (
                                    <li key={each}>{each}</li>
                                ))}
                            </ul>
                        )}
                    </Alert>
                )}
                <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                    <Term name="State">
                        <StateLabel state={run.state} />
                    </Term>
                    <Term name="Workflow">
                        <Link to={`/registry/workflows/${run.workflow}`}>{run.workflow}</Link>, version {run.version}
                    </Term>
                    <Term name="Started by">
                        {run.user}
                        {run.cause !== null && `, by ${run.cause}`}
                    </Term>
                    <Term name="Begun">
                        <Time at={run.created_at} />
                    </Term>
                    <Term name="Took">{took === null ? 'not begun' : duration(took)}</Term>
                    <Term name="Used">
                        {count(run.tokens.used)}
                        {run.tokens.budget !== null && ` of ${count(run.tokens.budget)}`} tokens,{' '}
                        {dollars(run.cost.micro_usd)}
                    </Term>
                    {run.parent !== null && (
                        <Term name="Part of">
                            <Link to={`/runs/${run.parent}`}>another run</Link>
                        </Term>
                    )}
                </DescriptionList>
            </div>
        </Panel>
    );
}

function Values({ run }: { run: Run }) {
    return (
        <div className="gantry-grid">
            <Panel title="Inputs">
                <Given values={run.inputs} label="Inputs" />
            </Panel>
            {run.outputs !== null && run.outputs !== undefined && (
                <Panel title="Outputs">
                    <Given values={run.outputs} label="Outputs" />
                </Panel>
            )}
        </div>
    );
}

function Given({ values, label }: { values: unknown; label: string }) {
    const isNone = typeof values === 'object' && Object.keys(values ?? {}).length === 0;
    return isNone ? <>None.</> : <Value value={values} label={label} />;
}
