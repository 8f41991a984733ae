import { Button, FormGroup, TextArea } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { Run, RunStep } from '../api/views';
import { useSession } from '../session/session';
import { FormDialog } from '../ui/Dialogs';
import { Time } from '../ui/format';
import { Panel } from '../ui/Panel';

/** What people are asked before the run goes on. */
export function RunApprovals({ run }: { run: Run }) {
    const [deciding, setDeciding] = useState<{ step: RunStep; approve: boolean } | null>(null);
    const waiting = run.steps.filter((step) => step.state === 'waiting' && (step.approvers?.length ?? 0) > 0);
    return (
        <>
            {waiting.length > 0 && (
                <Panel title="Waits for a decision">
                    <div className="gantry-stack">
                        {waiting.map((step) => (
                            <Question
                                key={step.path}
                                step={step}
                                onDecide={(approve) => setDeciding({ step, approve })}
                            />
                        ))}
                    </div>
                </Panel>
            )}
            {/* It stays when somebody else decided meanwhile, so that one reads why one's own decision did not count. */}
            {deciding !== null && <Decision run={run} {...deciding} onClose={() => setDeciding(null)} />}
        </>
    );
}

function Question({ step, onDecide }: { step: RunStep; onDecide: (approve: boolean) => void }) {
    const { may } = useSession();
    return (
        <div className="gantry-stack">
            <p className="gantry-words">{message(step)}</p>
            <p className="gantry-subtle">
                {step.title}: {step.approvers?.join(', ')} may decide.
                {step.due_at !== null && (
                    <>
                        {' '}
                        The time for it ends <Time at={step.due_at} />.
                    </>
                )}
            </p>
            {may('runs', 'execute') && (
                <div className="gantry-row">
                    <Button onClick={() => onDecide(true)}>Approve</Button>
                    <Button variant="secondary" isDanger onClick={() => onDecide(false)}>
                        Reject
                    </Button>
                </div>
            )}
        </div>
    );
}

function message(step: RunStep): string {
    const asked = step.waits_for as { message?: unknown } | undefined;
    return typeof asked?.message === 'string' && asked.message !== '' ? asked.message : step.title;
}

function Decision({
    run,
    step,
    approve,
    onClose,
}: {
    run: Run;
    step: RunStep;
    approve: boolean;
    onClose: () => void;
}) {
    const client = useQueryClient();
    const [comment, setComment] = useState('');
    const again = () => void client.invalidateQueries({ queryKey: ['run', run.id] });
    const decide = useMutation({
        mutationFn: () =>
            call(`post /api/v1/runs/{run}/${approve ? 'approve' : 'reject'}`, {
                path: { run: run.id },
                body: { step: step.path, ...(comment.trim() !== '' && { comment: comment.trim() }) },
            }),
        onSuccess: () => {
            onClose();
            again();
        },
        onError: again,
    });
    const action = approve ? 'Approve' : 'Reject';
    return (
        <FormDialog
            title={`${action} ${step.title}`}
            action={action}
            danger={!approve}
            mutation={decide}
            ready
            onSubmit={() => decide.mutate()}
            onClose={onClose}
        >
            <FormGroup label="Comment" fieldId="decision-comment">
                <TextArea
                    id="decision-comment"
                    rows={3}
                    maxLength={2_000}
                    value={comment}
                    onChange={(_event, value) => setComment(value)}
                />
            </FormGroup>
        </FormDialog>
    );
}
