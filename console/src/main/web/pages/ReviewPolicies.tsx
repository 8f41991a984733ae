import { Button, Checkbox, FormGroup, Label, NumberInput, TextArea, TextInput } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { ReviewPolicy } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { Confirm, FormDialog, Help } from '../ui/Dialogs';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { RowActions } from '../ui/RowActions';
import { Teach } from '../ui/Teach';

const REVIEWS_MAX = 20;

type Open = { what: 'put'; policy: ReviewPolicy | null } | { what: 'delete'; policy: ReviewPolicy };

/** In words, what a policy is about. */
function about(namespace: string): string {
    return namespace === '*' ? 'shared and all teams' : namespace === '~' ? 'all users' : namespace;
}

/** What is asked of versions in each namespace, and who reviews them. */
export default function ReviewPolicies() {
    const { may } = useSession();
    const client = useQueryClient();
    const [open, setOpen] = useState<Open | null>(null);
    const query = useQuery({ queryKey: ['review-policies'], queryFn: () => call('get /api/v1/review-policies') });
    const changed = () => {
        setOpen(null);
        void client.invalidateQueries({ queryKey: ['review-policies'] });
    };
    const remove = useMutation({
        mutationFn: (policy: ReviewPolicy) =>
            call('delete /api/v1/review-policies/{namespace}', { path: { namespace: policy.namespace } }),
        onSuccess: changed,
    });
    return (
        <PageFrame
            title="Review policies"
            lead="How many people have to approve a version before it counts, who they are, and whether only approved versions run. The most particular policy holds."
            actions={
                may('policies', 'update') && (
                    <Button onClick={() => setOpen({ what: 'put', policy: null })}>Set a policy</Button>
                )
            }
        >
            <Panel title="Policies">
                <Loaded query={query} what="policies">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No policies" command="gantry reviews set-policy NAMESPACE --required 2">
                                A policy asks for reviews of what is written in a namespace.
                            </Teach>
                        ) : (
                            <DataTable
                                label="Policies"
                                rows={items}
                                id={(policy) => policy.namespace}
                                columns={[
                                    { title: 'For', cell: (policy) => about(policy.namespace) },
                                    {
                                        title: 'Approvals',
                                        cell: (policy) => (policy.enabled ? policy.required_reviews : 'none asked for'),
                                    },
                                    { title: 'By', cell: (policy) => <Reviewers policy={policy} /> },
                                    {
                                        title: 'What runs',
                                        cell: (policy) =>
                                            policy.require_approved ? 'approved versions only' : 'every version',
                                    },
                                    {
                                        title: 'Protected labels',
                                        cell: (policy) => <Names names={policy.protected_labels} none="none" />,
                                    },
                                    {
                                        title: 'Actions',
                                        hiddenTitle: true,
                                        cell: (policy) => (
                                            <RowActions
                                                label={about(policy.namespace)}
                                                actions={[
                                                    may('policies', 'update') && {
                                                        title: 'Change',
                                                        onClick: () => setOpen({ what: 'put', policy }),
                                                    },
                                                    may('policies', 'delete') && {
                                                        title: 'Take away',
                                                        isDanger: true,
                                                        onClick: () => setOpen({ what: 'delete', policy }),
                                                    },
                                                ]}
                                            />
                                        ),
                                    },
                                ]}
                            />
                        )
                    }
                </Loaded>
            </Panel>
            {open?.what === 'put' && <PutPolicy policy={open.policy} onClose={() => setOpen(null)} onDone={changed} />}
            {open?.what === 'delete' && (
                <Confirm
                    title={`Take the policy for ${about(open.policy.namespace)} away?`}
                    action="Take away"
                    mutation={remove}
                    onConfirm={() => remove.mutate(open.policy)}
                    onClose={() => {
                        remove.reset();
                        setOpen(null);
                    }}
                >
                    The next wider policy holds then, or that of the configuration. Reviews that are open are decided by
                    it.
                </Confirm>
            )}
        </PageFrame>
    );
}

function Names({ names, none }: { names: string[]; none: string }) {
    return names.length === 0 ? (
        <>{none}</>
    ) : (
        <div className="gantry-row">
            {names.map((each) => (
                <Label key={each} isCompact variant="outline">
                    {each}
                </Label>
            ))}
        </div>
    );
}

