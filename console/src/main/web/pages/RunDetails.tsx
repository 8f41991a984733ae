import { Button, DescriptionList, FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import { call, send } from '../api/client';
import { events } from '../api/events';
import type { Run, RunStep } from '../api/views';
import { useSession } from '../session/session';
import { Confirm, FormDialog, Refusal } from '../ui/Dialogs';
import { DataTable } from '../ui/DataTable';
import { count, dollars, duration, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Loading, Panel } from '../ui/Panel';
import { RunStateLabel } from '../ui/RunStateLabel';
import { Term } from '../ui/Term';

const Graph = lazy(() => import('./RunGraph'));

const OVER = new Set(['succeeded', 'failed', 'cancelled']);
const REFRESH_MS = 300;

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
    const over = query.data !== undefined && OVER.has(query.data.state);
    useFollow(id, query.data !== undefined && !over, () => void client.invalidateQueries({ queryKey: key }));
    return (
        <PageFrame
            title={query.data === undefined ? 'Run' : `Run of ${query.data.workflow}`}
            lead={<code>{id}</code>}
            actions={query.data !== undefined && <Steering run={query.data} />}
        >
            <Loaded query={query} what="the run">
                {(run) => (
                    <>
                        <Approvals run={run} />
                        <Summary run={run} />
                        <Panel title="Steps">
                            <div className="gantry-stack">
                                <Suspense fallback={<Loading what="the graph" />}>
                                    <Graph run={run} />
                                </Suspense>
                                <Steps run={run} />
                            </div>
                        </Panel>
                        <Values run={run} />
                    </>
                )}
            </Loaded>
        </PageFrame>
    );
}

