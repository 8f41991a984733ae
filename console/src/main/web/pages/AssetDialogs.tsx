import { FormGroup, FormSelect, FormSelectOption, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import type { Asset } from '../api/views';
import { useSession } from '../session/session';
import { Confirm, FormDialog, Help } from '../ui/Dialogs';
import { assetPath, type Kind } from './assets';

export interface AssetDialog {
    kind: Kind;
    asset: Asset;
    onClose: () => void;
}

/** Loads again what an asset's change touches, and closes the dialog. */
export function useChanged({ kind, onClose }: AssetDialog): () => void {
    const client = useQueryClient();
    return () => {
        void client.invalidateQueries({ queryKey: ['asset', kind] });
        void client.invalidateQueries({ queryKey: ['assets'] });
        onClose();
    };
}

export function Fork({ kind, asset, onClose }: AssetDialog) {
    const { session } = useSession();
    const navigate = useNavigate();
    const [name, setName] = useState(`~${session.user.name}/${asset.name.slice(asset.name.indexOf('/') + 1)}`);
    const fork = useMutation({
        mutationFn: () =>
            call('post /api/v1/assets/{kind}/{name}/fork', {
                path: { kind, name: asset.name },
                body: { name: name.trim() },
            }),
        onSuccess: (copy) => void navigate(assetPath(kind, copy.name)),
    });
    return (
        <FormDialog
            title={`Fork ${asset.name}`}
            action="Fork"
            mutation={fork}
            ready={name.trim() !== ''}
            onSubmit={() => fork.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Name of the copy" isRequired fieldId="fork-name">
                <TextInput id="fork-name" isRequired value={name} onChange={(_event, value) => setName(value)} />
                <Help>The copy remembers what it was made from, and tells when that has changed.</Help>
            </FormGroup>
        </FormDialog>
    );
}

/** Lets a label stand for a version; which labels are protected, the server knows. */
export function SetLabel({ version, ...dialog }: AssetDialog & { version: number }) {
    const { kind, asset, onClose } = dialog;
    const [label, setLabel] = useState('production');
    const now = asset.labels[label.trim()];
    const set = useMutation({
        mutationFn: () =>
            call('put /api/v1/assets/{kind}/{name}/labels/{label}', {
                path: { kind, name: asset.name, label: label.trim() },
                body: { version: String(version) },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Label version ${version}`}
            action="Label"
            mutation={set}
            ready={label.trim() !== ''}
            onSubmit={() => set.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Label" isRequired fieldId="label">
                <TextInput
                    id="label"
                    isRequired
                    maxLength={40}
                    value={label}
                    onChange={(_event, value) => setLabel(value)}
                />
                <Help>
                    {now === undefined || now === version ? (
                        <>
                            <code>
                                {asset.name}@{label.trim() === '' ? 'label' : label.trim()}
                            </code>{' '}
                            then means version {version}.
                        </>
                    ) : (
                        `It stands for version ${now} now, and moves from there.`
                    )}
                </Help>
            </FormGroup>
        </FormDialog>
    );
}

export function RemoveLabel({ label, ...dialog }: AssetDialog & { label: string }) {
    const { kind, asset, onClose } = dialog;
    const remove = useMutation({
        mutationFn: () =>
            call('delete /api/v1/assets/{kind}/{name}/labels/{label}', { path: { kind, name: asset.name, label } }),
        onSuccess: useChanged(dialog),
    });
    return (
        <Confirm
            title={`Take the label ${label} away?`}
            action="Take away"
            mutation={remove}
            onConfirm={() => remove.mutate()}
            onClose={onClose}
        >
            Whoever asks for {asset.name}@{label} is refused from then on.
        </Confirm>
    );
}

export function RollBack({ version, ...dialog }: AssetDialog & { version: number }) {
    const { kind, asset, onClose } = dialog;
    const back = useMutation({
        mutationFn: () =>
            call('post /api/v1/assets/{kind}/{name}/rollback', {
                path: { kind, name: asset.name },
                headers: { 'If-Match': `"${asset.hash}"` },
                body: { version: String(version) },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Roll back to version ${version}`}
            action="Roll back"
            mutation={back}
            ready
            onSubmit={() => back.mutate()}
            onClose={onClose}
        >
            <p>
                {asset.name} gets a version {asset.version + 1} that says what version {version} said. No version is
                lost.
            </p>
        </FormDialog>
    );
}

export function HandIn({ kind, asset, onClose }: AssetDialog) {
    const navigate = useNavigate();
    const [message, setMessage] = useState('');
    const submit = useMutation({
        mutationFn: () => call('post /api/v1/reviews', { body: { kind, name: asset.name, message: message.trim() } }),
        onSuccess: (review) => void navigate(`/reviews/${review.id}`),
    });
    return (
        <FormDialog
            title={`Hand in ${asset.name} for review`}
            action="Hand in"
            mutation={submit}
            ready
            onSubmit={() => submit.mutate()}
            onClose={onClose}
        >
            <p>
                The checks look at version {asset.version}, then people approve it or ask for changes. A newer version
                ends the review.
            </p>
            <FormGroup label="What is to be said about it" fieldId="review-message">
                <TextArea
                    id="review-message"
                    rows={3}
                    maxLength={10_000}
                    resizeOrientation="vertical"
                    value={message}
                    onChange={(_event, value) => setMessage(value)}
                />
            </FormGroup>
        </FormDialog>
    );
}

const AUDIENCES: Record<Asset['visibility'], string> = {
    private: 'Its owners',
    team: 'The members of a team',
    organization: 'The whole organization',
};

function words(text: string): string[] {
    return text.split(/[\s,]+/).filter((each) => each !== '');
}

/** Who sees an asset, who answers for it, and its tags. */
export function Publish(dialog: AssetDialog) {
    const { kind, asset, onClose } = dialog;
    const personal = asset.name.startsWith('~');
    const isShared = asset.name.startsWith('shared/');
    const [visibility, setVisibility] = useState(asset.visibility);
    const [team, setTeam] = useState(asset.team ?? '');
    const [owners, setOwners] = useState(asset.owners.join('\n'));
    const [tags, setTags] = useState<string | null>(null);
    const publish = useMutation({
        mutationFn: () =>
            call('post /api/v1/assets/{kind}/{name}/publish', {
                path: { kind, name: asset.name },
                body: {
                    // What did not change needs no permission.
                    ...(visibility !== asset.visibility || team !== (asset.team ?? '') ? { visibility } : {}),
                    ...(visibility === 'team' && personal && team.trim() !== '' && { team: team.trim() }),
                    ...(words(owners).length > 0 && words(owners).join() !== asset.owners.join() && { owners: words(owners) }),
                    ...(tags !== null && { tags: words(tags) }),
                },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Who sees ${asset.name}`}
            action="Save"
            mutation={publish}
            ready
            onSubmit={() => publish.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Seen by" fieldId="visibility">
                <FormSelect
                    id="visibility"
                    value={visibility}
                    isDisabled={isShared}
                    onChange={(_event, value) => setVisibility(value as Asset['visibility'])}
                >
                    {(Object.keys(AUDIENCES) as Asset['visibility'][]).map((each) => (
                        <FormSelectOption key={each} value={each} label={AUDIENCES[each]} />
                    ))}
                </FormSelect>
                {isShared && <Help>What lies in shared is seen by everybody; fork it to show it to fewer.</Help>}
            </FormGroup>
            {visibility === 'team' && personal && (
                <FormGroup label="Team" fieldId="visibility-team">
                    <TextInput id="visibility-team" value={team} onChange={(_event, value) => setTeam(value)} />
                    <Help>Your only team, when empty.</Help>
                </FormGroup>
            )}
            <FormGroup label="Owners" fieldId="owners">
                <TextArea
                    id="owners"
                    rows={2}
                    resizeOrientation="vertical"
                    value={owners}
                    onChange={(_event, value) => setOwners(value)}
                />
                <Help>Users and teams who answer for it, one a line.</Help>
            </FormGroup>
            <FormGroup label="Tags beside those of the text" fieldId="tags">
                <TextInput
                    id="tags"
                    value={tags ?? ''}
                    placeholder={tags === null ? asset.tags.join(', ') : ''}
                    onChange={(_event, value) => setTags(value)}
                />
                <Help>With commas between; left as they are, when untouched.</Help>
            </FormGroup>
        </FormDialog>
    );
}

export function Deprecate(dialog: AssetDialog) {
    const { kind, asset, onClose } = dialog;
    const [message, setMessage] = useState('');
    const [replacement, setReplacement] = useState('');
    const deprecate = useMutation({
        mutationFn: () =>
            call('put /api/v1/assets/{kind}/{name}/deprecation', {
                path: { kind, name: asset.name },
                body: {
                    message: message.trim(),
                    ...(replacement.trim() !== '' && { replacement: replacement.trim() }),
                },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Deprecate ${asset.name}`}
            action="Deprecate"
            mutation={deprecate}
            ready
            onSubmit={() => deprecate.mutate()}
            onClose={onClose}
        >
            <p>It goes on working. Whoever uses it is told, and by what to replace it.</p>
            <FormGroup label="Use instead" fieldId="replacement">
                <TextInput id="replacement" value={replacement} onChange={(_event, value) => setReplacement(value)} />
                <Help>The name of another one of its kind.</Help>
            </FormGroup>
            <FormGroup label="Why, and what to do" fieldId="deprecation-message">
                <TextArea
                    id="deprecation-message"
                    rows={3}
                    maxLength={1_000}
                    resizeOrientation="vertical"
                    value={message}
                    onChange={(_event, value) => setMessage(value)}
                />
            </FormGroup>
        </FormDialog>
    );
}

export function Restore(dialog: AssetDialog) {
    const { kind, asset, onClose } = dialog;
    const restore = useMutation({
        mutationFn: () => call('delete /api/v1/assets/{kind}/{name}/deprecation', { path: { kind, name: asset.name } }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Recommend ${asset.name} again?`}
            action="Take the mark away"
            mutation={restore}
            ready
            onSubmit={() => restore.mutate()}
            onClose={onClose}
        >
            <p>Nobody is told any more that it is deprecated.</p>
        </FormDialog>
    );
}
