import { Button, FormSelect, FormSelectOption, Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Budget } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { DataTable } from '../ui/DataTable';
import { Confirm } from '../ui/Dialogs';
import { count, Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { RowActions } from '../ui/RowActions';
import { Teach } from '../ui/Teach';
import { RaiseBudget, SetBudget } from './BudgetDialogs';
import { Grants } from './Grants';
import { budgetAmount, budgetName, budgetShare, TRUNCATED } from './budgets';

const WARN_AT = 0.8;
/** Rows that are drawn at first, and each time that more are asked for. */
const DRAWN = 50;

type Open = { what: 'set'; budget: Budget | null } | { what: 'raise' | 'unset'; budget: Budget };

/** How budgets stand in their current windows, and what raises them for a time. */
export function Budgets() {
    const { may } = useSession();
    const client = useQueryClient();
    const [open, setOpen] = useState<Open | null>(null);
    const [level, setLevel] = useState<Budget['level'] | ''>('');
    const [most, setMost] = useState(DRAWN);
    const query = useQuery({
        queryKey: ['budgets', 'of', level],
        queryFn: ({ signal }) =>
            call('get /api/v1/budgets', { query: { level: level === '' ? undefined : level }, signal }),
    });
    const changed = () => {
        setOpen(null);
        void client.invalidateQueries({ queryKey: ['budgets'] });
    };
    const unset = useMutation({
        mutationFn: ({ level, subject, period, unit }: Budget) =>
            call('delete /api/v1/budgets', { query: { level, subject: subject ?? undefined, period, unit } }),
        onSuccess: changed,
    });
    return (
        <div className="gantry-stack">
            <Panel
                title="Budgets"
                actions={
                    may('budgets', 'update') && (
                        <Button size="sm" variant="secondary" onClick={() => setOpen({ what: 'set', budget: null })}>
                            Set a budget
                        </Button>
                    )
                }
            >
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <FormSelect
                            aria-label="Budgets of"
                            value={level}
                            onChange={(_event, value) => {
                                setLevel(value as Budget['level'] | '');
                                setMost(DRAWN);
                            }}
                        >
                            <FormSelectOption value="" label="Of everybody" />
                            <FormSelectOption value="organization" label="Of the organization" />
                            <FormSelectOption value="team" label="Of teams" />
                            <FormSelectOption value="project" label="Of projects" />
                            <FormSelectOption value="user" label="Of users" />
                        </FormSelect>
                    </div>
                    <Loaded query={query} what="budgets">
                        {({ items, truncated }) =>
                            items.length === 0 ? (
                                <Teach
                                    title="No budgets"
                                    command={
                                        may('budgets', 'update') ? 'gantry budget set --organization --usd 500' : undefined
                                    }
                                >
                                    A budget stops spending at its limit, for the organization, a team, a project or a user.
                                </Teach>
                            ) : (
                                <>
                                    {truncated && <p className="gantry-subtle">{TRUNCATED}</p>}
                                    <DataTable
                                        label="Budgets"
                                        rows={items.slice(0, most)}
                                        id={budgetName}
                                        columns={[
                                            { title: 'Budget', cell: (budget) => <Share budget={budget} /> },
                                            {
                                                title: 'Limit',
                                                cell: (budget) => budgetAmount(budget, budget.limit + budget.granted),
                                                numeric: true,
                                            },
                                            {
                                                title: 'Spent',
                                                cell: (budget) => budgetAmount(budget, budget.spent),
                                                numeric: true,
                                            },
                                            {
                                                title: 'Set aside',
                                                cell: (budget) => budgetAmount(budget, budget.reserved),
                                                numeric: true,
                                            },
                                            {
                                                title: 'Left',
                                                cell: (budget) => budgetAmount(budget, budget.remaining),
                                                numeric: true,
                                            },
                                            { title: 'Begins anew', cell: (budget) => <Time at={budget.resets_at} /> },
                                            {
                                                title: 'Set',
                                                cell: (budget) => (budget.source === 'api' ? 'here' : 'in the configuration'),
                                            },
                                            {
                                                title: 'Actions',
                                                hiddenTitle: true,
                                                cell: (budget) => (
                                                    <RowActions
                                                        label={budgetName(budget)}
                                                        actions={
                                                            may('budgets', 'update')
                                                                ? [
                                                                      {
                                                                          title: 'Change',
                                                                          onClick: () => setOpen({ what: 'set', budget }),
                                                                      },
                                                                      {
                                                                          title: 'Raise for a time',
                                                                          onClick: () => setOpen({ what: 'raise', budget }),
                                                                      },
                                                                      budget.source === 'api' && {
                                                                          title: 'Take back',
                                                                          isDanger: true,
                                                                          onClick: () => setOpen({ what: 'unset', budget }),
                                                                      },
                                                                  ]
                                                                : []
                                                        }
                                                    />
                                                ),
                                            },
                                        ]}
                                    />
                                    {items.length > most && (
                                        <div className="gantry-pages">
                                            <span className="gantry-subtle">
                                                {count(most)} of {count(items.length)}
                                            </span>
                                            <Button variant="secondary" size="sm" onClick={() => setMost(most + DRAWN)}>
                                                {`Show ${Math.min(DRAWN, items.length - most)} more`}
                                            </Button>
                                        </div>
                                    )}
                                </>
                            )
                        }
                    </Loaded>
                </div>
                {open?.what === 'set' && (
                    <SetBudget budget={open.budget} onClose={() => setOpen(null)} onDone={changed} />
                )}
                {open?.what === 'raise' && (
                    <RaiseBudget budget={open.budget} onClose={() => setOpen(null)} onDone={changed} />
                )}
                {open?.what === 'unset' && (
                    <Confirm
                        title={`Take the limit of ${budgetName(open.budget)} back?`}
                        action="Take back"
                        mutation={unset}
                        onConfirm={() => unset.mutate(open.budget)}
                        onClose={() => {
                            unset.reset();
                            setOpen(null);
                        }}
                    >
                        What the configuration says holds then; where it says nothing, nothing is limited.
                    </Confirm>
                )}
            </Panel>
            {may('budgets', 'read') && <Grants />}
        </div>
    );
}

function Share({ budget }: { budget: Budget }) {
    const share = budgetShare(budget);
    return (
        <div className="gantry-share">
            <Breakable text={budgetName(budget)} />
            <Progress
                aria-label={`Used of ${budgetName(budget)}`}
                size="sm"
                value={Math.min(100, Math.round(share * 100))}
                label={`${Math.round(share * 100)} %`}
                measureLocation={ProgressMeasureLocation.outside}
                variant={share >= 1 ? 'danger' : share >= (budget.alert_threshold ?? WARN_AT) ? 'warning' : undefined}
            />
        </div>
    );
}
