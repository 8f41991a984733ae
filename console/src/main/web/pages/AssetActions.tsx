import { Button, FormGroup, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../api/client';
import type { Asset } from '../api/views';
import { useSession } from '../session/session';
import { FormDialog, Help } from '../ui/Dialogs';
import { assetPath, type Kind } from './assets';

type Open = 'label' | 'rollback' | 'fork';

/** What one may do with an asset: copy it, let a label stand for a version, go back. */
export function AssetActions({ kind, asset }: { kind: Kind; asset: Asset }) {
    const { may } = useSession();
    const [open, setOpen] = useState<Open | null>(null);
    const builtin = asset.name.startsWith('builtin/');
    const mayChange = !builtin && (may(kind, 'update') || may(kind, 'create_custom'));
    const close = () => setOpen(null);
    return (
        <>
            {may(kind, 'create_custom') && (
                <Button variant="secondary" onClick={() => setOpen('fork')}>
                    Fork
                </Button>
            )}
            {mayChange && (
                <>
                    <Button variant="secondary" onClick={() => setOpen('label')}>
                        Label
                    </Button>
                    {asset.version > 1 && (
                        <Button variant="secondary" onClick={() => setOpen('rollback')}>
                            Roll back
                        </Button>
                    )}
                </>
            )}
            {open === 'fork' && <Fork kind={kind} asset={asset} onClose={close} />}
            {open === 'label' && <SetLabel kind={kind} asset={asset} onClose={close} />}
            {open === 'rollback' && <RollBack kind={kind} asset={asset} onClose={close} />}
        </>
    );
}

interface Dialog {
    kind: Kind;
    asset: Asset;
    onClose: () => void;
}

function useChanged({ kind, asset, onClose }: Dialog): () => void {
    const client = useQueryClient();
    return () => {
        void client.invalidateQueries({ queryKey: ['asset', kind, asset.name] });
        void client.invalidateQueries({ queryKey: ['assets'] });
        onClose();
    };
}

function Fork({ kind, asset, onClose }: Dialog) {
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
                <Help>The copy remembers what it was made from.</Help>
            </FormGroup>
        </FormDialog>
    );
}

function VersionField({ asset, value, onChange }: { asset: Asset; value: string; onChange: (value: string) => void }) {
    return (
        <FormGroup label="Version" isRequired fieldId="version">
            <FormSelect id="version" value={value} onChange={(_event, next) => onChange(next)}>
                {Array.from({ length: Math.min(50, asset.version) }, (_each, index) => asset.version - index).map(
                    (version) => (
                        <FormSelectOption key={version} value={String(version)} label={String(version)} />
                    ),
                )}
            </FormSelect>
        </FormGroup>
    );
}

function SetLabel(dialog: Dialog) {
    const { kind, asset, onClose } = dialog;
    const [label, setLabel] = useState('');
    const [version, setVersion] = useState(String(asset.version));
    const set = useMutation({
        mutationFn: () =>
            call('put /api/v1/assets/{kind}/{name}/labels/{label}', {
                path: { kind, name: asset.name, label: label.trim() },
                body: { version },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Label a version of ${asset.name}`}
            action="Label"
            mutation={set}
            ready={label.trim() !== ''}
            onSubmit={() => set.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Label" isRequired fieldId="label">
                <TextInput id="label" isRequired value={label} onChange={(_event, value) => setLabel(value)} />
                <Help>
                    Such as <code>production</code>: <code>{asset.name}@production</code> then means that version.
                </Help>
            </FormGroup>
            <VersionField asset={asset} value={version} onChange={setVersion} />
        </FormDialog>
    );
}

function RollBack(dialog: Dialog) {
    const { kind, asset, onClose } = dialog;
    const [version, setVersion] = useState(String(asset.version - 1));
    const back = useMutation({
        mutationFn: () =>
            call('post /api/v1/assets/{kind}/{name}/rollback', {
                path: { kind, name: asset.name },
                body: { version },
            }),
        onSuccess: useChanged(dialog),
    });
    return (
        <FormDialog
            title={`Roll ${asset.name} back`}
            action="Roll back"
            mutation={back}
            ready={version !== ''}
            onSubmit={() => back.mutate()}
            onClose={onClose}
        >
            <p>It gets a new version that says what the chosen one said. No version is lost.</p>
            <VersionField asset={asset} value={version} onChange={setVersion} />
        </FormDialog>
    );
}
