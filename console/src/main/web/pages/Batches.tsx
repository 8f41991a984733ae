import { Button, Progress, ProgressMeasureLocation, Switch } from '@patternfly/react-core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Batch } from '../api/views';
import { useSession } from '../session/session';
import { CopyId } from '../ui/CopyId';
import { PagedTable, usePaged } from '../ui/DataTable';
import { Confirm } from '../ui/Dialogs';
import { count, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { RowActions } from '../ui/RowActions';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { NewBatch } from './NewBatch';

const AGAIN_MS = 3_000;
const ID_SHOWN = 8;

type Open = { what: 'new' } | { what: 'cancel' | 'delete'; batch: Batch };

/** Many requests handed in at once, and how far they are. */
export default function Batches() {
    const { may, session } = useSession();
    const [search, setSearch] = useSearchParams();
    const all = search.get('all') === 'true' && may('runs', 'read');
    const [open, setOpen] = useState<Open | null>(null);
    const client = useQueryClient();
    const paged = usePaged<Batch>(['batches', all], (cursor, signal) =>
        call('get /api/v1/batches', { query: { all: all || undefined, cursor, limit: 25 }, signal }),
    );
    const isLive = paged.query.data?.items.some((batch) => batch.status !== 'finished') === true;
    useEffect(() => {
        if (!isLive) {
            return undefined;
        }
        const timer = setInterval(() => void client.invalidateQueries({ queryKey: ['batches'] }), AGAIN_MS);
        return () => clearInterval(timer);
    }, [isLive, client]);
    const changed = () => {
        setOpen(null);
        void client.invalidateQueries({ queryKey: ['batches'] });
    };
    const end = useMutation<unknown, Error, Open & { batch: Batch }>({
        mutationFn: ({ what, batch }) =>
            what === 'cancel'
                ? call('post /api/v1/batches/{batch}/cancel', { path: { batch: batch.id } })
                : call('delete /api/v1/batches/{batch}', { path: { batch: batch.id } }),
        onSuccess: changed,
    });
    const isOwn = (batch: Batch) => batch.submitted_by === session.user.name;
    return (
        <PageFrame
            title="Batches"
            lead="Many requests handed in at once and answered in the background, each on your rights. What was accepted is not lost."
            actions={<Button onClick={() => setOpen({ what: 'new' })}>Hand in a batch</Button>}
        >
            <Panel
                title="Batches"
                actions={
                    may('runs', 'read') && (
                        <Switch
                            id="batches-all"
                            label="Of everybody"
                            isChecked={all}
                            onChange={(_event, on) => setSearch(on ? { all: 'true' } : {}, { replace: true })}
                        />
                    )
                }
            >
                <PagedTable
                    paged={paged}
                    label="Batches"
                    id={(batch) => batch.id}
                    columns={[
                        {
                            title: 'Batch',
                            cell: (batch) => (
                                <>
                                    {batch.name !== null && <div>{batch.name}</div>}
                                    <CopyId
                                        id={batch.id}
                                        what={`the id of ${batch.name ?? 'the batch'}`}
                                        length={ID_SHOWN}
                                    />
                                </>
                            ),
                        },
                        { title: 'State', cell: (batch) => <StateLabel state={batch.status} /> },
                        { title: 'Answered', cell: (batch) => <Answered batch={batch} /> },
                        { title: 'By', cell: (batch) => batch.submitted_by },
                        { title: 'Handed in', cell: (batch) => <Time at={batch.created_at} /> },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (batch) => (
                                <div className="gantry-row gantry-keep">
                                    <a
                                        className="gantry-link"
                                        href={`/api/v1/batches/${batch.id}/results`}
                                        download={`${batch.name ?? batch.id}.jsonl`}
                                    >
                                        Results
                                        <span className="pf-v6-screen-reader"> of {batch.name ?? batch.id}</span>
                                    </a>
                                    <RowActions
                                        label={batch.name ?? batch.id}
                                        actions={[
                                            batch.status === 'running' &&
                                                (isOwn(batch) || may('runs', 'update')) && {
                                                    title: 'Cancel',
                                                    isDanger: true,
                                                    onClick: () => setOpen({ what: 'cancel', batch }),
                                                },
                                            batch.status === 'finished' &&
                                                (isOwn(batch) || may('runs', 'delete')) && {
                                                    title: 'Delete',
                                                    isDanger: true,
                                                    onClick: () => setOpen({ what: 'delete', batch }),
                                                },
                                        ]}
                                    />
                                </div>
                            ),
                        },
                    ]}
                    empty={
                        <Teach title="No batches" command="gantry batches submit --pattern summarize reports/*.md">
                            A batch is a file with a request on each line. Its requests go through the gate one by one,
                            behind everything that people wait for.
                        </Teach>
                    }
                />
            </Panel>
            {open?.what === 'new' && <NewBatch onClose={() => setOpen(null)} onDone={changed} />}
            {open !== null && open.what !== 'new' && (
                <Confirm
                    title={open.what === 'cancel' ? 'Cancel this batch?' : 'Delete this batch and its results?'}
                    action={open.what === 'cancel' ? 'Cancel the batch' : 'Delete'}
                    mutation={end}
                    onConfirm={() => end.mutate(open)}
                    onClose={() => {
                        end.reset();
                        setOpen(null);
                    }}
                >
                    {open.what === 'cancel'
                        ? 'What has not begun is not sent; what is under way comes to its end. Results so far stay.'
                        : 'Its results cannot be brought back.'}
                </Confirm>
            )}
        </PageFrame>
    );
}

function Answered({ batch }: { batch: Batch }) {
    const { total, open, failed, cancelled, expired } = batch.requests;
    const told = [
        failed > 0 && `${count(failed)} failed`,
        cancelled > 0 && `${count(cancelled)} cancelled`,
        expired > 0 && `${count(expired)} expired`,
    ].filter((each) => each !== false);
    return (
        <div className="gantry-share">
            <Progress
                aria-label={`Answered of ${batch.name ?? batch.id}`}
                size="sm"
                value={total === 0 ? 100 : Math.round(((total - open) / total) * 100)}
                label={`${count(total - open)} of ${count(total)}`}
                measureLocation={ProgressMeasureLocation.outside}
                variant={failed + expired > 0 ? 'warning' : open === 0 ? 'success' : undefined}
            />
            {told.length > 0 && <span className="gantry-subtle">{told.join(', ')}</span>}
        </div>
    );
}
