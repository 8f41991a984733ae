import { Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import EllipsisVIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { useState } from 'react';

/** Something that one may do with what a row is about. */
export interface RowAction {
    title: string;
    onClick: () => void;
    isDanger?: boolean;
}

/** The menu at the end of a row; nothing where there is nothing to do. */
export function RowActions({ label, actions }: { label: string; actions: (RowAction | false)[] }) {
    const [open, setOpen] = useState(false);
    const offered = actions.filter((each) => each !== false);
    if (offered.length === 0) {
        return null;
    }
    return (
        <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            onSelect={() => setOpen(false)}
            // A dialog that opens from here remembers where the focus was, and the item is gone by then.
            shouldFocusToggleOnSelect
            popperProps={{ position: 'right' }}
            toggle={(toggle) => (
                <MenuToggle
                    ref={toggle}
                    variant="plain"
                    isExpanded={open}
                    onClick={() => setOpen(!open)}
                    aria-label={`Actions for ${label}`}
                    icon={<EllipsisVIcon />}
                />
            )}
        >
            <DropdownList>
                {offered.map((each) => (
                    <DropdownItem key={each.title} isDanger={each.isDanger === true} onClick={each.onClick}>
                        {each.title}
                    </DropdownItem>
                ))}
            </DropdownList>
        </Dropdown>
    );
}
