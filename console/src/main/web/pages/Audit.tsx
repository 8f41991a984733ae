import { Button, FormGroup, FormSelect, FormSelectOption, Label, TextInput } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { AuditEvent } from '../api/views';
import { PagedTable, usePaged } from '../ui/DataTable';
import { moment } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { EventDetails } from './EventDetails';
import { Verification } from './Verification';

const RESULTS = { success: 'success', denied: 'warning', failed: 'danger', blocked: 'warning' } as const;
const FILTERS = ['event_type', 'actor', 'resource', 'team', 'result', 'request_id', 'from', 'to'] as const;

type Filter = (typeof FILTERS)[number];
type Filters = Partial<Record<Filter, string>>;

/** The audit log with filters, and whether it is as it was written. */
export default function Audit() {
    const [search, setSearch] = useSearchParams();
    const [shown, setShown] = useState<AuditEvent | null>(null);
    const filters: Filters = Object.fromEntries(
        FILTERS.flatMap((name) => (search.get(name) === null ? [] : [[name, search.get(name)]])),
    );
    const paged = usePaged<AuditEvent>(['audit', filters], (cursor, signal) =>
        call('get /api/v1/audit/events', {
            query: {
                ...filters,
                result: filters.result as AuditEvent['result'] | undefined,
                from: instant(filters.from),
                to: instant(filters.to),
                cursor,
                limit: 25,
            },
            signal,
        }),
    );
    return (
        <PageFrame title="Audit log" lead="Who did what, and with which result. Prompts and secrets are never in it.">
            <Verification />
            <Panel title="Events">
                <div className="gantry-stack">
                    <FilterForm
                        key={search.toString()}
                        filters={filters}
                        onApply={(next) =>
                            setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')))
                        }
                    />
                    <PagedTable
                        paged={paged}
                        label="Events"
                        id={(event) => event.id}
                        columns={[
                            {
                                title: 'Time',
                                cell: (event) => <time dateTime={event.timestamp}>{moment(event.timestamp)}</time>,
                            },
                            {
                                title: 'Event',
                                cell: (event) => (
                                    <Button
                                        variant="link"
                                        isInline
                                        aria-label={`${event.event_type} at ${moment(event.timestamp)}`}
                                        onClick={() => setShown(event)}
                                    >
                                        {event.event_type}
                                    </Button>
                                ),
                            },
                            { title: 'By', cell: (event) => event.actor?.user || '–' },
                            { title: 'What', cell: (event) => event.resource || '–' },
                            {
                                title: 'Result',
                                cell: (event) => (
                                    <Label isCompact status={RESULTS[event.result]}>
                                        {event.result}
                                    </Label>
                                ),
                            },
                        ]}
                        empty={
                            <Teach title="No events" command="gantry audit list">
                                {Object.keys(filters).length > 0
                                    ? 'No event is as these filters ask. Filters must all hold.'
                                    : 'Every change, refusal and execution is written down here.'}
                            </Teach>
                        }
                    />
                </div>
            </Panel>
            {shown !== null && <EventDetails event={shown} onClose={() => setShown(null)} />}
        </PageFrame>
    );
}

/** The field's local time as the server wants it. */
function instant(local: string | undefined): string | undefined {
    const time = local === undefined ? Number.NaN : Date.parse(local);
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function FilterForm({ filters, onApply }: { filters: Filters; onApply: (filters: Filters) => void }) {
    const [draft, setDraft] = useState(filters);
    useEffect(() => setDraft(filters), [JSON.stringify(filters)]);
    const field = (name: Filter, label: string, placeholder: string, type: 'text' | 'datetime-local' = 'text') => (
        <FormGroup label={label} fieldId={`filter-${name}`}>
            <TextInput
                id={`filter-${name}`}
                type={type}
                placeholder={placeholder}
                value={draft[name] ?? ''}
                onChange={(_event, value) => setDraft({ ...draft, [name]: value })}
            />
        </FormGroup>
    );
    return (
        <form
            className="gantry-filters gantry-filters-grid"
            onSubmit={(event) => {
                event.preventDefault();
                onApply(draft);
            }}
        >
            {field('event_type', 'Event', 'key.*')}
            {field('actor', 'By', 'ann@example.com')}
            {field('resource', 'What', 'keys/…')}
            <FormGroup label="Result" fieldId="filter-result">
                <FormSelect
                    id="filter-result"
                    value={draft.result ?? ''}
                    onChange={(_event, value) => setDraft({ ...draft, result: value })}
                >
                    <FormSelectOption value="" label="Any" />
                    {Object.keys(RESULTS).map((each) => (
                        <FormSelectOption key={each} value={each} label={each} />
                    ))}
                </FormSelect>
            </FormGroup>
            {field('from', 'From', '', 'datetime-local')}
            {field('to', 'To', '', 'datetime-local')}
            {field('request_id', 'Request id', '')}
            <div className="gantry-row">
                <Button type="submit" variant="secondary">
                    Filter
                </Button>
                <Button variant="link" onClick={() => onApply({})}>
                    Clear
                </Button>
            </div>
        </form>
    );
}
