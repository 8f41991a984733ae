import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { organizationName, useSession } from '../session/session';
import { FormDialog } from '../ui/Dialogs';
import { Failure } from '../ui/Failure';
import { isUnsaved, UnsavedQuestion } from '../ui/unsaved';
import { setTelling, useTelling } from '../ui/zone';

/** Who is signed in and where, how times are told, and the way out. */
export function UserMenu() {
    const { session, signOut } = useSession();
    const navigate = useNavigate();
    const [open, setOpen] = useState(false);
    const [isAsking, setAsking] = useState(false);
    const [failure, setFailure] = useState<Error | null>(null);
    const leave = () => {
        setAsking(false);
        setFailure(null);
        signOut().catch(setFailure);
    };
    const isExact = useTelling() === 'exact';
    const name = session.user.display_name === '' ? session.user.name : session.user.display_name;
    const menu = (
        <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            onSelect={() => setOpen(false)}
            shouldFocusToggleOnSelect
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
                <DropdownItem key="times" onClick={() => setTelling(isExact ? 'from_now' : 'exact')}>
                    {isExact ? 'Tell times from now' : 'Show exact times'}
                </DropdownItem>
                <Divider key="divider" />
                <DropdownItem key="out" onClick={() => (isUnsaved() ? setAsking(true) : leave())}>
                    Sign out
                </DropdownItem>
            </DropdownList>
        </Dropdown>
    );
    return (
        <>
            {menu}
            {isAsking && <UnsavedQuestion onLeave={leave} onStay={() => setAsking(false)} />}
            {failure !== null && (
                <FormDialog
                    title="You are still signed in"
                    action="Try again"
                    ready
                    onSubmit={leave}
                    onClose={() => setFailure(null)}
                >
                    <Failure error={failure} title="Signing out did not work" />
                </FormDialog>
            )}
        </>
    );
}
