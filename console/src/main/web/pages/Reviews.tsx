import { FormSelect, FormSelectOption } from '@patternfly/react-core';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { ReviewSummary } from '../api/views';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged } from '../ui/DataTable';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';

const STATES = ['open', 'published', 'overridden', 'withdrawn', 'superseded'] as const;

/** Reviews of versions, the newest first. */
export default function Reviews() {
    const [search, setSearch] = useSearchParams();
    const chosen = search.get('state') ?? 'open';
    const state = STATES.find((each) => each === chosen);
    const paged = usePaged<ReviewSummary>(['reviews', state], (cursor, signal) =>
        call('get /api/v1/reviews', { query: { state, cursor, limit: 25 }, signal }),
    );
    return (
        <PageFrame title="Reviews" lead="Versions that others look at before they count as approved.">
            <Panel title="Reviews">
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <FormSelect
                            aria-label="State"
                            value={chosen}
                            onChange={(_event, value) => setSearch({ state: value }, { replace: true })}
                        >
                            <FormSelectOption value="any" label="In any state" />
                            {STATES.map((each) => (
                                <FormSelectOption key={each} value={each} label={each} />
                            ))}
                        </FormSelect>
                    </div>
                    <PagedTable
                        paged={paged}
                        label="Reviews"
                        id={(review) => review.id}
                        columns={[
                            {
                                title: 'Asset',
                                cell: (review) => (
                                    <Link to={`/reviews/${review.id}`}>
                                        <Breakable text={`${review.name}, version ${review.version}`} />
                                    </Link>
                                ),
                            },
                            { title: 'State', cell: (review) => <StateLabel state={review.state} /> },
                            { title: 'Handed in by', cell: (review) => review.submitted_by },
                            { title: 'When', cell: (review) => <Time at={review.submitted_at} /> },
                            { title: 'Message', cell: (review) => review.message, sentences: true },
                        ]}
                        empty={
                            <Teach title={state === 'open' ? 'Nothing to review' : 'No such reviews'}>
                                Hand a pattern or workflow in for review on its page in the registry.
                            </Teach>
                        }
                    />
                </div>
            </Panel>
        </PageFrame>
    );
}
