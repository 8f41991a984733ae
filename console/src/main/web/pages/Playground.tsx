import {
    Button,
    Checkbox,
    Form,
    FormGroup,
    FormSelect,
    FormSelectOption,
    TextArea,
    TextInput,
} from '@patternfly/react-core';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Asset, Model } from '../api/views';
import { Help } from '../ui/Dialogs';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { useSettled } from '../ui/settled';
import { Answer } from './Answer';
import { Attempts } from './Attempts';
import { useAttempts, useDraft } from './attempts';
import { useExecution, type Ask } from './execution';

const SIDES = [0, 1] as const;

/** Runs a pattern, on one model or on two beside each other, and shows what it costs. */
export default function Playground() {
    const [search, setSearch] = useSearchParams();
    const pattern = search.get('pattern') ?? '';
    const [{ input, variables, models, beside }, setDraft] = useDraft();
    const history = useAttempts();
    const [again, setAgain] = useState(0);
    const sides = [useExecution(history.add), useExecution(history.add)] as const;
    const client = useQueryClient();
    const wanted = useSettled(pattern);
    const asset = useQuery({ ...patternQuery(wanted), enabled: wanted !== '' });
    const [preparing, setPreparing] = useState(false);
    const usable = useQuery({ queryKey: ['models'], queryFn: () => call('get /api/v1/models') });
    const shown = beside ? SIDES : SIDES.slice(0, 1);
    const running = preparing || sides.some((side) => side.state.phase === 'running');
    const asked = useRef(0);
    const ask = async (dryRun: boolean) => {
        const mine = ++asked.current;
        setPreparing(true);
        // Which variables it takes may still be on its way. Who may run a pattern need not be allowed to read it.
        const known = await client.ensureQueryData(patternQuery(pattern)).catch(() => undefined);
        setPreparing(false);
        if (mine !== asked.current) {
            return;
        }
        shown.forEach((side) => {
            const given: Ask = { pattern, input, variables: declared(known, variables), model: models[side] };
            void (dryRun ? sides[side].preview(given) : sides[side].run(given));
        });
    };
    return (
        <PageFrame
            title="Playground"
            lead="Run a pattern as you are, with all limits, budgets and rules that hold for you."
        >
            <Panel title="What to run">
                <Form
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (pattern !== '' && !running) {
                            void ask(false);
                        }
                    }}
                >
                    <PatternField
                        key={again}
                        pattern={pattern}
                        onChange={(name) => setSearch(name === '' ? {} : { pattern: name }, { replace: true })}
                    />
                    {asset.data !== undefined && (
                        <Variables
                            asset={asset.data}
                            values={variables}
                            onChange={(next) => setDraft({ variables: next })}
                        />
                    )}
                    <FormGroup label="Input" fieldId="input">
                        <TextArea
                            id="input"
                            rows={6}
                            resizeOrientation="vertical"
                            value={input}
                            onChange={(_event, value) => setDraft({ input: value })}
                        />
                        <Help>What the pattern works on. It is taken as data, never as instructions.</Help>
                    </FormGroup>
                    <Loaded query={usable} what="models">
                        {({ items }) => (
                            <div className="gantry-filters">
                                {shown.map((side) => (
                                    <ModelField
                                        key={side}
                                        side={side}
                                        beside={beside}
                                        models={items}
                                        value={models[side]}
                                        onChange={(name) =>
                                            setDraft({ models: side === 0 ? [name, models[1]] : [models[0], name] })
                                        }
                                    />
                                ))}
                                <Checkbox
                                    id="beside"
                                    label="Compare with another model"
                                    isChecked={beside}
                                    onChange={(_event, on) => {
                                        setDraft({ beside: on });
                                        if (!on) {
                                            // What nobody sees any more need not be paid for.
                                            sides[1].stop();
                                        }
                                    }}
                                />
                            </div>
                        )}
                    </Loaded>
                    <div className="gantry-row">
                        <Button type="submit" isDisabled={pattern === '' || running}>
                            Run
                        </Button>
                        <Button variant="secondary" isDisabled={pattern === '' || running} onClick={() => void ask(true)}>
                            Dry run
                        </Button>
                        {running && (
                            <Button
                                variant="link"
                                onClick={() => {
                                    asked.current++;
                                    sides.forEach((side) => side.stop());
                                }}
                            >
                                Stop
                            </Button>
                        )}
                        <span className="gantry-subtle">
                            A dry run shows the prompt and what it would cost at most.
                        </span>
                    </div>
                </Form>
            </Panel>
            <div className="gantry-grid gantry-sides">
                {shown.map((side) => (
                    <Answer
                        key={side}
                        title={beside ? (side === 0 ? 'First model' : 'Second model') : 'Answer'}
                        pattern={pattern}
                        state={sides[side].state}
                    />
                ))}
            </div>
            <Attempts
                attempts={history.attempts}
                onClear={history.clear}
                onUse={(attempt) => {
                    setSearch({ pattern: attempt.pattern });
                    setDraft({
                        input: attempt.input,
                        variables: attempt.variables,
                        models: [attempt.model, models[1]],
                    });
                    setAgain(again + 1);
                    document.getElementById('input')?.focus();
                }}
            />
        </PageFrame>
    );
}

