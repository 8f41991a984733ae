import { Alert, Button, Form, FormGroup, Label, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Explanation } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { Help, Refusal } from '../ui/Dialogs';

/** Asks whether somebody may do something, and shows which role says so. */
export function Explainer({ principal }: { principal?: string }) {
    const [who, setWho] = useState('');
    const [permission, setPermission] = useState('');
    const asked = principal ?? who.trim();
    const explain = useMutation({
        mutationFn: () =>
            call('post /api/v1/access/explain', {
                body: { permission: permission.trim(), ...(asked !== '' && { principal: asked }) },
            }),
    });
    return (
        <div className="gantry-stack">
            <Form
                onSubmit={(event) => {
                    event.preventDefault();
                    if (permission.trim() !== '') {
                        explain.mutate();
                    }
                }}
            >
                <div className="gantry-filters">
                    {principal === undefined && (
                        <FormGroup label="Who" fieldId="explain-who">
                            <TextInput id="explain-who" value={who} onChange={(_event, value) => setWho(value)} />
                            <Help>E-mail address or name; you, when empty.</Help>
                        </FormGroup>
                    )}
                    <FormGroup label="Permission" isRequired fieldId="explain-permission" className="gantry-wide">
                        <TextInput
                            id="explain-permission"
                            isRequired
                            autoComplete="off"
                            value={permission}
                            onChange={(_event, value) => setPermission(value)}
                        />
                        <Help>
                            Such as <code>patterns:execute:shared/summarize</code> or <code>audit:read</code>.
                        </Help>
                    </FormGroup>
                </div>
                <div>
                    <Button
                        type="submit"
                        variant="secondary"
                        isDisabled={permission.trim() === '' || explain.isPending}
                        isLoading={explain.isPending}
                    >
                        Explain
                    </Button>
                </div>
            </Form>
            <Refusal error={explain.error} />
            <div role="status">{explain.data !== undefined && <Verdict found={explain.data} />}</div>
        </div>
    );
}

function Verdict({ found }: { found: Explanation }) {
    return (
        <div className="gantry-stack">
            <Alert
                component="p"
                isInline
                variant={found.allowed ? 'success' : 'warning'}
                title={`${found.principal} ${found.allowed ? 'may' : 'may not'}: ${found.permission}`}
            >
                {found.reason}.
            </Alert>
            {found.grants.length > 0 && (
                <DataTable
                    label="What grants it"
                    rows={found.grants}
                    id={(grant) => `${grant.role} ${grant.permission} ${grant.group ?? ''}`}
                    columns={[
                        { title: 'Role', cell: (grant) => grant.role },
                        { title: 'Grants', cell: (grant) => <code>{grant.permission}</code> },
                        { title: 'Defined', cell: (grant) => ORIGINS[grant.origin] },
                        { title: 'Held', cell: (grant) => (grant.group === null ? 'directly' : `by group ${grant.group}`) },
                    ]}
                />
            )}
            {!found.allowed && found.near.length > 0 && (
                <div>
                    <p className="gantry-subtle">Granted of the same kind, but not enough:</p>
                    <div className="gantry-row">
                        {found.near.map((each) => (
                            <Label key={each} isCompact>
                                {each}
                            </Label>
                        ))}
                    </div>
                </div>
            )}
        </div>
    );
}

/** Where a role is defined. */
export const ORIGINS = {
    built_in: 'built in',
    configuration: 'in the configuration',
    organization: 'here',
} as const;
