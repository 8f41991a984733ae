import { Alert, FormGroup, FormSelect, FormSelectOption, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { HookSecret, Schedule, WorkflowInput } from '../api/views';
import { FormDialog, Help } from '../ui/Dialogs';
import { moment } from '../ui/format';
import { Copyable } from '../ui/Teach';
import { JsonField } from './InputFields';
import { fieldOf, initial, missing, parse, readAll, written } from './inputs';
import { EVENTS, isHook, isSchedule, put, TIMES, type EventName, type Kind, type Trigger } from './triggers';
import { useWorkflowForm, useWorkflowNames } from './workflow-form';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Sets up what starts a workflow, or changes it. */
export function TriggerDialog({
    kind,
    trigger,
    onClose,
    onDone,
}: {
    kind: Kind;
    trigger: Trigger | null;
    onClose: () => void;
    onDone: (put: Trigger) => void;
}) {
    const [name, setName] = useState(trigger?.name ?? '');
    const [workflow, setWorkflow] = useState(trigger?.workflow ?? '');
    const [texts, setTexts] = useState<Record<string, string>>({});
    const [json, setJson] = useState(JSON.stringify(trigger?.inputs ?? {}, null, 2));
    const [where, setWhere] = useState(trigger?.where ?? '');
    const [times, setTimes] = useState<Times>(
        trigger !== null && isSchedule(trigger)
            ? { cron: trigger.cron, zone: trigger.time_zone, missed: trigger.missed }
            : { cron: TIMES[1][0], zone: ZONE, missed: 'once' },
    );
    const [event, setEvent] = useState<EventName>(
        trigger !== null && !isSchedule(trigger) && !isHook(trigger) ? (trigger.event as EventName) : 'run.failed',
    );
    const { form, isLoading, inputs } = useWorkflowForm(workflow);
    const given = (input: WorkflowInput) => {
        const stored = trigger?.inputs[input.name];
        return texts[input.name] ?? (stored === undefined ? initial(input) : written(input, stored));
    };
    const all = () => Object.fromEntries((inputs ?? []).map((input) => [input.name, given(input)]));
    const save = useMutation({
        mutationFn: async () =>
            put(kind.id, {
                name: name.trim(),
                workflow: workflow.trim(),
                inputs: (inputs === undefined ? parse(json) : readAll(inputs, all(), true)) as Record<string, never>,
                where,
                ...times,
                event,
            }),
        onSuccess: onDone,
    });
    const isReady =
        name.trim() !== '' &&
        workflow.trim() !== '' &&
        !isLoading &&
        (inputs === undefined || missing(inputs, all()).length === 0) &&
        (kind.id !== 'schedules' || (times.cron.trim() !== '' && times.zone.trim() !== ''));
    return (
        <FormDialog
            title={trigger === null ? kind.create : `Change ${trigger.name}`}
            action={trigger === null ? 'Create' : 'Change'}
            size="medium"
            mutation={save}
            ready={isReady}
            onSubmit={() => save.mutate()}
            onClose={onClose}
        >
            {trigger === null && (
                <FormGroup label="Name" isRequired fieldId="trigger-name">
                    <TextInput
                        id="trigger-name"
                        isRequired
                        maxLength={63}
                        value={name}
                        onChange={(_event, value) => setName(value)}
                    />
                    <Help>Small letters, digits, - and _.</Help>
                </FormGroup>
            )}
            {kind.id === 'schedules' && <TimeFields times={times} onChange={setTimes} />}
            {kind.id === 'event-triggers' && (
                <FormGroup label="When" fieldId="trigger-event">
                    <FormSelect
                        id="trigger-event"
                        value={event}
                        onChange={(_event, value) => setEvent(value as EventName)}
                    >
                        {(Object.keys(EVENTS) as EventName[]).map((each) => (
                            <FormSelectOption key={each} value={each} label={`${EVENTS[each]} (${each})`} />
                        ))}
                    </FormSelect>
                </FormGroup>
            )}
            {kind.id !== 'schedules' && <Where value={where} onChange={setWhere} />}
            <WorkflowName value={workflow} onChange={setWorkflow} />
            <div role="status">
                {isLoading && <span className="gantry-subtle">Looking at what it takes …</span>}
                {form.isError && !isLoading && (
                    <Alert component="p" isInline variant="info" title={form.error.message}>
                        What it takes cannot be shown; write the inputs as JSON.
                    </Alert>
                )}
            </div>
            {form.isError && !isLoading && <JsonField value={json} onChange={setJson} />}
            {!isLoading &&
                inputs?.map((input) => (
                    <ValueField
                        key={input.name}
                        input={input}
                        value={given(input)}
                        onChange={(value) => setTexts({ ...texts, [input.name]: value })}
                    />
                ))}
        </FormDialog>
    );
}

interface Times {
    cron: string;
    zone: string;
    missed: Schedule['missed'];
}

function TimeFields({ times, onChange }: { times: Times; onChange: (times: Times) => void }) {
    const known = TIMES.find(([cron]) => cron === times.cron)?.[0] ?? '';
    return (
        <>
            <FormGroup label="When" fieldId="trigger-times">
                <FormSelect
                    id="trigger-times"
                    value={known}
                    onChange={(_event, value) => onChange({ ...times, cron: value === '' ? times.cron : value })}
                >
                    {TIMES.map(([cron, title]) => (
                        <FormSelectOption key={cron} value={cron} label={title} />
                    ))}
                    <FormSelectOption value="" label="As the expression says" />
                </FormSelect>
            </FormGroup>
            <FormGroup label="Cron expression" isRequired fieldId="trigger-cron">
                <TextInput
                    id="trigger-cron"
                    isRequired
                    className="gantry-code"
                    value={times.cron}
                    onChange={(_event, value) => onChange({ ...times, cron: value })}
                />
                <Help>Minute, hour, day, month, weekday; such as 30 6 * * mon-fri.</Help>
            </FormGroup>
            <FormGroup label="Time zone" isRequired fieldId="trigger-zone">
                <TextInput
                    id="trigger-zone"
                    isRequired
                    list="trigger-zones"
                    value={times.zone}
                    onChange={(_event, value) => onChange({ ...times, zone: value })}
                />
                <datalist id="trigger-zones">
                    {['UTC', ...Intl.supportedValuesOf('timeZone')].map((each) => (
                        <option key={each} value={each} />
                    ))}
                </datalist>
            </FormGroup>
            <FormGroup label="Times that were missed" fieldId="trigger-missed">
                <FormSelect
                    id="trigger-missed"
                    value={times.missed}
                    onChange={(_event, value) => onChange({ ...times, missed: value as Schedule['missed'] })}
                >
                    <FormSelectOption value="once" label="Make up for the latest" />
                    <FormSelectOption value="skip" label="Leave out" />
                    <FormSelectOption value="all" label="Make up for all of them" />
                </FormSelect>
                <Help>What to do about times at which nothing of the platform ran.</Help>
            </FormGroup>
        </>
    );
}

function Where({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    return (
        <FormGroup label="Only where" fieldId="trigger-where">
            <TextInput
                id="trigger-where"
                className="gantry-code"
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
            <Help>
                An expression over <code>event</code>, such as <code>{"event.workflow == 'shared/nightly'"}</code>;
                always, when empty.
            </Help>
        </FormGroup>
    );
}

function WorkflowName({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const names = useWorkflowNames();
    return (
        <FormGroup label="Workflow" isRequired fieldId="trigger-workflow">
            <TextInput
                id="trigger-workflow"
                isRequired
                list="trigger-workflows"
                autoComplete="off"
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
            <datalist id="trigger-workflows">
                {names.map((each) => (
                    <option key={each} value={each} />
                ))}
            </datalist>
            <Help>
                Its name in the registry; the newest version, or <code>@3</code> for one.
            </Help>
        </FormGroup>
    );
}

/** A value, or an expression over what happened, from which it is made. */
function ValueField({
    input,
    value,
    onChange,
}: {
    input: WorkflowInput;
    value: string;
    onChange: (value: string) => void;
}) {
    const id = `trigger-input-${input.name}`;
    const field = fieldOf(input);
    return (
        <FormGroup label={input.name} isRequired={input.required} fieldId={id}>
            <TextArea
                id={id}
                rows={field === 'text' || field === 'lines' ? 2 : 1}
                resizeOrientation="vertical"
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
            <Help>
                {input.description}
                {field === 'lines' && ' One a line.'} Text may hold <code>{'${event.at}'}</code> and the like.
            </Help>
        </FormGroup>
    );
}

/** A webhook's secret, which cannot be shown again. */
export function ShowHookSecret({
    path,
    issued,
    onClose,
}: {
    path: string;
    issued: Pick<HookSecret, 'secret'> & Partial<HookSecret>;
    onClose: () => void;
}) {
    return (
        <FormDialog
            title="The secret of the webhook"
            action="I have stored it"
            ready
            onSubmit={onClose}
            onClose={onClose}
        >
            <Alert component="p" isInline variant="warning" title="It is shown this once">
                Whoever calls signs with it.
                {issued.former_secret_until !== undefined &&
                    ` The one before goes on working until ${moment(issued.former_secret_until)}.`}
            </Alert>
            <FormGroup label="Secret" role="group">
                <Copyable text={issued.secret} label="the secret" />
            </FormGroup>
            {path !== '' && (
                <FormGroup label="Address" role="group">
                    <Copyable text={`${location.origin}${path}`} label="the address" />
                </FormGroup>
            )}
        </FormDialog>
    );
}
