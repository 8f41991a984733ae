import { Alert, Button, DescriptionList, FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { call } from '../api/client';
import type { Review } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { FormDialog, Refusal } from '../ui/Dialogs';
import { DiffView } from '../ui/DiffView';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Term } from '../ui/Term';
import { useUnsaved } from '../ui/unsaved';
import { assetPath } from './assets';
import { ReviewDecision, type Drafts } from './ReviewDecision';

const VERDICTS = { approve: 'approved', request_changes: 'asked for changes', comment: 'commented' } as const;

/** Others work on the same review. */
const REFRESH_MS = 15_000;

/** One review: what changed, what the checks found, what was said, and what is missing. */
export default function ReviewDetails() {
    const { review: id = '' } = useParams();
    const [drafts, setDrafts] = useState<Drafts>({});
    useUnsaved(Object.keys(drafts).length > 0);
    const query = useQuery({
        queryKey: ['review', id],
        queryFn: () => call('get /api/v1/reviews/{review}', { path: { review: id } }),
        refetchInterval: ({ state }) => (state.data?.state === 'open' ? REFRESH_MS : false),
    });
    return (
        <PageFrame
            title={query.data === undefined ? 'Review' : `Review of ${query.data.name}, version ${query.data.version}`}
            lead={query.data?.message}
            actions={
                query.data !== undefined && (
                    <ReviewDecision review={query.data} drafts={drafts} onSent={() => setDrafts({})} />
                )
            }
        >
            <Loaded query={query} what="the review">
                {(review) => (
                    <>
                        <Standing review={review} />
                        <Panel title="What changed">
                            <Changes review={review} drafts={drafts} onDrafts={setDrafts} />
                        </Panel>
                        <Panel title="Checks">
                            <DataTable
                                label="Checks"
                                rows={review.checks}
                                id={(check) => check.name}
                                columns={[
                                    { title: 'Check', cell: (check) => check.name },
                                    { title: 'Result', cell: (check) => <StateLabel state={check.status} /> },
                                    { title: 'Found', cell: (check) => check.detail },
                                ]}
                            />
                        </Panel>
                        <Said review={review} />
                    </>
                )}
            </Loaded>
        </PageFrame>
    );
}

function Standing({ review }: { review: Review }) {
    return (
        <Panel title="Standing">
            <div className="gantry-stack">
                <Outcome review={review} />
                <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                    <Term name="State">
                        <StateLabel state={review.state} />
                    </Term>
                    <Term name="Asset">
                        <Link to={assetPath(review.kind, review.name)}>{review.name}</Link>
                    </Term>
                    <Term name="Handed in">
                        by {review.submitted_by}, <Time at={review.submitted_at} />
                    </Term>
                    <Term name="Approved by">
                        {review.approved_by.join(', ') || 'nobody'} ({review.approved_by.length} of{' '}
                        {review.policy.required_reviews} needed)
                    </Term>
                    <Term name="Who reviews">
                        {review.policy.reviewers.join(', ') || 'whoever may review, but for those who wrote it'}
                    </Term>
                    {review.changes_requested_by.length > 0 && (
                        <Term name="Asked for changes">{review.changes_requested_by.join(', ')}</Term>
                    )}
                    {review.override_reason !== null && (
                        <Term name="Reason of the override">{review.override_reason}</Term>
                    )}
                </DescriptionList>
            </div>
        </Panel>
    );
}

/** Where the review stands, in one sentence, and what follows. */
function Outcome({ review }: { review: Review }) {
    const { session } = useSession();
    const closed = (
        <>
            By {review.closed_by}, <Time at={review.closed_at} />.
        </>
    );
    switch (review.state) {
        case 'published':
            return (
                <Alert component="p" isInline variant="success" title="Published: the version counts as approved">
                    {closed}
                </Alert>
            );
        case 'overridden':
            return (
                <Alert component="p" isInline variant="warning" title="Approved without reviews">
                    {closed}
                </Alert>
            );
        case 'withdrawn':
            return (
                <Alert component="p" isInline variant="info" title="Withdrawn: the version can be handed in again">
                    {closed}
                </Alert>
            );
        case 'superseded':
            return (
                <Alert
                    component="p"
                    isInline
                    variant="warning"
                    title="There is a newer version, which needs a review of its own"
                >
                    <Link to={assetPath(review.kind, review.name)}>Look at the newest version</Link>
                </Alert>
            );
        case 'open':
            return (
                <Alert
                    component="p"
                    isInline
                    variant={review.ready ? 'success' : 'info'}
                    title={review.ready ? 'Nothing is missing: it can be published' : 'Not ready to be published'}
                >
                    {review.missing.length > 0 && (
                        <ul className="gantry-list">
                            {review.missing.map((each) => (
                                <li key={each}>{each}</li>
                            ))}
                        </ul>
                    )}
                    {review.submitted_by === session.user.name && !review.ready && (
                        <p>You handed it in, so others have to approve it.</p>
                    )}
                </Alert>
            );
    }
}

