import { Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../api/client';
import type { Budget } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { DataTable } from '../ui/DataTable';
import { compact, count, dollars, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Copyable, Teach } from '../ui/Teach';
import { budgetName, budgetShare, TRUNCATED } from './budgets';
import { Health } from './Health';

/** What one looks for first; each panel loads by itself. */
export default function Overview() {
    const { session, may } = useSession();
    const name = session.user.display_name === '' ? session.user.name : session.user.display_name;
    const usage = useUsage();
    const isNew = usage.data?.total.requests === 0;
    return (
        <PageFrame title="Overview" lead={`Signed in as ${name}.`}>
            {isNew && <Begin />}
            <div className="gantry-grid">
                <Consumption />
                <Budgets />
                <Health />
            </div>
            {may('runs', 'read') && <RecentRuns />}
            {!isNew && <Begin />}
        </PageFrame>
    );
}

/** What was used of each model in the last 30 days, by everybody or, to who may not see that, by oneself. */
function useUsage() {
    return useQuery({
        queryKey: ['usage', 'overview'],
        queryFn: () => call('get /api/v1/usage', { query: { group_by: 'model' } }),
    });
}

function Consumption() {
    const query = useUsage();
    return (
        <Panel title="Last 30 days" actions={<Link to="/usage">Usage</Link>}>
            <Loaded query={query} what="usage">
                {({ total, items }) => (
                    <div className="gantry-stack">
                        <div className="gantry-figures">
                            <div>
                                <div className="gantry-figure">{dollars(total.cost.micro_usd)}</div>
                                <div className="gantry-subtle">cost</div>
                            </div>
                            <div>
                                <div className="gantry-figure">{compact(total.requests)}</div>
                                <div className="gantry-subtle">requests</div>
                            </div>
                            <div>
                                <div className="gantry-figure">{compact(total.input_tokens + total.output_tokens)}</div>
                                <div className="gantry-subtle">tokens</div>
                            </div>
                        </div>
                        {items.length > 0 && (
                            <p className="gantry-subtle">
                                Most of it by{' '}
                                {items
                                    .slice(0, 3)
                                    .map((line) => line.model ?? 'no model')
                                    .join(', ')}
                                .
                            </p>
                        )}
                    </div>
                )}
            </Loaded>
        </Panel>
    );
}

function Budgets() {
    const { may } = useSession();
    const query = useQuery({ queryKey: ['budgets'], queryFn: () => call('get /api/v1/budgets') });
    return (
        <Panel title="Budgets nearest to their limit" actions={<Link to="/usage?tab=budgets">Budgets</Link>}>
            <Loaded query={query} what="budgets">
                {({ items, truncated }) =>
                    items.length === 0 ? (
                        <Teach
                            title="No budgets"
                            command={may('budgets', 'update') ? 'gantry budget set --organization --usd 500' : undefined}
                        >
                            A budget stops spending at its limit, for the organization, a team, a project or a user.
                        </Teach>
                    ) : (
                        <div className="gantry-stack">
                            {truncated && <p className="gantry-subtle">{TRUNCATED}</p>}
                            {items
                                .toSorted((a, b) => budgetShare(b) - budgetShare(a))
                                .slice(0, 4)
                                .map((budget) => (
                                    <BudgetBar key={budgetName(budget)} budget={budget} />
                                ))}
                        </div>
                    )
                }
            </Loaded>
        </Panel>
    );
}

function BudgetBar({ budget }: { budget: Budget }) {
    const share = budgetShare(budget);
    return (
        <Progress
            title={budgetName(budget)}
            value={Math.min(100, Math.round(share * 100))}
            label={`${Math.round(share * 100)} %`}
            measureLocation={ProgressMeasureLocation.top}
            variant={share >= 1 ? 'danger' : share >= (budget.alert_threshold ?? 0.8) ? 'warning' : undefined}
        />
    );
}

function RecentRuns() {
    const query = useQuery({
        queryKey: ['runs', 'overview'],
        queryFn: () => call('get /api/v1/runs', { query: { limit: 5 } }),
        refetchInterval: 10_000,
    });
    return (
        <Panel title="Recent runs" actions={<Link to="/runs">All runs</Link>}>
            <Loaded query={query} what="runs">
                {({ items }) =>
                    items.length === 0 ? (
                        <Teach title="No runs yet" command="gantry workflow run NAME">
                            A run carries a workflow out step by step and goes on after any crash. Here you see how the
                            latest stand.
                        </Teach>
                    ) : (
                        <DataTable
                            label="Recent runs"
                            rows={items}
                            id={(run) => run.id}
                            columns={[
                                {
                                    title: 'Workflow',
                                    cell: (run) => (
                                        <Link to={`/runs/${run.id}`}>
                                            <Breakable text={run.workflow} />
                                        </Link>
                                    ),
                                },
                                {
                                    title: 'State',
                                    cell: (run) => <StateLabel state={run.dead_letter ? 'given up' : run.state} />,
                                },
                                { title: 'By', cell: (run) => run.user },
                                { title: 'Begun', cell: (run) => <Time at={run.created_at} /> },
                                { title: 'Tokens', cell: (run) => count(run.tokens.used), numeric: true },
                            ]}
                        />
                    )
                }
            </Loaded>
        </Panel>
    );
}

/** The ways in: before anything else while nothing was used yet. */
function Begin() {
    const { may } = useSession();
    return (
        <Panel title="Begin">
            <div className="gantry-grid">
                {may('patterns', 'execute') && (
                    <section aria-label="Run a pattern">
                        <h3 className="gantry-subtitle">Run a pattern</h3>
                        <p>
                            Try one in the <Link to="/playground?pattern=summarize">playground</Link> with a text of yours,
                            and see what it costs.
                        </p>
                    </section>
                )}
                {may('patterns', 'read') && (
                    <section aria-label="Look around">
                        <h3 className="gantry-subtitle">Look around</h3>
                        <p>
                            The <Link to="/registry">registry</Link> has the patterns and workflows that everybody shares, and
                            yours.
                        </p>
                    </section>
                )}
                <section aria-label="Connect a program">
                    <h3 className="gantry-subtitle">Connect a program</h3>
                    <p>
                        What is made for the API of OpenAI works with this address and{' '}
                        <Link to="/keys">a key of yours</Link>:
                    </p>
                    <Copyable text={`${location.origin}/v1`} label="the address" />
                </section>
            </div>
        </Panel>
    );
}
