import type { WorkflowInput } from '../api/views';

/** How a value is asked for. */
export type Field = 'text' | 'number' | 'choice' | 'lines' | 'json';

/** Returns how an input is asked for. */
export function fieldOf(input: WorkflowInput): Field {
    const { type, items } = input.schema;
    if (input.choices.length > 0 || type === 'boolean') {
        return 'choice';
    }
    switch (type) {
        case 'string':
            return 'text';
        case 'integer':
        case 'number':
            return 'number';
        case 'array':
            return items?.type === 'string' ? 'lines' : 'json';
        default:
            return 'json';
    }
}

/** The values to choose from, each as JSON. */
export function choicesOf(input: WorkflowInput): string[] {
    return (input.choices.length > 0 ? input.choices : [true, false]).map((each) => JSON.stringify(each));
}

/** What a field shows at first: the default, as one would write it. */
export function initial(input: WorkflowInput): string {
    const value = input.default;
    if (value === null || value === undefined) {
        return '';
    }
    switch (fieldOf(input)) {
        case 'text':
            return String(value);
        case 'number':
            return String(value);
        case 'lines':
            return Array.isArray(value) ? value.join('\n') : '';
        default:
            return JSON.stringify(value);
    }
}

/**
 * Reads what was written into a field.
 *
 * @throws Error that names the input, when it cannot be read
 */
function read(input: WorkflowInput, text: string): unknown {
    switch (fieldOf(input)) {
        case 'text':
            return text;
        case 'lines':
            return text.split('\n').filter((line) => line !== '');
        case 'number': {
            const value = Number(text);
            if (!Number.isFinite(value) || (input.schema.type === 'integer' && !Number.isInteger(value))) {
                throw new Error(
                    `${input.name} must be ${input.schema.type === 'integer' ? 'a whole number' : 'a number'}.`,
                );
            }
            return value;
        }
        default:
            try {
                return JSON.parse(text);
            } catch {
                throw new Error(`${input.name} is not valid JSON.`);
            }
    }
}

/** What a value begins with that is an expression over what happens. */
const EXPRESSION = '${';

/** Returns a value that was stored as one would write it into its field. */
export function written(input: WorkflowInput, value: unknown): string {
    if (typeof value === 'string' && (fieldOf(input) === 'text' || value.includes(EXPRESSION))) {
        return value;
    }
    return initial({ ...input, default: value });
}

/**
 * Reads all fields; what is empty is left out, so that the workflow's own default applies.
 *
 * @param expressions whether a text with an expression stands for a value of any type
 */
export function readAll(
    inputs: WorkflowInput[],
    texts: Record<string, string>,
    expressions = false,
): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const input of inputs) {
        const text = texts[input.name] ?? initial(input);
        if (text !== '') {
            values[input.name] = expressions && text.includes(EXPRESSION) ? text : read(input, text);
        }
    }
    return values;
}

/** Returns the names of required inputs that are still empty. */
export function missing(inputs: WorkflowInput[], texts: Record<string, string>): string[] {
    return inputs
        .filter((input) => input.required && (texts[input.name] ?? initial(input)).trim() === '')
        .map((input) => input.name);
}

/**
 * Reads inputs that were written as JSON.
 *
 * @throws Error when they are not
 */
export function parse(text: string): unknown {
    try {
        return JSON.parse(text === '' ? '{}' : text);
    } catch {
        throw new Error('The inputs are not valid JSON.');
    }
}
