import { Alert, FormGroup, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { InputField, JsonField } from './InputFields';
import { initial, missing, parse, readAll } from './inputs';
import { useWorkflowForm, useWorkflowNames } from './workflow-form';

/** Starts a workflow, with a form made from the inputs that it declares. */
export function RunStart({ workflow, onClose }: { workflow: string; onClose: () => void }) {
    const [name, setName] = useState(workflow);
    const [texts, setTexts] = useState<Record<string, string>>({});
    const [json, setJson] = useState('{}');
    const navigate = useNavigate();
    const names = useWorkflowNames();
    const { form, isLoading, inputs } = useWorkflowForm(name);
    const start = useMutation({
        mutationFn: async () =>
            call('post /api/v1/workflows/{name}/runs', {
                path: { name: name.trim() },
                body: {
                    inputs: (inputs === undefined ? parse(json) : readAll(inputs, texts)) as Record<string, never>,
                },
            }),
        onSuccess: (run) => void navigate(`/runs/${run.id}`),
    });
    const lacking = inputs === undefined ? [] : missing(inputs, texts);
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
                    {names.map((each) => (
                        <option key={each} value={each} />
                    ))}
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