function patternQuery(name: string) {
    return queryOptions({
        queryKey: ['asset', 'patterns', name],
        queryFn: ({ signal }) => call('get /api/v1/patterns/{name}', { path: { name }, signal }),
    });
}

/** Only what the pattern takes: it refuses other variables. */
function declared(asset: Asset | undefined, values: Record<string, string>): Record<string, string> {
    const names = new Set(asset?.variables.map((each) => each.name));
    return Object.fromEntries(Object.entries(values).filter(([name, value]) => names.has(name) && value !== ''));
}

function PatternField({ pattern, onChange }: { pattern: string; onChange: (name: string) => void }) {
    const [text, setText] = useState(pattern);
    const words = useSettled(text);
    const found = useQuery({
        queryKey: ['assets', 'patterns', 'offer', words],
        queryFn: ({ signal }) =>
            call('get /api/v1/patterns', { query: { limit: 20, q: words === '' ? undefined : words }, signal }),
    });
    return (
        <FormGroup label="Pattern" isRequired fieldId="pattern">
            <TextInput
                id="pattern"
                isRequired
                list="patterns"
                autoComplete="off"
                value={text}
                onChange={(_event, value) => {
                    setText(value);
                    onChange(value.trim());
                }}
            />
            <datalist id="patterns">
                {found.data?.items.map((each) => (
                    <option key={each.name} value={each.name}>
                        {each.description}
                    </option>
                ))}
            </datalist>
            <Help>
                A name, such as <code>summarize</code>; with <code>@3</code> behind it for that version.
            </Help>
        </FormGroup>
    );
}

function Variables({
    asset,
    values,
    onChange,
}: {
    asset: Asset;
    values: Record<string, string>;
    onChange: (values: Record<string, string>) => void;
}) {
    return (
        <>
            {asset.variables.map((each) => {
                const id = `variable-${each.name}`;
                const set = (value: string) => onChange({ ...values, [each.name]: value });
                return (
                    <FormGroup
                        key={each.name}
                        label={each.name}
                        isRequired={each.required && each.default === null}
                        fieldId={id}
                    >
                        {each.choices.length > 0 ? (
                            <FormSelect
                                id={id}
                                value={values[each.name] ?? ''}
                                onChange={(_event, value) => set(value)}
                            >
                                <FormSelectOption value="" label={each.default ?? 'Choose'} />
                                {each.choices.map((choice) => (
                                    <FormSelectOption key={choice} value={choice} label={choice} />
                                ))}
                            </FormSelect>
                        ) : (
                            <TextInput
                                id={id}
                                value={values[each.name] ?? ''}
                                placeholder={each.default ?? ''}
                                onChange={(_event, value) => set(value)}
                            />
                        )}
                        {each.description !== '' && <Help>{each.description}</Help>}
                    </FormGroup>
                );
            })}
        </>
    );
}

function ModelField({
    side,
    beside,
    models,
    value,
    onChange,
}: {
    side: number;
    beside: boolean;
    models: Model[];
    value: string;
    onChange: (name: string) => void;
}) {
    const id = `model-${side}`;
    const label = beside ? (side === 0 ? 'First model' : 'Second model') : 'Model';
    return (
        <FormGroup label={label} fieldId={id}>
            <FormSelect id={id} value={value} onChange={(_event, name) => onChange(name)}>
                <FormSelectOption value="" label="As the pattern says" />
                {models.map((each) => (
                    <FormSelectOption key={each.name} value={each.name} label={each.name} />
                ))}
            </FormSelect>
        </FormGroup>
    );
}
