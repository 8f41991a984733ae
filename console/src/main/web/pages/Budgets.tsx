import {
    Button,
    FormGroup,
    FormSelect,
    FormSelectOption,
    Progress,
    ProgressMeasureLocation,
    TextInput,
} from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Budget } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { FormDialog, Help } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { budgetAmount, budgetName, budgetShare } from './budgets';

const WARN_AT = 0.8;

/** How budgets stand in their current windows. */
export function Budgets() {
    const { may } = useSession();
    const client = useQueryClient();
    const [setting, setSetting] = useState(false);
    const query = useQuery({ queryKey: ['budgets'], queryFn: () => call('get /api/v1/budgets') });
    return (
        <Panel
            title="Budgets"
            actions={
                may('budgets', 'update') && (
                    <Button size="sm" variant="secondary" onClick={() => setSetting(true)}>
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
                            ]}
                        />
                    )
                }
            </Loaded>
            {setting && (
                <SetBudget
                    onClose={() => setSetting(false)}
                    onDone={() => {
                        setSetting(false);
                        void client.invalidateQueries({ queryKey: ['budgets'] });
                    }}
                />
            )}
        </Panel>
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

function SetBudget({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
    const [level, setLevel] = useState<Budget['level']>('organization');
    const [subject, setSubject] = useState('');
    const [period, setPeriod] = useState<Budget['period']>('month');
    const [amount, setAmount] = useState('');
    const set = useMutation({
        mutationFn: () =>
            call('put /api/v1/budgets', {
                body: {
                    level,
                    period,
                    limit_usd: Number(amount),
                    ...(level !== 'organization' && { subject: subject.trim() }),
                },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Set a budget"
            action="Set"
            mutation={set}
            ready={amount !== '' && (level === 'organization' || subject.trim() !== '')}
            onSubmit={() => set.mutate()}
            onClose={onClose}
        >
            <FormGroup label="For" fieldId="budget-level">
                <FormSelect
                    id="budget-level"
                    value={level}
                    onChange={(_event, value) => setLevel(value as Budget['level'])}
                >
                    <FormSelectOption value="organization" label="The organization" />
                    <FormSelectOption value="team" label="A team" />
                    <FormSelectOption value="project" label="A project" />
                    <FormSelectOption value="user" label="A user" />
                </FormSelect>
            </FormGroup>
            {level !== 'organization' && (
                <FormGroup label={`Name of the ${level}`} isRequired fieldId="budget-subject">
                    <TextInput
                        id="budget-subject"
                        isRequired
                        value={subject}
                        onChange={(_event, value) => setSubject(value)}
                    />
                </FormGroup>
            )}
            <FormGroup label="Begins anew each" fieldId="budget-period">
                <FormSelect
                    id="budget-period"
                    value={period}
                    onChange={(_event, value) => setPeriod(value as Budget['period'])}
                >
                    <FormSelectOption value="month" label="Month" />
                    <FormSelectOption value="day" label="Day" />
                </FormSelect>
            </FormGroup>
            <FormGroup label="Limit in US dollars" isRequired fieldId="budget-amount">
                <TextInput
                    id="budget-amount"
                    type="number"
                    min={0}
                    step="any"
                    isRequired
                    value={amount}
                    onChange={(_event, value) => setAmount(value)}
                />
                <Help>At the limit requests are refused before they are sent to a model.</Help>
            </FormGroup>
        </FormDialog>
    );
}
