import { FormSelect, FormSelectOption, Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { UsageLine } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { compact, count, dollars } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Loading, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { Budgets } from './Budgets';

const Bars = lazy(() => import('./Bars'));

const DIMENSIONS = ['model', 'team', 'project', 'principal', 'pattern'] as const;
const DAY_MS = 86_400_000;
const SPANS = [7, 30, 90] as const;

/** What the chart can show of a day. */
const MEASURES = {
    cost: { title: 'Cost', unit: 'US dollars', of: (line: UsageLine) => line.cost.micro_usd, show: dollars },
    requests: { title: 'Requests', unit: 'requests', of: (line: UsageLine) => line.requests, show: count },
    tokens: {
        title: 'Tokens',
        unit: 'tokens, in and out',
        of: (line: UsageLine) => line.input_tokens + line.output_tokens,
        show: count,
    },
} as const;

type Measure = keyof typeof MEASURES;

type Dimension = (typeof DIMENSIONS)[number];

/** What was used and what it cost, and how budgets stand. */
export default function Usage() {
    const [search, setSearch] = useSearchParams();
    const tab = search.get('tab') ?? 'usage';
    const { may } = useSession();
    return (
        <PageFrame
            title="Usage and budgets"
            lead={
                may('budgets', 'read')
                    ? 'What requests used and cost, and how much of each budget is left.'
                    : 'What your requests used and cost, and how much is left of the budgets that you may see.'
            }
        >
            <Tabs
                activeKey={tab}
                onSelect={(_event, key) => setSearch({ tab: String(key) }, { replace: true })}
                aria-label="Usage or budgets"
            >
                <Tab eventKey="usage" title={<TabTitleText>Usage</TabTitleText>}>
                    {tab === 'usage' && <Consumption />}
                </Tab>
                <Tab eventKey="budgets" title={<TabTitleText>Budgets</TabTitleText>}>
                    {tab === 'budgets' && (
                        <div className="gantry-tab">
                            <Budgets />
                        </div>
                    )}
                </Tab>
            </Tabs>
        </PageFrame>
    );
}

function Consumption() {
    const [search, setSearch] = useSearchParams();
    const days = SPANS.find((each) => String(each) === search.get('days')) ?? 30;
    const by: Dimension = DIMENSIONS.find((each) => each === search.get('by')) ?? 'model';
    const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS).toISOString();
    const measure = (Object.keys(MEASURES) as Measure[]).find((each) => each === search.get('show')) ?? 'cost';
    const choose = (name: string, value: string) => {
        const next = new URLSearchParams(search);
        next.set(name, value);
        setSearch(next, { replace: true });
    };
    return (
        <div className="gantry-stack gantry-tab">
            <div className="gantry-filters">
                <FormSelect aria-label="Period" value={days} onChange={(_event, value) => choose('days', value)}>
                    {SPANS.map((each) => (
                        <FormSelectOption key={each} value={each} label={`Last ${each} days`} />
                    ))}
                </FormSelect>
                <FormSelect aria-label="Show" value={measure} onChange={(_event, value) => choose('show', value)}>
                    {(Object.keys(MEASURES) as Measure[]).map((each) => (
                        <FormSelectOption key={each} value={each} label={MEASURES[each].title} />
                    ))}
                </FormSelect>
                <FormSelect aria-label="Sum by" value={by} onChange={(_event, value) => choose('by', value)}>
                    {DIMENSIONS.map((each) => (
                        <FormSelectOption
                            key={each}
                            value={each}
                            label={`By ${each === 'principal' ? 'user' : each}`}
                        />
                    ))}
                </FormSelect>
            </div>
            <Days from={from} days={days} measure={measure} />
            <Lines from={from} by={by} />
        </div>
    );
}

/** Each day of the period, also those on which nothing happened. */
function filled(lines: UsageLine[], from: string, days: number, measure: Measure) {
    const known = new Map(lines.map((line) => [line.day?.slice(0, 10), line]));
    return Array.from({ length: days }, (_each, index) => {
        const day = new Date(Date.parse(from) + index * DAY_MS).toISOString().slice(0, 10);
        const line = known.get(day);
        return { day, value: line === undefined ? 0 : MEASURES[measure].of(line), line };
    });
}

