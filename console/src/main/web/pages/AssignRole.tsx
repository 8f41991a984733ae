import { FormGroup, FormSelect, FormSelectOption, Radio, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, Problem } from '../api/client';
import { FormDialog, Help } from '../ui/Dialogs';
import { Loaded } from '../ui/Panel';

/** More groups than these are not offered, but can be typed. */
const OFFERED_MAX = 200;

/**
 * Gives a role to a user, a service account or a group.
 *
 * @param to whose page it is opened from, and which roles they have; null to ask
 */
export function AssignRole({
    to,
    onClose,
    onDone,
}: {
    to: { user: string; roles: string[] } | null;
    onClose: () => void;
    onDone: () => void;
}) {
    const roles = useQuery({ queryKey: ['roles'], queryFn: () => call('get /api/v1/roles') });
    const [role, setRole] = useState('');
    const [isGroup, setGroup] = useState(to === null);
    const [name, setName] = useState(to?.user ?? '');
    const assign = useMutation({
        mutationFn: async () => {
            if (isGroup) {
                await makeGroup(name.trim());
            }
            return call('post /api/v1/role-assignments', {
                body: { role, ...(isGroup ? { group: name.trim() } : { user: name.trim() }) },
            });
        },
        onSuccess: onDone,
    });
    return (
        <FormDialog
            title={`Give ${to?.user ?? 'somebody'} a role`}
            action="Give"
            mutation={assign}
            ready={role !== '' && name.trim() !== ''}
            onSubmit={() => assign.mutate()}
            onClose={onClose}
        >
            <Loaded query={roles} what="roles">
                {({ items }) => (
                    <FormGroup label="Role" isRequired fieldId="role">
                        <FormSelect id="role" value={role} onChange={(_event, value) => setRole(value)}>
                            <FormSelectOption value="" label="Choose" />
                            {items
                                .filter((each) => to === null || !to.roles.includes(each.name))
                                .map((each) => (
                                    <FormSelectOption key={each.name} value={each.name} label={each.name} />
                                ))}
                        </FormSelect>
                    </FormGroup>
                )}
            </Loaded>
            {to === null && (
                <>
                    <FormGroup label="To" role="radiogroup">
                        <Radio
                            id="to-group"
                            name="to"
                            label="A group"
                            description="All who belong to it have the role, also those who join it later."
                            isChecked={isGroup}
                            onChange={() => setGroup(true)}
                        />
                        <Radio
                            id="to-user"
                            name="to"
                            label="A user or a service account"
                            isChecked={!isGroup}
                            onChange={() => setGroup(false)}
                        />
                    </FormGroup>
                    {isGroup ? (
                        <GroupField name={name} onChange={setName} />
                    ) : (
                        <FormGroup label="E-mail address or name" isRequired fieldId="holder">
                            <TextInput
                                id="holder"
                                isRequired
                                autoComplete="off"
                                value={name}
                                onChange={(_event, value) => setName(value)}
                            />
                        </FormGroup>
                    )}
                </>
            )}
        </FormDialog>
    );
}

/** Makes a group unless there is one. */
async function makeGroup(group: string): Promise<void> {
    try {
        await call('get /api/v1/groups/{group}', { path: { group } });
    } catch (failure) {
        if (!(failure instanceof Problem) || failure.status !== 404) {
            throw failure;
        }
        await call('post /api/v1/groups', { body: { name: group } });
    }
}

function GroupField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
    const groups = useQuery({
        queryKey: ['groups'],
        queryFn: () => call('get /api/v1/groups', { query: { limit: OFFERED_MAX } }),
    });
    return (
        <FormGroup label="Name of the group" isRequired fieldId="holder">
            <TextInput
                id="holder"
                isRequired
                autoComplete="off"
                list="groups"
                value={name}
                onChange={(_event, value) => onChange(value)}
            />
            <datalist id="groups">
                {groups.data?.items.map((each) => (
                    <option key={each.id} value={each.name} />
                ))}
            </datalist>
            <Help>
                As your identity provider names it. A group that is new is made; whoever belongs to it has the role from when they
                sign in next.
            </Help>
        </FormGroup>
    );
}
