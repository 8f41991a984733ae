import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client';
import type { Model } from '../api/views';
import { Breakable } from '../ui/Breakable';
import { DataTable } from '../ui/DataTable';
import { count, dollars, duration } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { ProviderHealth } from './Health';

const AGAIN_MS = 15_000;
const MICRO = 1_000_000;

function price(usd: number | undefined): string {
    return usd === undefined || usd === 0 ? 'free' : dollars(Math.round(usd * MICRO));
}

/** Whether the node asks a model at present. */
function Circuit({ circuit }: { circuit: Model['circuit'] }) {
    switch (circuit?.state) {
        case undefined:
            return <span className="gantry-subtle">not asked yet</span>;
        case 'closed':
            return (
                <Label isCompact status="success">
                    answers
                </Label>
            );
        case 'half_open':
            return (
                <Label isCompact status="warning">
                    being tried again
                </Label>
            );
        case 'open':
            return (
                <>
                    <Label isCompact status="danger">
                        not asked
                    </Label>
                    <div className="gantry-subtle">
                        after failures in a row; tried again{' '}
                        {circuit?.rest_seconds === 0
                            ? 'with the next request'
                            : `in ${duration((circuit?.rest_seconds ?? 0) * 1_000)}`}
                    </div>
                </>
            );
    }
}

/** The models that one may use, and what they cost. */
export default function Models() {
    const query = useQuery({
        queryKey: ['models'],
        queryFn: () => call('get /api/v1/models'),
        refetchInterval: AGAIN_MS,
    });
    return (
        <PageFrame title="Models" lead="The models that you may use. Prices are in US dollars for a million tokens.">
            <Panel title="Models">
                <Loaded query={query} what="models">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No models" command="gantry models">
                                The operator lists models and prices in models.yaml; your roles say which of them you
                                may use.
                            </Teach>
                        ) : (
                            <DataTable
                                label="Models"
                                rows={items}
                                id={(model) => model.name}
                                columns={[
                                    {
                                        title: 'Name',
                                        cell: (model) => (
                                            <>
                                                <span className="gantry-row">
                                                    <Breakable text={model.name} />
                                                    {model.default && (
                                                        <Label isCompact color="blue">
                                                            default
                                                        </Label>
                                                    )}
                                                </span>
                                                {model.aliases.length > 0 && (
                                                    <div className="gantry-subtle">also {model.aliases.join(', ')}</div>
                                                )}
                                            </>
                                        ),
                                    },
                                    { title: 'Provider', cell: (model) => model.provider },
                                    { title: 'State', cell: (model) => <Circuit circuit={model.circuit} /> },
                                    { title: 'Tier', cell: (model) => model.tier },
                                    {
                                        title: 'Context',
                                        cell: (model) =>
                                            model.context_tokens === null ? '–' : count(model.context_tokens),
                                        numeric: true,
                                    },
                                    {
                                        title: 'Input',
                                        cell: (model) => price(model.usd_per_million_tokens.input),
                                        numeric: true,
                                    },
                                    {
                                        title: 'Output',
                                        cell: (model) => price(model.usd_per_million_tokens.output),
                                        numeric: true,
                                    },
                                ]}
                            />
                        )
                    }
                </Loaded>
            </Panel>
            <ProviderHealth />
        </PageFrame>
    );
}
