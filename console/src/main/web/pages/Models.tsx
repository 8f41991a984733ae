import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client';
import { DataTable } from '../ui/DataTable';
import { count } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';

function price(value: number | undefined): string {
    return value === undefined || value === 0 ? 'free' : `$${value}`;
}

/** The models that one may use, and what they cost. */
export default function Models() {
    const query = useQuery({ queryKey: ['models'], queryFn: () => call('get /api/v1/models') });
    return (
        <PageFrame title="Models" lead="The models that you may use. Prices are in US dollars for a million tokens.">
            <Panel title="Models">
                <Loaded query={query} what="models">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No models" command="gantry models">
                                The operator lists models and prices in models.yaml; your roles say which of them you may
                                use.
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
                                            <span className="gantry-row">
                                                {model.name}
                                                {model.default && (
                                                    <Label isCompact color="blue">
                                                        default
                                                    </Label>
                                                )}
                                            </span>
                                        ),
                                    },
                                    { title: 'Provider', cell: (model) => model.provider },
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
                                    {
                                        title: 'Also called',
                                        cell: (model) => (model.aliases.length === 0 ? '–' : model.aliases.join(', ')),
                                    },
                                ]}
                            />
                        )
                    }
                </Loaded>
            </Panel>
        </PageFrame>
    );
}
