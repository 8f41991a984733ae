import { Button, FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, Problem } from '../api/client';
import type { Review } from '../api/views';
import { useSession } from '../session/session';
import { Confirm, FormDialog, Help, Refusal } from '../ui/Dialogs';
import { resourceOf } from './assets';

type Verdict = 'approve' | 'request_changes' | 'comment';

type Asking = Verdict | 'publish' | 'withdraw' | 'override';

const TITLES: Record<Verdict, string> = {
    approve: 'Approve this version',
    request_changes: 'Ask for changes',
    comment: 'Comment',
};

const REASON_LEAST = 10;

/** Remarks on single lines that are not sent yet, by line. */
export type Drafts = Readonly<Record<number, string>>;

/** What one may do about a review. When somebody else was faster, the review is shown as it is by then. */
export function ReviewDecision({
    review,
    drafts,
    onSent,
}: {
    review: Review;
    drafts: Drafts;
    onSent: () => void;
}) {
    const { session, may } = useSession();
    const client = useQueryClient();
    const [asking, setAsking] = useState<Asking | null>(null);
    const [body, setBody] = useState('');
    const show = (next: Review) => {
        client.setQueryData(['review', review.id], next);
        void client.invalidateQueries({ queryKey: ['reviews'] });
        void client.invalidateQueries({ queryKey: ['asset', review.kind, review.name] });
    };
    const path = { review: review.id };
    const act = useMutation({
        mutationFn: (what: Asking | 'check') => {
            const lines = Object.entries(drafts).map(([line, text]) => ({ line: Number(line), text }));
            switch (what) {
                case 'check':
                    return call('post /api/v1/reviews/{review}/checks', { path });
                case 'publish':
                    return call('post /api/v1/reviews/{review}/publish', { path });
                case 'withdraw':
                    return call('delete /api/v1/reviews/{review}', { path });
                case 'override':
                    return call('post /api/v1/reviews/{review}/override', { path, body: { reason: body.trim() } });
                default:
                    return call('post /api/v1/reviews/{review}/entries', {
                        path,
                        body: { verdict: what, body: body.trim(), ...(lines.length > 0 && { lines }) },
                    });
            }
        },
        onSuccess: (next, what) => {
            show(next);
            setAsking(null);
            setBody('');
            if (what === 'approve' || what === 'request_changes' || what === 'comment') {
                onSent();
            }
        },
        onError: (failure) => {
            // Others may have decided, or written a newer version, since this page was loaded.
            if (failure instanceof Problem && failure.status === 409) {
                void client.invalidateQueries({ queryKey: ['review', review.id] });
            }
        },
    });
    const ask = (what: Asking) => {
        act.reset();
        setAsking(what);
    };
    const close = () => {
        setAsking(null);
        setBody('');
    };
    const own = review.submitted_by === session.user.name;
    const remarks = Object.keys(drafts).length;
    const isVerdict = asking === 'approve' || asking === 'request_changes' || asking === 'comment';
    return (
        <>
            {review.state === 'open' && (
                <>
                    {!own && <Button onClick={() => ask('approve')}>Approve</Button>}
                    {!own && (
                        <Button variant="secondary" onClick={() => ask('request_changes')}>
                            Ask for changes
                        </Button>
                    )}
                    <Button variant="secondary" onClick={() => ask('comment')}>
                        Comment
                    </Button>
                    {review.ready && (
                        <Button variant={own ? 'primary' : 'secondary'} onClick={() => ask('publish')}>
                            Publish
                        </Button>
                    )}
                    <Button variant="secondary" isDisabled={act.isPending} onClick={() => act.mutate('check')}>
                        Check again
                    </Button>
                    {!review.ready && may(resourceOf(review.kind), 'override') && (
                        <Button variant="secondary" isDanger onClick={() => ask('override')}>
                            Override
                        </Button>
                    )}
                    {own && (
                        <Button variant="secondary" isDanger onClick={() => ask('withdraw')}>
                            Withdraw
                        </Button>
                    )}
                </>
            )}
            {asking === null && <Refusal error={act.error} />}
            {isVerdict && (
                <FormDialog
                    title={TITLES[asking]}
                    action="Send"
                    mutation={act}
                    ready={asking === 'approve' || body.trim() !== '' || remarks > 0}
                    onSubmit={() => act.mutate(asking)}
                    onClose={close}
                >
                    {asking === 'approve' && (
                        <p>
                            Your approval is for version {review.version} as it is shown here. A new version needs
                            approvals of its own.
                        </p>
                    )}
                    <FormGroup label="Comment" isRequired={asking !== 'approve' && remarks === 0} fieldId="review-body">
                        <Text id="review-body" value={body} onChange={setBody} />
                        {remarks > 0 && (
                            <Help>
                                Sent with {remarks === 1 ? 'your remark on one line' : `your remarks on ${remarks} lines`}.
                            </Help>
                        )}
                    </FormGroup>
                </FormDialog>
            )}
            {asking === 'override' && (
                <FormDialog
                    title="Approve without reviews?"
                    action="Override"
                    danger
                    mutation={act}
                    ready={body.trim().length >= REASON_LEAST}
                    onSubmit={() => act.mutate('override')}
                    onClose={close}
                >
                    <p>
                        For emergencies: the version counts as approved at once, although{' '}
                        {review.missing.join('; ') || 'not all is there'}. The reason stays with the version and in the
                        audit log.
                    </p>
                    <FormGroup label="Reason" isRequired fieldId="review-reason">
                        <Text id="review-reason" value={body} onChange={setBody} />
                        <Help>At least {REASON_LEAST} characters.</Help>
                    </FormGroup>
                </FormDialog>
            )}
            {asking === 'publish' && (
                <Confirm
                    title={`Publish version ${review.version}?`}
                    action="Publish"
                    mutation={act}
                    onConfirm={() => act.mutate('publish')}
                    onClose={close}
                >
                    It counts as approved from then on. An approval is never taken back: publish a better version, or
                    roll back and have that approved.
                </Confirm>
            )}
            {asking === 'withdraw' && (
                <Confirm
                    title="Withdraw this review?"
                    action="Withdraw"
                    mutation={act}
                    onConfirm={() => act.mutate('withdraw')}
                    onClose={close}
                >
                    It ends without a result; the version can be handed in again.
                </Confirm>
            )}
        </>
    );
}

function Text({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }) {
    return (
        <TextArea
            id={id}
            rows={4}
            maxLength={10_000}
            resizeOrientation="vertical"
            value={value}
            onChange={(_event, next) => onChange(next)}
        />
    );
}
