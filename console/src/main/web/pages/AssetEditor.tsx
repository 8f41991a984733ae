import { FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { useChanged, type AssetDialog } from './AssetDialogs';

/** Writes a new version. When somebody else wrote one meanwhile, the server refuses and nothing is lost. */
export function AssetEditor(dialog: AssetDialog) {
    const { kind, asset, onClose } = dialog;
    const [content, setContent] = useState(asset.content);
    const put = useMutation({
        mutationFn: () =>
            call(`put /api/v1/${kind}/{name}`, {
                path: { name: asset.name },
                headers: { 'If-Match': `"${asset.hash}"` },
                body: { content },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Edit ${asset.name}`}
            action="Save"
            size="large"
            mutation={put}
            ready={content !== asset.content && content.trim() !== ''}
            onSubmit={() => put.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Text" isRequired fieldId="asset-content">
                <TextArea
                    id="asset-content"
                    className="gantry-code"
                    rows={18}
                    resizeOrientation="vertical"
                    spellCheck={false}
                    value={content}
                    onChange={(_event, value) => setContent(value)}
                />
                <Help>Saving makes version {asset.version + 1}; the ones before it stay.</Help>
            </FormGroup>
        </FormDialog>
    );
}
