import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { organizationName, useSession } from '../session/session';

/** Who is signed in and where, and the way out. */
export function UserMenu() {
    const { session, signOut } = useSession();
    const navigate = useNavigate();
    const [open, setOpen] = useState(false);
    const name = session.user.display_name === '' ? session.user.name : session.user.display_name;
    return (
        <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            onSelect={() => setOpen(false)}
            popperProps={{ position: 'right' }}
            toggle={(toggle) => (
                <MenuToggle
                    ref={toggle}
                    isExpanded={open}
                    onClick={() => setOpen(!open)}
                    icon={<UserIcon />}
                    aria-label={`${name}, ${organizationName(session)}`}
                >
                    <span className="gantry-user">{name}</span>
                </MenuToggle>
            )}
        >
            <DropdownList>
                <DropdownItem
                    key="account"
                    description={`${session.user.name} in ${organizationName(session)}`}
                    onClick={() => void navigate('/account')}
                >
                    Your account
                </DropdownItem>
                <Divider key="divider" />
                <DropdownItem key="out" onClick={() => void signOut()}>
                    Sign out
                </DropdownItem>
            </DropdownList>
        </Dropdown>
    );
}