function Days({ from, days, measure }: { from: string; days: number; measure: Measure }) {
    const { title, unit, show } = MEASURES[measure];
    const query = useQuery({
        queryKey: ['usage', 'day', from],
        queryFn: () => call('get /api/v1/usage', { query: { group_by: 'day', from } }),
    });
    return (
        <Panel title={`${title} by day`}>
            <Loaded query={query} what="usage by day">
                {({ items, total }) =>
                    items.length === 0 ? (
                        <Teach title="Nothing was used yet" command="gantry run summarize FILE">
                            Each request is written down with its tokens and its cost; here you see them day by day.
                        </Teach>
                    ) : (
                        <div className="gantry-stack">
                            <div className="gantry-figures">
                                <div>
                                    <div className="gantry-figure">{dollars(total.cost.micro_usd)}</div>
                                    <div className="gantry-subtle">cost</div>
                                </div>
                                <div>
                                    <div className="gantry-figure">{compact(total.requests)}</div>
                                    <div className="gantry-subtle">requests</div>
                                </div>
                                <div>
                                    <div className="gantry-figure">
                                        {compact(total.input_tokens + total.output_tokens)}
                                    </div>
                                    <div className="gantry-subtle">tokens</div>
                                </div>
                            </div>
                            {items.every((line) => MEASURES[measure].of(line) === 0) ? (
                                <p>
                                    {measure === 'cost'
                                        ? 'All of it was free of cost: nothing to draw.'
                                        : 'Nothing to draw in this period.'}
                                </p>
                            ) : (
                                <Suspense fallback={<Loading what="the chart" />}>
                                    <Bars
                                        title={title}
                                        unit={unit}
                                        show={show}
                                        rows={filled(items, from, days, measure)}
                                    />
                                </Suspense>
                            )}
                            <details>
                                <summary>The chart as a table</summary>
                                <DataTable
                                    label={`${title} by day`}
                                    rows={filled(items, from, days, measure).filter((row) => row.line !== undefined)}
                                    id={(row) => row.day}
                                    columns={[
                                        { title: 'Day', cell: (row) => row.day },
                                        {
                                            title: 'Requests',
                                            cell: (row) => count(row.line?.requests ?? 0),
                                            numeric: true,
                                        },
                                        {
                                            title: 'Tokens',
                                            cell: (row) =>
                                                count((row.line?.input_tokens ?? 0) + (row.line?.output_tokens ?? 0)),
                                            numeric: true,
                                        },
                                        {
                                            title: 'Cost',
                                            cell: (row) => dollars(row.line?.cost.micro_usd ?? 0),
                                            numeric: true,
                                        },
                                    ]}
                                />
                            </details>
                        </div>
                    )
                }
            </Loaded>
        </Panel>
    );
}

function Lines({ from, by }: { from: string; by: Dimension }) {
    const query = useQuery({
        queryKey: ['usage', by, from],
        queryFn: () => call('get /api/v1/usage', { query: { group_by: by, from } }),
    });
    const label = by === 'principal' ? 'User' : by.charAt(0).toUpperCase() + by.slice(1);
    return (
        <Panel title={`By ${label.toLowerCase()}`}>
            <Loaded query={query} what={`usage by ${label.toLowerCase()}`}>
                {({ items, truncated }) => (
                    <>
                        {truncated && <p className="gantry-subtle">Only the largest are shown.</p>}
                        <DataTable
                            label={`Usage by ${label.toLowerCase()}`}
                            rows={items}
                            id={(line) => String(line[by] ?? '')}
                            columns={[
                                { title: label, cell: (line) => line[by] ?? 'none' },
                                { title: 'Requests', cell: (line) => count(line.requests), numeric: true },
                                { title: 'Input tokens', cell: (line) => count(line.input_tokens), numeric: true },
                                { title: 'Output tokens', cell: (line) => count(line.output_tokens), numeric: true },
                                { title: 'Cost', cell: (line) => dollars(line.cost.micro_usd), numeric: true },
                            ]}
                        />
                    </>
                )}
            </Loaded>
        </Panel>
    );
}
