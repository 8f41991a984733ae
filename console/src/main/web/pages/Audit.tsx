import { Button, FormGroup, FormSelect, FormSelectOption, Label, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { AuditEvent } from '../api/views';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged } from '../ui/DataTable';
import { moment } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { instantOf, typedOf, zoneName } from '../ui/zone';
import { EventDetails } from './EventDetails';
import { Verification } from './Verification';

/** The length of a day and time of it with seconds. */
const WITH_SECONDS = '2026-11-21T17:30:05'.length;
const RESULTS = { success: 'success', denied: 'warning', failed: 'danger', blocked: 'warning' } as const;
const FILTERS = ['event_type', 'actor', 'resource', 'team', 'result', 'request_id', 'from', 'to'] as const;

type Filter = (typeof FILTERS)[number];

/** Those that are instants in the address, so that it means the same wherever it is opened. */
const TIMES: ReadonlySet<Filter> = new Set(['from', 'to']);

type Filters = Partial<Record<Filter, string>>;

/** The audit log with filters, and whether it is as it was written. */
export default function Audit() {
    const [search, setSearch] = useSearchParams();
    const [shown, setShown] = useState<AuditEvent | null>(null);
    const filters = chosen((name) => search.get(name));
    const paged = usePaged<AuditEvent>(['audit', filters], (cursor, signal) =>
        call('get /api/v1/audit/events', {
            query: {
                ...filters,
                result: filters.result as AuditEvent['result'] | undefined,
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
                        onApply={(next) => setSearch(chosen((name) => next[name]) as Record<string, string>)}
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
                                        <Breakable text={event.event_type} />
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

/** What is asked for, of what was typed or stands in the address; times as instants. */
function chosen(typed: (name: Filter) => string | null | undefined): Filters {
    return Object.fromEntries(
        FILTERS.flatMap((name) => {
            const value = typed(name) ?? '';
            const read = TIMES.has(name) ? instantOf(value) : value;
            return read === undefined || read === '' ? [] : [[name, read]];
        }),
    );
}

/** An instant as its field shows it. */
function shownTime(instant: string | undefined): string {
    return instant === undefined ? '' : typedOf(instant);
}

function FilterForm({ filters, onApply }: { filters: Filters; onApply: (filters: Filters) => void }) {
    const [draft, setDraft] = useState<Filters>({
        ...filters,
        from: shownTime(filters.from),
        to: shownTime(filters.to),
    });
    const field = (name: Filter, label: string, placeholder: string) => {
        const value = draft[name] ?? '';
        const isTime = TIMES.has(name);
        return (
            <FormGroup label={isTime ? `${label} (${zoneName()})` : label} fieldId={`filter-${name}`}>
                <TextInput
                    id={`filter-${name}`}
                    type={isTime ? 'datetime-local' : 'text'}
                    // An instant of the address may have seconds, which a field for minutes would refuse.
                    step={isTime && value.length >= WITH_SECONDS ? 1 : undefined}
                    placeholder={placeholder}
                    value={value}
                    onChange={(_event, next) => setDraft({ ...draft, [name]: next })}
                />
            </FormGroup>
        );
    };
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
            {field('from', 'From', '')}
            {field('to', 'To', '')}
            {field('request_id', 'Request id', '')}
            <div className="gantry-row">
                <Button type="submit" variant="secondary">
                    Filter
                </Button>
                <Button
                    variant="link"
                    onClick={() => {
                        setDraft({});
                        onApply({});
                    }}
                >
                    Clear
                </Button>
            </div>
        </form>
    );
}
