import { Alert, Button, FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Budget } from '../api/views';
import { FormDialog, Help } from '../ui/Dialogs';
import { moment } from '../ui/format';
import { instantOf, typedOf, zoneName } from '../ui/zone';
import { budgetAmount, budgetName } from './budgets';

const MICRO = 1_000_000;
const DAY_MS = 86_400_000;
const DAYS_USUAL = 7;
const DAY_LENGTH = '2026-11-21'.length;
const REASON_MAX = 500;

interface Dialog {
    onClose: () => void;
    onDone: () => void;
}

/** The amount that was typed, in the smallest unit. */
function amountOf(text: string, unit: Budget['unit']): number {
    return Math.round(Number(text) * (unit === 'tokens' ? 1 : MICRO));
}

function typed(amount: number, unit: Budget['unit']): string {
    return String(unit === 'tokens' ? amount : amount / MICRO);
}

/** Sets a limit, or changes one; it says what that means before it is done. */
export function SetBudget({ budget, onClose, onDone }: Dialog & { budget: Budget | null }) {
    const [level, setLevel] = useState<Budget['level']>(budget?.level ?? 'organization');
    const [subject, setSubject] = useState(budget?.name ?? '');
    const [period, setPeriod] = useState<Budget['period']>(budget?.period ?? 'month');
    const [unit, setUnit] = useState<Budget['unit']>(budget?.unit ?? 'micro_usd');
    const [amount, setAmount] = useState(budget === null ? '' : typed(budget.limit, budget.unit));
    const [isSure, setSure] = useState(false);
    const whose = { level, ...(level !== 'organization' && { subject: subject.trim() }) };
    const limit = amountOf(amount, unit);
    const set = useMutation({
        mutationFn: () =>
            call('put /api/v1/budgets', {
                body: {
                    ...whose,
                    period,
                    ...(unit === 'tokens' ? { limit_tokens: limit } : { limit_usd: Number(amount) }),
                    ...(budget?.alert_threshold != null && { alert_threshold: budget.alert_threshold }),
                },
            }),
        onSuccess: onDone,
        onError: () => setSure(false),
    });
    const isReady =
        amount !== '' && Number.isFinite(limit) && limit >= 0 && (level === 'organization' || subject.trim() !== '');
    const name = budgetName({ level, name: subject.trim(), unit, period });
    const spent = budget === null ? 0 : budget.spent + budget.reserved + budget.held - budget.granted;
    return (
        <FormDialog
            title={budget === null ? 'Set a budget' : `Change ${budgetName(budget)}`}
            action={isSure ? 'Set' : 'Continue'}
            mutation={set}
            ready={isReady}
            onSubmit={() => (isSure ? set.mutate() : setSure(true))}
            onClose={onClose}
        >
            {isSure ? (
                <Sure
                    onBack={() => setSure(false)}
                    isHarsh={limit < spent}
                    title={`${name}: at most ${budgetAmount({ unit }, limit)}`}
                >
                    {limit < spent
                        ? `More than that is spent or set aside already: requests are refused as soon as you set it, until the ${period} is over or the budget is raised.`
                        : 'It holds at once. At the limit requests are refused before they are sent to a model.'}
                </Sure>
            ) : (
                <>
                    {budget === null && (
                        <Whose
                            level={level}
                            onLevel={setLevel}
                            subject={subject}
                            onSubject={setSubject}
                            period={period}
                            onPeriod={setPeriod}
                            unit={unit}
                            onUnit={setUnit}
                        />
                    )}
                    <FormGroup
                        label={unit === 'tokens' ? 'Limit in tokens' : 'Limit in US dollars'}
                        isRequired
                        fieldId="budget-amount"
                    >
                        <TextInput
                            id="budget-amount"
                            type="number"
                            min={0}
                            step={unit === 'tokens' ? 1 : 'any'}
                            isRequired
                            value={amount}
                            onChange={(_event, value) => setAmount(value)}
                        />
                        <Help>At the limit requests are refused before they are sent to a model.</Help>
                    </FormGroup>
                </>
            )}
        </FormDialog>
    );
}

/** What is about to be done, and the way back. */
function Sure({
    title,
    isHarsh,
    onBack,
    children,
}: {
    title: string;
    isHarsh: boolean;
    onBack: () => void;
    children: string;
}) {
    return (
        <div role="status">
            <Alert component="p" isInline variant={isHarsh ? 'warning' : 'info'} title={title}>
                <p>{children}</p>
                <Button variant="link" isInline onClick={onBack}>
                    Back
                </Button>
            </Alert>
        </div>
    );
}