function Changes({ review, drafts, onDrafts }: { review: Review; drafts: Drafts; onDrafts: (drafts: Drafts) => void }) {
    const { id, base_version: base } = review;
    const [line, setLine] = useState<number | null>(null);
    const query = useQuery({
        queryKey: ['review-changes', id],
        queryFn: () => call('get /api/v1/reviews/{review}/changes', { path: { review: id } }),
        staleTime: Infinity,
    });
    const said = review.entries
        .filter((entry) => entry.withdrawn_at === null)
        .flatMap((entry) => entry.lines.map((each) => ({ ...each, who: entry.reviewer, id: entry.id })));
    const without = (at: number) =>
        onDrafts(Object.fromEntries(Object.entries(drafts).filter(([each]) => Number(each) !== at)));
    const at = (number: number) => {
        const here = said.filter((each) => each.line === number);
        const draft = drafts[number];
        return here.length === 0 && draft === undefined ? null : (
            <div className="gantry-remarks">
                {here.map((each) => (
                    <p key={each.id}>
                        <strong>{each.who}</strong>: {each.text}
                    </p>
                ))}
                {draft !== undefined && (
                    <p>
                        <strong>You, not sent yet</strong>: {draft}{' '}
                        <Button variant="link" isInline onClick={() => without(number)}>
                            Remove the remark on line {number}
                        </Button>
                    </p>
                )}
            </div>
        );
    };
    return (
        <>
            <Loaded query={query} what="both versions">
                {({ base_content: before, content: after }) => (
                    <div className="gantry-stack">
                        <p className="gantry-subtle">
                            {base === null
                                ? 'No version was approved before, so all of it is new.'
                                : `Since version ${base}, the approved one.`}
                            {review.state === 'open' && ' Press the number of a line to say something about it.'}
                        </p>
                        <DiffView
                            before={before ?? ''}
                            after={after}
                            remarks={{ at, ...(review.state === 'open' && { open: setLine }) }}
                        />
                    </div>
                )}
            </Loaded>
            {line !== null && (
                <LineRemark
                    line={line}
                    before={drafts[line] ?? ''}
                    onDone={(text) => {
                        onDrafts({ ...drafts, [line]: text });
                        setLine(null);
                    }}
                    onClose={() => setLine(null)}
                />
            )}
        </>
    );
}

function LineRemark({
    line,
    before,
    onDone,
    onClose,
}: {
    line: number;
    before: string;
    onDone: (text: string) => void;
    onClose: () => void;
}) {
    const [text, setText] = useState(before);
    return (
        <FormDialog
            title={`Comment on line ${line}`}
            action="Keep"
            ready={text.trim() !== ''}
            onSubmit={() => onDone(text.trim())}
            onClose={onClose}
        >
            <FormGroup label="Remark" isRequired fieldId="line-remark">
                <TextArea
                    id="line-remark"
                    rows={3}
                    maxLength={10_000}
                    resizeOrientation="vertical"
                    value={text}
                    onChange={(_event, value) => setText(value)}
                />
            </FormGroup>
            <p className="gantry-subtle">It is sent with your decision or comment.</p>
        </FormDialog>
    );
}

function Said({ review }: { review: Review }) {
    const { session } = useSession();
    const client = useQueryClient();
    const takeBack = useMutation({
        mutationFn: (entry: string) =>
            call('delete /api/v1/reviews/{review}/entries/{entry}', { path: { review: review.id, entry } }),
        onSuccess: (next) => client.setQueryData(['review', review.id], next),
    });
    const entries = review.entries.filter((entry) => entry.withdrawn_at === null);
    return (
        <Panel title="What was said">
            <div className="gantry-stack">
                <Refusal error={takeBack.error} />
                {entries.length === 0 && <p className="gantry-subtle">Nothing yet.</p>}
                {entries.map((entry) => (
                    <article key={entry.id} aria-label={`${entry.reviewer} ${VERDICTS[entry.verdict]}`}>
                        <div className="gantry-row">
                            <strong>{entry.reviewer}</strong> {VERDICTS[entry.verdict]}{' '}
                            <span className="gantry-subtle">
                                <Time at={entry.created_at} />
                            </span>
                            {review.state === 'open' && entry.reviewer === session.user.name && (
                                <Button
                                    variant="link"
                                    isInline
                                    isDisabled={takeBack.isPending}
                                    onClick={() => takeBack.mutate(entry.id)}
                                >
                                    Take back
                                </Button>
                            )}
                        </div>
                        {entry.body !== '' && <p className="gantry-words">{entry.body}</p>}
                        {entry.lines.length > 0 && (
                            <ul className="gantry-list">
                                {entry.lines.map((line) => (
                                    <li key={`${line.line} ${line.text}`}>
                                        Line {line.line}: {line.text}
                                    </li>
                                ))}
                            </ul>
                        )}
                    </article>
                ))}
            </div>
        </Panel>
    );
}
