import { Alert, FormGroup, FormSelect, FormSelectOption, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import type { WorkflowInput } from '../api/views';
import { FormDialog, Help } from '../ui/Dialogs';
import { choicesOf, fieldOf, initial, missing, readAll } from './inputs';

const LOOK_AFTER_MS = 300;
const KNOWN_SHOWN = 100;

/** Starts a workflow, with a form made from the inputs that it declares. */
export function RunStart({ workflow, onClose }: { workflow: string; onClose: () => void }) {
    const [name, setName] = useState(workflow);
    const [texts, setTexts] = useState<Record<string, string>>({});
    const [json, setJson] = useState('{}');
    const settled = useSettled(name.trim());
    const navigate = useNavigate();
    const known = useQuery({
        queryKey: ['assets', 'workflows', 'names'],
        queryFn: () => call('get /api/v1/workflows', { query: { limit: KNOWN_SHOWN } }),
        retry: false,
    });
    const form = useQuery({
        queryKey: ['asset', 'workflows', settled, 'form'],
        queryFn: async () => {
            const { content } = await call('get /api/v1/workflows/{name}', { path: { name: settled } });
            return call('post /api/v1/workflow-validations', { body: { content } });
        },
        enabled: settled !== '',
        retry: false,
    });
    const inputs = form.data?.inputs;
    const start = useMutation({
        mutationFn: async () =>
            call('post /api/v1/workflows/{name}/runs', {
                path: { name: name.trim() },
                body: { inputs: (inputs === undefined ? parse(json) : readAll(inputs, texts)) as Record<string, never> },
            }),
        onSuccess: (run) => void navigate(`/runs/${run.id}`),
    });
    const lacking = inputs === undefined ? [] : missing(inputs, texts);
    const isLoading = settled !== '' && (form.isPending || settled !== name.trim());
    return (
        <FormDialog
            title="Run a workflow"
            action="Run"
            size="medium"
            mutation={start}
            ready={name.trim() !== '' && !isLoading && lacking.length === 0}
            onSubmit={() => start.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Workflow" isRequired fieldId="run-workflow">
                <TextInput
                    id="run-workflow"
                    isRequired
                    list="run-workflows"
                    value={name}
                    onChange={(_event, value) => setName(value)}
                />
                <datalist id="run-workflows">
                    {known.data?.items.map((each) => <option key={each.name} value={each.name} />)}
                </datalist>
                <Help>
                    Its name in the registry, with <code>@3</code> for a version.
                </Help>
            </FormGroup>
            <div role="status">
                {isLoading && <span className="gantry-subtle">Looking at what it takes …</span>}
                {form.isError && !isLoading && (
                    <Alert component="p" isInline variant="info" title={form.error.message}>
                        What it takes cannot be shown; write the inputs as JSON.
                    </Alert>
                )}
                {inputs?.length === 0 && !isLoading && <span className="gantry-subtle">It takes no inputs.</span>}
            </div>
            {form.data?.findings.map((finding) => (
                <Alert
                    component="p"
                    key={`${finding.line} ${finding.message}`}
                    isInline
                    variant={finding.severity === 'error' ? 'danger' : 'warning'}
                    title={`Line ${finding.line}: ${finding.message}`}
                />
            ))}
            {form.isError && !isLoading && <JsonField value={json} onChange={setJson} />}
            {!isLoading &&
                inputs?.map((input) => (
                    <InputField
                        key={input.name}
                        input={input}
                        value={texts[input.name] ?? initial(input)}
                        onChange={(value) => setTexts({ ...texts, [input.name]: value })}
                    />
                ))}
        </FormDialog>
    );
}

/** A text once nobody has typed for a moment. */
function useSettled(text: string): string {
    const [settled, setSettled] = useState(text);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(text), LOOK_AFTER_MS);
        return () => clearTimeout(timer);
    }, [text]);
    return settled;
}

function InputField({
    input,
    value,
    onChange,
}: {
    input: WorkflowInput;
    value: string;
    onChange: (value: string) => void;
}) {
    const id = `input-${input.name}`;
    const field = fieldOf(input);
    return (
        <FormGroup label={input.name} isRequired={input.required} fieldId={id}>
            {field === 'choice' && (
                <FormSelect id={id} value={value} onChange={(_event, next) => onChange(next)}>
                    {(value === '' || !input.required) && <FormSelectOption value="" label="Not given" />}
                    {choicesOf(input).map((each) => (
                        <FormSelectOption key={each} value={each} label={shown(each)} />
                    ))}
                </FormSelect>
            )}
            {field === 'number' && (
                <TextInput
                    id={id}
                    type="number"
                    step={input.schema.type === 'integer' ? 1 : 'any'}
                    value={value}
                    onChange={(_event, next) => onChange(next)}
                />
            )}
            {(field === 'text' || field === 'lines' || field === 'json') && (
                <TextArea
                    id={id}
                    className={field === 'json' ? 'gantry-code' : ''}
                    rows={field === 'text' ? Math.min(8, value.split('\n').length + 1) : 4}
                    resizeOrientation="vertical"
                    value={value}
                    onChange={(_event, next) => onChange(next)}
                />
            )}
            <Help>
                {input.description}
                {field === 'lines' && ' One a line.'}
                {field === 'json' && ' As JSON.'}
            </Help>
        </FormGroup>
    );
}

function shown(choice: string): string {
    const value: unknown = JSON.parse(choice);
    return value === true ? 'Yes' : value === false ? 'No' : typeof value === 'string' ? value : choice;
}

function JsonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    return (
        <FormGroup label="Inputs" fieldId="run-inputs">
            <TextArea
                id="run-inputs"
                className="gantry-code"
                rows={5}
                resizeOrientation="vertical"
                value={value}
                onChange={(_event, next) => onChange(next)}
            />
            <Help>A JSON object with a value for each input.</Help>
        </FormGroup>
    );
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text === '' ? '{}' : text);
    } catch {
        throw new Error('The inputs are not valid JSON.');
    }
}
