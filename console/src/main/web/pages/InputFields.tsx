import { FormGroup, FormSelect, FormSelectOption, TextArea, TextInput } from '@patternfly/react-core';
import type { WorkflowInput } from '../api/views';
import { Help } from '../ui/Dialogs';
import { choicesOf, fieldOf } from './inputs';

/** Asks for one value that a workflow takes. */
export function InputField({
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

/** Asks for all values at once, where a form cannot be made. */
export function JsonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
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