function Whose({
    level,
    onLevel,
    subject,
    onSubject,
    period,
    onPeriod,
    unit,
    onUnit,
}: {
    level: Budget['level'];
    onLevel: (level: Budget['level']) => void;
    subject: string;
    onSubject: (subject: string) => void;
    period: Budget['period'];
    onPeriod: (period: Budget['period']) => void;
    unit: Budget['unit'];
    onUnit: (unit: Budget['unit']) => void;
}) {
    return (
        <>
            <FormGroup label="For" fieldId="budget-level">
                <FormSelect
                    id="budget-level"
                    value={level}
                    onChange={(_event, value) => onLevel(value as Budget['level'])}
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
                        onChange={(_event, value) => onSubject(value)}
                    />
                </FormGroup>
            )}
            <FormGroup label="Begins anew each" fieldId="budget-period">
                <FormSelect
                    id="budget-period"
                    value={period}
                    onChange={(_event, value) => onPeriod(value as Budget['period'])}
                >
                    <FormSelectOption value="month" label="Month" />
                    <FormSelectOption value="day" label="Day" />
                </FormSelect>
            </FormGroup>
            <FormGroup label="Counts" fieldId="budget-unit">
                <FormSelect id="budget-unit" value={unit} onChange={(_event, value) => onUnit(value as Budget['unit'])}>
                    <FormSelectOption value="micro_usd" label="Cost" />
                    <FormSelectOption value="tokens" label="Tokens" />
                </FormSelect>
            </FormGroup>
        </>
    );
}

/** Raises a budget until a day. */
export function RaiseBudget({ budget, onClose, onDone }: Dialog & { budget: Budget }) {
    const [amount, setAmount] = useState('');
    const [reason, setReason] = useState('');
    const [day, setDay] = useState(() => typedOf(Date.now() + DAYS_USUAL * DAY_MS).slice(0, DAY_LENGTH));
    const [isSure, setSure] = useState(false);
    const by = amountOf(amount, budget.unit);
    const until = instantOf(`${day}T23:59:59`);
    const raise = useMutation({
        mutationFn: () =>
            call('post /api/v1/budgets/grants', {
                body: {
                    level: budget.level,
                    ...(budget.name !== null && { subject: budget.name }),
                    period: budget.period,
                    ...(budget.unit === 'tokens' ? { amount_tokens: by } : { amount_usd: Number(amount) }),
                    expires_at: until ?? '',
                    reason: reason.trim(),
                },
            }),
        onSuccess: onDone,
        onError: () => setSure(false),
    });
    return (
        <FormDialog
            title={`Raise ${budgetName(budget)} for a time`}
            action={isSure ? 'Raise' : 'Continue'}
            mutation={raise}
            ready={by > 0 && reason.trim() !== '' && until !== undefined}
            onSubmit={() => (isSure ? raise.mutate() : setSure(true))}
            onClose={onClose}
        >
            {isSure ? (
                <Sure
                    onBack={() => setSure(false)}
                    isHarsh={false}
                    title={`${budgetAmount(budget, budget.limit + budget.granted + by)} instead of ${budgetAmount(budget, budget.limit + budget.granted)}`}
                >
                    {`In each ${budget.period} until ${moment(until ?? '')}. You can end it before; the reason is kept in the audit log.`}
                </Sure>
            ) : (
                <>
                    <FormGroup
                        label={budget.unit === 'tokens' ? 'By how many tokens' : 'By how many US dollars'}
                        isRequired
                        fieldId="grant-amount"
                    >
                        <TextInput
                            id="grant-amount"
                            type="number"
                            min={0}
                            step={budget.unit === 'tokens' ? 1 : 'any'}
                            isRequired
                            value={amount}
                            onChange={(_event, value) => setAmount(value)}
                        />
                    </FormGroup>
                    <FormGroup label={`Until the end of (${zoneName()})`} isRequired fieldId="grant-day">
                        <TextInput
                            id="grant-day"
                            type="date"
                            isRequired
                            value={day}
                            onChange={(_event, value) => setDay(value)}
                        />
                    </FormGroup>
                    <FormGroup label="Reason" isRequired fieldId="grant-reason">
                        <TextInput
                            id="grant-reason"
                            isRequired
                            maxLength={REASON_MAX}
                            value={reason}
                            onChange={(_event, value) => setReason(value)}
                        />
                        <Help>It is kept with the raise and in the audit log.</Help>
                    </FormGroup>
                </>
            )}
        </FormDialog>
    );
}
