import { FormGroup, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { assetPath, KIND_NAMES, type Kind } from './assets';
import { KeptNotice, useKeptDraft } from './drafts';

const EXAMPLES: Record<Kind, string> = {
    patterns: '---\ndescription: What it does, in one sentence\n---\n# IDENTITY\n\n# STEPS\n\n# OUTPUT\n\n{{input}}\n',
    workflows:
        'name: What it does\ninputs:\n  text: {type: string, required: true}\nsteps:\n  - id: first\n    type: pattern\n    params: {pattern: summarize, input: "${inputs.text}"}\n',
    contexts: '',
    strategies: '',
};

/** Creates an asset; a name that is taken is refused. */
export function NewAsset({ kind, onClose }: { kind: Kind; onClose: () => void }) {
    const navigate = useNavigate();
    const client = useQueryClient();
    const draft = useKeptDraft(`${kind}/`, { name: '', content: EXAMPLES[kind] });
    const { name, content } = draft.value;
    const create = useMutation({
        mutationFn: () => call(`post /api/v1/${kind}`, { body: { name: name.trim(), content } }),
        onSuccess: (asset) => {
            draft.drop();
            void client.invalidateQueries({ queryKey: ['assets'] });
            void navigate(assetPath(kind, asset.name));
        },
    });
    return (
        <FormDialog
            title={`New ${KIND_NAMES[kind]}`}
            action="Create"
            size="large"
            mutation={create}
            ready={name.trim() !== '' && content.trim() !== ''}
            onSubmit={() => create.mutate()}
            onClose={onClose}
            draft={draft}
        >
            <KeptNotice draft={draft} />
            <FormGroup label="Name" isRequired fieldId="new-name">
                <TextInput
                    id="new-name"
                    isRequired
                    maxLength={300}
                    value={name}
                    onChange={(_event, value) => draft.set({ name: value, content })}
                />
                <Help>
                    Such as <code>my_review</code>, which is yours, <code>team/review</code> or <code>shared/review</code>.
                </Help>
            </FormGroup>
            <FormGroup label="Text" isRequired fieldId="new-content">
                <TextArea
                    id="new-content"
                    className="gantry-code"
                    rows={16}
                    resizeOrientation="vertical"
                    spellCheck={false}
                    value={content}
                    onChange={(_event, value) => draft.set({ name, content: value })}
                />
            </FormGroup>
        </FormDialog>
    );
}
