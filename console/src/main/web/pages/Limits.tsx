import { Button, FormGroup, Progress, ProgressMeasureLocation, TextInput } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Limit, Limits as LimitsView } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { Help } from '../ui/Dialogs';
import { count, duration } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';

const AGAIN_MS = 10_000;
const SCARCE = 0.2;

const SCOPES: Record<Limit['scope'], string> = {
    global: 'everybody together',
    organization: 'organization',
    tier: 'tier',
    team: 'team',
    user: 'user',
    key: 'API key',
    model: 'model',
    pattern: 'pattern',
};

/** Which limits hold for somebody, and how much of each is left. */
export default function Limits() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const asked = {
        who: search.get('who') ?? '',
        model: search.get('model') ?? '',
        pattern: search.get('pattern') ?? '',
    };
    const query = useQuery({
        queryKey: ['limits', asked],
        queryFn: ({ signal }) =>
            call('get /api/v1/limits', {
                query: {
                    principal: asked.who || undefined,
                    model: asked.model || undefined,
                    pattern: asked.pattern || undefined,
                },
                signal,
            }),
        refetchInterval: AGAIN_MS,
    });
    return (
        <PageFrame
            title="Limits"
            lead="How many requests and tokens are admitted, for whom, and how much is left at this moment."
        >
            <Panel title="Of whom, and for what">
                <Asked
                    key={search.toString()}
                    asked={asked}
                    mayAskOthers={may('users', 'read')}
                    onAsk={(next) =>
                        setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value.trim() !== '')))
                    }
                />
            </Panel>
            <Loaded query={query} what="limits">
                {(found) => (
                    <>
                        <InForce found={found} />
                        {found.quotas.length > 0 && <Quotas found={found} />}
                    </>
                )}
            </Loaded>
        </PageFrame>
    );
}

interface Question {
    who: string;
    model: string;
    pattern: string;
}

function Asked({
    asked,
    mayAskOthers,
    onAsk,
}: {
    asked: Question;
    mayAskOthers: boolean;
    onAsk: (question: Question) => void;
}) {
    const [draft, setDraft] = useState(asked);
    const field = (name: keyof Question, label: string, help: string) => (
        <FormGroup label={label} fieldId={`limits-${name}`}>
            <TextInput
                id={`limits-${name}`}
                value={draft[name]}
                onChange={(_event, value) => setDraft({ ...draft, [name]: value })}
            />
            <Help>{help}</Help>
        </FormGroup>
    );
    return (
        <form
            className="gantry-filters gantry-filters-top"
            onSubmit={(event) => {
                event.preventDefault();
                onAsk(draft);
            }}
        >
            {mayAskOthers && field('who', 'Who', 'E-mail address or name; you, when empty.')}
            {field('model', 'Model', 'Adds the limits of this model.')}
            {field('pattern', 'Pattern', 'Adds those of this pattern.')}
            <Button type="submit" variant="secondary" className="gantry-beside-label">
                Show
            </Button>
        </form>
    );
}

function about(limit: Limit): string {
    return limit.name === '' ? SCOPES[limit.scope] : `${SCOPES[limit.scope]} ${limit.name}`;
}

function amount(limit: Limit): string {
    if (limit.window_seconds === undefined) {
        return `${count(limit.limit)} at the same time`;
    }
    const window =
        limit.window_seconds === 60
            ? 'minute'
            : limit.window_seconds === 3_600
              ? 'hour'
              : duration(limit.window_seconds * 1_000);
    return `${count(limit.limit)} ${limit.measure} in any ${window}`;
}

function InForce({ found }: { found: LimitsView }) {
    const account = found.team === null ? '' : `, on the account of team ${found.team}`;
    return (
        <Panel title={`Limits of ${found.principal}`}>
            <div className="gantry-stack">
                <p className="gantry-subtle">
                    {found.tier === null ? 'No tier' : `Tier ${found.tier}`}
                    {account}. A request needs room in every limit.
                </p>
                {found.items.length === 0 ? (
                    <Teach title="Nothing is limited" command="gantry config explain rate_limiting.tiers">
                        Limits are in the configuration, in rate_limiting: by tier, organization, team, model and
                        pattern. Spending is limited by budgets.
                    </Teach>
                ) : (
                    <DataTable
                        label="Limits"
                        rows={found.items}
                        id={(limit) => `${limit.scope} ${limit.name} ${limit.measure} ${limit.window_seconds ?? 0}`}
                        columns={[
                            { title: 'Of', cell: about },
                            { title: 'Admits', cell: amount },
                            { title: 'Left', cell: (limit) => <Left limit={limit} /> },
                            {
                                title: 'All of it again',
                                cell: (limit) =>
                                    limit.reset_seconds === undefined
                                        ? 'when requests end'
                                        : limit.reset_seconds === 0
                                          ? 'now'
                                          : `in ${duration(limit.reset_seconds * 1_000)}`,
                            },
                        ]}
                    />
                )}
            </div>
        </Panel>
    );
}

function Left({ limit }: { limit: Limit }) {
    const share = limit.limit === 0 ? 0 : limit.remaining / limit.limit;
    return (
        <Progress
            className="gantry-share"
            aria-label={`Left of the limit of ${about(limit)}`}
            size="sm"
            value={Math.round(share * 100)}
            label={count(limit.remaining)}
            measureLocation={ProgressMeasureLocation.outside}
            variant={share === 0 ? 'danger' : share < SCARCE ? 'warning' : undefined}
        />
    );
}

function Quotas({ found }: { found: LimitsView }) {
    return (
        <Panel title="Quotas of the organization">
            <DataTable
                label="Quotas"
                rows={found.quotas}
                id={(quota) => quota.name}
                columns={[
                    { title: 'Of', cell: (quota) => quota.name.replaceAll('_', ' ') },
                    { title: 'Used', cell: (quota) => count(quota.used), numeric: true },
                    {
                        title: 'At most',
                        cell: (quota) => (quota.limit === undefined ? 'unlimited' : count(quota.limit)),
                        numeric: true,
                    },
                ]}
            />
        </Panel>
    );
}