/** Tells each event of a run that is under way; several in quick succession count as one. */
function useFollow(run: string, live: boolean, changed: () => void) {
    useEffect(() => {
        if (!live) {
            return undefined;
        }
        const control = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined;
        void (async () => {
            try {
                const url = `/api/v1/runs/${encodeURIComponent(run)}/events`;
                const response = await send('GET', url, { signal: control.signal });
                if (response.body !== null) {
                    for await (const _event of events(response.body)) {
                        timer ??= setTimeout(() => {
                            timer = undefined;
                            changed();
                        }, REFRESH_MS);
                    }
                }
            } catch {
                // The page then shows what it knows; the connection's state is told elsewhere.
            }
        })();
        return () => {
            clearTimeout(timer);
            control.abort();
        };
    }, [run, live]);
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
            {(run.state === 'failed' || run.state === 'cancelled') && button('retry', 'Retry')}
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

function Approvals({ run }: { run: Run }) {
    const { may } = useSession();
    const client = useQueryClient();
    const [deciding, setDeciding] = useState<{ step: RunStep; approve: boolean } | null>(null);
    const [comment, setComment] = useState('');
    const decide = useMutation({
        mutationFn: ({ step, approve }: { step: RunStep; approve: boolean }) =>
            call(`post /api/v1/runs/{run}/${approve ? 'approve' : 'reject'}`, {
                path: { run: run.id },
                body: { step: step.path, ...(comment.trim() !== '' && { comment: comment.trim() }) },
            }),
        onSuccess: () => {
            setDeciding(null);
            setComment('');
            void client.invalidateQueries({ queryKey: ['run', run.id] });
        },
    });
    const waiting = run.steps.filter((step) => step.state === 'waiting' && (step.approvers?.length ?? 0) > 0);
    if (waiting.length === 0) {
        return null;
    }
    return (
        <Panel title="Waits for a decision">
            {waiting.map((step) => (
                <div key={step.path} className="gantry-stack">
                    <p className="gantry-words">{message(step)}</p>
                    <p className="gantry-subtle">
                        {step.title}: {step.approvers?.join(', ')} may decide.
                        {step.due_at !== null && (
                            <>
                                {' '}
                                The time for it ends <Time at={step.due_at} />.
                            </>
                        )}
                    </p>
                    {may('runs', 'execute') && (
                        <div className="gantry-row">
                            <Button onClick={() => setDeciding({ step, approve: true })}>Approve</Button>
                            <Button
                                variant="secondary"
                                isDanger
                                onClick={() => setDeciding({ step, approve: false })}
                            >
                                Reject
                            </Button>
                        </div>
                    )}
                </div>
            ))}
            {deciding !== null && (
                <FormDialog
                    title={`${deciding.approve ? 'Approve' : 'Reject'} ${deciding.step.title}`}
                    action={deciding.approve ? 'Approve' : 'Reject'}
                    danger={!deciding.approve}
                    mutation={decide}
                    ready
                    onSubmit={() => decide.mutate(deciding)}
                    onClose={() => {
                        decide.reset();
                        setDeciding(null);
                    }}
                >
                    <FormGroup label="Comment" fieldId="decision-comment">
                        <TextArea
                            id="decision-comment"
                            rows={3}
                            maxLength={2_000}
                            value={comment}
                            onChange={(_event, value) => setComment(value)}
                        />
                    </FormGroup>
                </FormDialog>
            )}
        </Panel>
    );
}

function message(step: RunStep): string {
    const asked = step.waits_for as { message?: unknown } | undefined;
    return typeof asked?.message === 'string' && asked.message !== '' ? asked.message : step.title;
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
                <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                    <Term name="State">
                        <RunStateLabel state={run.state} />
                    </Term>
                    <Term name="Workflow">
                        <Link to={`/registry/workflows/${run.workflow}`}>{run.workflow}</Link>, version {run.version}
                    </Term>
                    <Term name="Started by">{run.user}</Term>
                    <Term name="Begun">
                        <Time at={run.created_at} />
                    </Term>
                    <Term name="Took">{took === null ? 'not begun' : duration(took)}</Term>
                    <Term name="Used">
                        {count(run.tokens.used)} tokens, {dollars(run.cost.micro_usd)}
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

function Steps({ run }: { run: Run }) {
    return (
        <DataTable
            label="Steps"
            rows={run.steps}
            id={(step) => step.path}
            columns={[
                {
                    title: 'Step',
                    cell: (step) => (
                        <span className={`gantry-depth-${Math.min(4, step.path.split('/').length - 1)}`}>
                            {step.title}
                            {step.run !== null && (
                                <>
                                    {' '}
                                    (<Link to={`/runs/${step.run}`}>its run</Link>)
                                </>
                            )}
                            {step.error !== null && <span className="gantry-error">{step.error}</span>}
                        </span>
                    ),
                },
                { title: 'Kind', cell: (step) => step.kind },
                { title: 'State', cell: (step) => <RunStateLabel state={step.state} /> },
                { title: 'Attempt', cell: (step) => step.attempt, numeric: true },
                { title: 'Took', cell: took, numeric: true },
                { title: 'Tokens', cell: (step) => count(step.tokens), numeric: true },
                { title: 'Cost', cell: (step) => dollars(step.cost_micro_usd), numeric: true },
                {
                    title: 'Output',
                    cell: (step) =>
                        step.output === null || step.output === undefined ? (
                            '–'
                        ) : (
                            <details>
                                <summary>Show</summary>
                                <pre className="gantry-text" tabIndex={0}>
                                    {shown(step.output)}
                                </pre>
                            </details>
                        ),
                },
            ]}
        />
    );
}

function took(step: RunStep): string {
    return step.started_at === null || step.finished_at === null
        ? '–'
        : duration(Date.parse(step.finished_at) - Date.parse(step.started_at));
}

function shown(value: unknown): string {
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function Values({ run }: { run: Run }) {
    return (
        <div className="gantry-grid">
            <Panel title="Inputs">
                <pre className="gantry-text" tabIndex={0}>
                    {shown(run.inputs ?? {})}
                </pre>
            </Panel>
            {run.outputs !== null && run.outputs !== undefined && (
                <Panel title="Outputs">
                    <pre className="gantry-text" tabIndex={0}>
                        {shown(run.outputs)}
                    </pre>
                </Panel>
            )}
        </div>
    );
}
