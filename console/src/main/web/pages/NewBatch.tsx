import { Alert, FileUpload, FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { call } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { count } from '../ui/format';
import { readLines } from './batch-lines';

const PROBLEMS_SHOWN = 5;
const NAME_MAX = 200;

const ENDPOINTS = [
    ['/api/v1/execute', 'Patterns'],
    ['/v1/chat/completions', 'Chat, as OpenAI has it'],
    ['/v1/responses', 'Responses, as OpenAI has them'],
    ['/v1/messages', 'Messages, as Anthropic has them'],
    ['/v1/embeddings', 'Embeddings'],
] as const;

/** Hands a file of requests in. */
export function NewBatch({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
    const [name, setName] = useState('');
    const [endpoint, setEndpoint] = useState<string>(ENDPOINTS[0][0]);
    const [text, setText] = useState('');
    const [file, setFile] = useState('');
    const { lines, problems } = useMemo(() => readLines(text), [text]);
    const submit = useMutation({
        mutationFn: () =>
            call('post /api/v1/batches', {
                body: { ...(name.trim() !== '' && { name: name.trim() }), endpoint, requests: lines },
            }),
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title="Hand in a batch"
            action={
                lines.length === 0
                    ? 'Hand in'
                    : `Hand in ${count(lines.length)} ${lines.length === 1 ? 'request' : 'requests'}`
            }
            size="medium"
            mutation={submit}
            ready={lines.length > 0 && problems.length === 0}
            onSubmit={() => submit.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Name" fieldId="batch-name">
                <TextInput
                    id="batch-name"
                    maxLength={NAME_MAX}
                    value={name}
                    onChange={(_event, value) => setName(value)}
                />
            </FormGroup>
            <FormGroup label="Requests are" fieldId="batch-endpoint">
                <FormSelect id="batch-endpoint" value={endpoint} onChange={(_event, value) => setEndpoint(value)}>
                    {ENDPOINTS.map(([path, title]) => (
                        <FormSelectOption key={path} value={path} label={`${title} (${path})`} />
                    ))}
                </FormSelect>
                <Help>
                    Holds for lines without <code>url</code>.
                </Help>
            </FormGroup>
            <FormGroup label="Requests" isRequired fieldId="batch-lines">
                <FileUpload
                    id="batch-lines"
                    type="text"
                    value={text}
                    filename={file}
                    filenamePlaceholder="Drop a file, choose one, or write below"
                    browseButtonText="Choose"
                    clearButtonText="Clear"
                    aria-label="Requests"
                    allowEditingUploadedText
                    onFileInputChange={(_event, given) => setFile(given.name)}
                    onDataChange={(_event, value) => setText(value)}
                    onTextChange={(_event, value) => setText(value)}
                    onClearClick={() => {
                        setText('');
                        setFile('');
                    }}
                />
                <Help>
                    One a line, such as{' '}
                    <code>{'{"custom_id": "1", "body": {"pattern": "summarize", "input": "…"}}'}</code>
                </Help>
            </FormGroup>
            <div role="status">
                {problems.length > 0 && (
                    <Alert component="p" isInline variant="danger" title={problems[0]}>
                        {problems.length > 1 && (
                            <ul className="gantry-list">
                                {problems.slice(1, PROBLEMS_SHOWN).map((each) => (
                                    <li key={each}>{each}</li>
                                ))}
                                {problems.length > PROBLEMS_SHOWN && (
                                    <li>and {count(problems.length - PROBLEMS_SHOWN)} more</li>
                                )}
                            </ul>
                        )}
                    </Alert>
                )}
            </div>
        </FormDialog>
    );
}
