import { Button, Progress, ProgressMeasureLocation } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Budget } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { Confirm } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { RowActions } from '../ui/RowActions';
import { Teach } from '../ui/Teach';
import { RaiseBudget, SetBudget } from './BudgetDialogs';
import { Grants } from './Grants';
import { budgetAmount, budgetName, budgetShare } from './budgets';

const WARN_AT = 0.8;

type Open = { what: 'set'; budget: Budget | null } | { what: 'raise' | 'unset'; budget: Budget };

/** How budgets stand in their current windows, and what raises them for a time. */
export function Budgets() {
    const { may } = useSession();
    const client = useQueryClient();
    const [open, setOpen] = useState<Open | null>(null);
    const query = useQuery({ queryKey: ['budgets'], queryFn: () => call('get /api/v1/budgets') });
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
                <Loaded query={query} what="budgets">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No budgets" command="gantry budget set --organization --usd 500">
                                A budget stops spending at its limit, for the organization, a team, a project or a user.
                            </Teach>
                        ) : (
                            <DataTable
                                label="Budgets"
                                rows={items}
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
                        )
                    }
                </Loaded>
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
            <Grants />
        </div>
    );
}

function Share({ budget }: { budget: Budget }) {
    const share = budgetShare(budget);
    return (
        <div className="gantry-share">
            {budgetName(budget)}
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
