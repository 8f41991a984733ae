import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { useState, type ComponentType } from 'react';
import type { Asset } from '../api/views';
import { useSession } from '../session/session';
import { Deprecate, Fork, HandIn, Publish, Restore, type AssetDialog } from './AssetDialogs';
import { AssetEditor } from './AssetEditor';
import { resourceOf, type Kind } from './assets';

const DIALOGS = {
    fork: Fork,
    review: HandIn,
    publish: Publish,
    deprecate: Deprecate,
    restore: Restore,
    edit: AssetEditor,
} as const satisfies Record<string, ComponentType<AssetDialog>>;

/** Returns whether there is a point in offering what only who may change an asset does; the server decides about each. */
export function useMayManage(kind: Kind, asset: Asset): boolean {
    const { may } = useSession();
    const resource = resourceOf(kind);
    return !asset.name.startsWith('builtin/') && (may(resource, 'update') || may(resource, 'create_custom'));
}

/** The same of changes of the asset itself: what a mirror keeps is changed where it comes from. */
export function useMayChange(kind: Kind, asset: Asset): boolean {
    return useMayManage(kind, asset) && asset.mirror === null;
}

/** What one may do with an asset as a whole; what concerns one version is beside that version. */
export function AssetActions({ kind, asset }: { kind: Kind; asset: Asset }) {
    const { may } = useSession();
    // What a dialog shows and changes is what was there when it opened, whatever is loaded meanwhile.
    const [open, setOpen] = useState<{ what: keyof typeof DIALOGS; asset: Asset } | null>(null);
    const begin = (what: keyof typeof DIALOGS) => setOpen({ what, asset });
    const [isMenuOpen, setMenuOpen] = useState(false);
    const mayManage = useMayManage(kind, asset);
    const mayChange = useMayChange(kind, asset);
    const Dialog = open === null ? null : DIALOGS[open.what];
    const items: [keyof typeof DIALOGS, string][] = [
        ['publish', 'Who sees it, owners, tags'],
        asset.deprecation === null ? ['deprecate', 'Deprecate'] : ['restore', 'Deprecated no longer'],
    ];
    return (
        <>
            {mayChange && (
                <Button variant="secondary" onClick={() => begin('edit')}>
                    Edit
                </Button>
            )}
            {may(resourceOf(kind), 'create_custom') && (
                <Button variant="secondary" onClick={() => begin('fork')}>
                    Fork
                </Button>
            )}
            {mayManage && (
                <Button variant="secondary" onClick={() => begin('review')}>
                    Hand in for review
                </Button>
            )}
            {mayChange && (
                <Dropdown
                    isOpen={isMenuOpen}
                    onOpenChange={setMenuOpen}
                    onSelect={() => setMenuOpen(false)}
                    // A dialog that opens from here remembers where the focus was, and the item is gone by then.
                    shouldFocusToggleOnSelect
                    popperProps={{ position: 'right' }}
                    toggle={(toggle) => (
                        <MenuToggle ref={toggle} isExpanded={isMenuOpen} onClick={() => setMenuOpen(!isMenuOpen)}>
                            More
                        </MenuToggle>
                    )}
                >
                    <DropdownList>
                        {items.map(([what, title]) => (
                            <DropdownItem key={what} onClick={() => begin(what)}>
                                {title}
                            </DropdownItem>
                        ))}
                    </DropdownList>
                </Dropdown>
            )}
            {Dialog !== null && open !== null && (
                <Dialog kind={kind} asset={open.asset} onClose={() => setOpen(null)} />
            )}
        </>
    );
}