function Reviewers({ policy }: { policy: ReviewPolicy }) {
    return policy.enabled ? <Names names={policy.reviewers} none="whoever may review" /> : <>–</>;
}

function lines(text: string): string[] {
    return text
        .split(/[\n,]+/)
        .map((each) => each.trim())
        .filter((each) => each !== '');
}

function PutPolicy({
    policy,
    onClose,
    onDone,
}: {
    policy: ReviewPolicy | null;
    onClose: () => void;
    onDone: () => void;
}) {
    const [namespace, setNamespace] = useState(policy?.namespace ?? '');
    const [required, setRequired] = useState(policy?.required_reviews ?? 1);
    const [reviewers, setReviewers] = useState(policy?.reviewers.join('\n') ?? '');
    const [approvedOnly, setApprovedOnly] = useState(policy?.require_approved ?? false);
    const [labels, setLabels] = useState(policy?.protected_labels.join('\n') ?? 'production');
    const put = useMutation({
        mutationFn: () =>
            call('put /api/v1/review-policies/{namespace}', {
                path: { namespace: namespace.trim() },
                body: {
                    required_reviews: required,
                    reviewers: lines(reviewers),
                    require_approved: approvedOnly,
                    protected_labels: lines(labels),
                },
            }),
        onSuccess: onDone,
    });
    const within = (value: number) => Math.min(REVIEWS_MAX, Math.max(1, Math.round(value) || 1));
    return (
        <FormDialog
            title={policy === null ? 'Set a policy' : `Change the policy for ${about(policy.namespace)}`}
            action="Set"
            mutation={put}
            ready={namespace.trim() !== ''}
            onSubmit={() => put.mutate()}
            onClose={onClose}
        >
            {policy === null && (
                <FormGroup label="Namespace" isRequired fieldId="policy-namespace">
                    <TextInput
                        id="policy-namespace"
                        isRequired
                        list="policy-namespaces"
                        autoComplete="off"
                        value={namespace}
                        onChange={(_event, value) => setNamespace(value)}
                    />
                    <datalist id="policy-namespaces">
                        <option value="*">shared and all teams</option>
                        <option value="~">all users</option>
                        <option value="shared" />
                    </datalist>
                    <Help>
                        A team, <code>shared</code>, <code>*</code> for shared and all teams, or <code>~</code> for all
                        users.
                    </Help>
                </FormGroup>
            )}
            <FormGroup label="Approvals needed" fieldId="policy-required">
                <NumberInput
                    id="policy-required"
                    inputName="policy-required"
                    inputAriaLabel="Approvals needed"
                    minusBtnAriaLabel="One less"
                    plusBtnAriaLabel="One more"
                    min={1}
                    max={REVIEWS_MAX}
                    value={required}
                    onMinus={() => setRequired(within(required - 1))}
                    onPlus={() => setRequired(within(required + 1))}
                    onChange={(event) => setRequired(within(Number(event.currentTarget.value)))}
                />
                <Help>Whoever wrote or handed in a version never counts.</Help>
            </FormGroup>
            <FormGroup label="Reviewers" fieldId="policy-reviewers">
                <TextArea
                    id="policy-reviewers"
                    rows={3}
                    resizeOrientation="vertical"
                    value={reviewers}
                    onChange={(_event, value) => setReviewers(value)}
                />
                <Help>
                    Users, teams or groups, one a line; with none, whoever has the permission{' '}
                    <code>patterns:review</code>.
                </Help>
            </FormGroup>
            <Checkbox
                id="policy-approved"
                label="Only approved versions run"
                description="A plain name then means the newest approved version, so that saving a draft stops nobody."
                isChecked={approvedOnly}
                onChange={(_event, on) => setApprovedOnly(on)}
            />
            <FormGroup label="Protected labels" fieldId="policy-labels">
                <TextArea
                    id="policy-labels"
                    rows={2}
                    resizeOrientation="vertical"
                    value={labels}
                    onChange={(_event, value) => setLabels(value)}
                />
                <Help>
                    One a line; moving one takes the permission <code>patterns:promote</code>.
                </Help>
            </FormGroup>
        </FormDialog>
    );
}
