import { FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { call, Problem } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { useChanged, type AssetDialog } from './AssetDialogs';
import { KeptNotice, useKeptDraft } from './drafts';
import { Meanwhile } from './Meanwhile';

/**
 * Writes a new version of the one that was shown when the dialog opened. When somebody else wrote one meanwhile, the server
 * refuses, and whoever edits sees what that one changed before they go on.
 */
export function AssetEditor(dialog: AssetDialog) {
    const { kind, asset, onClose } = dialog;
    const draft = useKeptDraft(`${kind}/${asset.name}`, { base: asset, content: asset.content });
    const { base, content } = draft.value;
    const changed = useChanged(dialog);
    const newest = useQuery({
        queryKey: ['asset', kind, asset.name],
        queryFn: () => call(`get /api/v1/${kind}/{name}`, { path: { name: asset.name } }),
    });
    const put = useMutation({
        mutationFn: () =>
            call(`put /api/v1/${kind}/{name}`, {
                path: { name: asset.name },
                headers: { 'If-Match': `"${base.hash}"` },
                body: { content },
            }),
        onSuccess: () => {
            draft.drop();
            changed();
        },
        onError: (failure) => {
            if (failure instanceof Problem && failure.status === 412) {
                void newest.refetch();
            }
        },
    });
    const theirs = newest.data !== undefined && newest.data.hash !== base.hash ? newest.data : null;
    const take = (text: string) => {
        if (theirs !== null) {
            draft.set({ base: theirs, content: text });
            put.reset();
        }
    };
    return (
        <FormDialog
            title={`Edit ${asset.name}`}
            action="Save"
            size="large"
            mutation={put}
            ready={content !== base.content && content.trim() !== ''}
            onSubmit={() => put.mutate()}
            onClose={onClose}
            draft={draft}
        >
            <KeptNotice draft={draft} />
            {theirs !== null && (
                <Meanwhile
                    what={`${theirs.author ?? 'Somebody'} has written version ${theirs.version}`}
                    before={base.content}
                    theirs={theirs.content}
                    onKeep={() => take(content)}
                    onTake={() => take(theirs.content)}
                />
            )}
            <FormGroup label="Text" isRequired fieldId="asset-content">
                <TextArea
                    id="asset-content"
                    className="gantry-code"
                    rows={18}
                    resizeOrientation="vertical"
                    spellCheck={false}
                    value={content}
                    onChange={(_event, value) => draft.set({ base, content: value })}
                />
                <Help>Saving makes version {base.version + 1}; the ones before it stay.</Help>
            </FormGroup>
        </FormDialog>
    );
}
