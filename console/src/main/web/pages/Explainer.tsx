import { Alert, Button, Form, FormGroup, FormSelect, FormSelectOption, Label, TextInput } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Explanation } from '../api/views';
import { RESOURCES } from '../session/resources';
import { covers } from '../session/rights';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { Help } from '../ui/Dialogs';
import { Loaded } from '../ui/Panel';

/** Where a role is defined. */
export const ORIGINS = {
    built_in: 'built in',
    configuration: 'in the configuration',
    organization: 'here',
} as const;

/** What is asked, as the address has it: an answer can be sent to somebody. */
interface Question {
    who: string;
    permission: string;
}

/** Asks whether somebody may do something, and shows which role says so, or what would. */
export function Explainer({ principal }: { principal?: string }) {
    const [search, setSearch] = useSearchParams();
    const asked: Question = { who: principal ?? search.get('who') ?? '', permission: search.get('permission') ?? '' };
    const query = useQuery({
        queryKey: ['explanation', asked],
        queryFn: () =>
            call('post /api/v1/access/explain', {
                body: { permission: asked.permission, ...(asked.who !== '' && { principal: asked.who }) },
            }),
        enabled: asked.permission !== '',
        staleTime: 0,
        retry: false,
    });
    const ask = ({ who, permission }: Question) => {
        if (who === asked.who && permission === asked.permission) {
            void query.refetch();
        }
        setSearch({ ...(principal === undefined && who !== '' && { who }), permission }, { preventScrollReset: true });
    };
    return (
        <div className="gantry-stack">
            <QuestionForm
                key={`${asked.who} ${asked.permission}`}
                asked={asked}
                hasWho={principal === undefined}
                isBusy={query.isFetching}
                onAsk={ask}
            />
            <div role="status">
                {asked.permission !== '' && (
                    <Loaded query={query} what="the answer">
                        {(found) => <Verdict found={found} />}
                    </Loaded>
                )}
            </div>
        </div>
    );
}

function QuestionForm({
    asked,
    hasWho,
    isBusy,
    onAsk,
}: {
    asked: Question;
    hasWho: boolean;
    isBusy: boolean;
    onAsk: (question: Question) => void;
}) {
    const [who, setWho] = useState(asked.who);
    const [permission, setPermission] = useState(asked.permission);
    const [resource = '', action = '', ...rest] = permission.split(':');
    const known = RESOURCES[resource];
    const name = rest.join(':');
    const compose = (of: string, what: string, named: string) =>
        setPermission([of, what, ...(named === '' ? [] : [named])].join(':'));
    const isReady = permission.trim() !== '' && !permission.endsWith(':');
    return (
        <Form
            onSubmit={(event) => {
                event.preventDefault();
                if (isReady) {
                    onAsk({ who: who.trim(), permission: permission.trim() });
                }
            }}
        >
            <div className="gantry-filters gantry-filters-top">
                {hasWho && (
                    <FormGroup label="May" fieldId="explain-who">
                        <TextInput
                            id="explain-who"
                            autoComplete="off"
                            value={who}
                            onChange={(_event, value) => setWho(value)}
                        />
                        <Help>E-mail address or name; you, when empty.</Help>
                    </FormGroup>
                )}
                <FormGroup label="do this" fieldId="explain-action">
                    <FormSelect
                        id="explain-action"
                        value={known?.actions.includes(action) === true ? action : ''}
                        isDisabled={known === undefined}
                        onChange={(_event, value) => compose(resource, value, name)}
                    >
                        <FormSelectOption value="" label="Choose" isDisabled />
                        {known?.actions.map((each) => (
                            <FormSelectOption key={each} value={each} label={each.replace('_', ' ')} />
                        ))}
                    </FormSelect>
                </FormGroup>
                <FormGroup label="with" fieldId="explain-resource">
                    <FormSelect
                        id="explain-resource"
                        value={known === undefined ? '' : resource}
                        onChange={(_event, value) => compose(value, RESOURCES[value]?.actions[0] ?? '', '')}
                    >
                        <FormSelectOption value="" label="Choose" isDisabled />
                        {Object.entries(RESOURCES).map(([id, { title }]) => (
                            <FormSelectOption key={id} value={id} label={title} />
                        ))}
                    </FormSelect>
                </FormGroup>
                {known?.isNamed === true && (
                    <FormGroup label="of this name" fieldId="explain-name">
                        <TextInput
                            id="explain-name"
                            autoComplete="off"
                            placeholder="shared/summarize"
                            value={name}
                            onChange={(_event, value) => compose(resource, action, value)}
                        />
                        <Help>All of them, when empty.</Help>
                    </FormGroup>
                )}
            </div>
            <div className="gantry-filters gantry-filters-top">
                <FormGroup label="Permission" isRequired fieldId="explain-permission" className="gantry-wide">
                    <TextInput
                        id="explain-permission"
                        isRequired
                        className="gantry-code"
                        autoComplete="off"
                        value={permission}
                        onChange={(_event, value) => setPermission(value)}
                    />
                    <Help>
                        What that is called; or write it, such as <code>patterns:execute:shared/summarize</code>.
                    </Help>
                </FormGroup>
                <Button
                    type="submit"
                    variant="secondary"
                    className="gantry-beside-label"
                    isDisabled={!isReady || isBusy}
                    isLoading={isBusy}
                >
                    Explain
                </Button>
            </div>
        </Form>
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
                        {
                            title: 'Held',
                            cell: (grant) => (grant.group === null ? 'directly' : `by group ${grant.group}`),
                        },
                    ]}
                />
            )}
            {!found.allowed && found.near.length > 0 && (
                <div>
                    <p className="gantry-subtle">They have of the same kind, but it does not reach so far:</p>
                    <div className="gantry-row">
                        {found.near.map((each) => (
                            <Label key={each} isCompact>
                                {each}
                            </Label>
                        ))}
                    </div>
                </div>
            )}
            {!found.allowed && found.grants.length === 0 && <Ways found={found} />}
        </div>
    );
}

/** Which roles would grant it, for who may see roles. */
function Ways({ found }: { found: Explanation }) {
    const { may } = useSession();
    const roles = useQuery({
        queryKey: ['roles'],
        queryFn: () => call('get /api/v1/roles'),
        enabled: may('users', 'read'),
    });
    if (roles.data === undefined) {
        return null;
    }
    const granting = roles.data.items.filter((role) => role.permissions.some((each) => covers(each, found.permission)));
    return (
        <div>
            <p className="gantry-subtle">
                {granting.length === 0
                    ? 'No role grants it: make one that does.'
                    : 'Each of these roles would grant it, with all else that it grants:'}
            </p>
            <div className="gantry-row">
                {granting.map((role) => (
                    <Label key={role.name} isCompact color="blue">
                        {role.name}
                    </Label>
                ))}
                <Link to={`/users/${encodeURIComponent(found.principal)}`}>Go to {found.principal}</Link>
            </div>
        </div>
    );
}
