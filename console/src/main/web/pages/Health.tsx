import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { DEADLINE_MS } from '../api/client';
import type { Readiness } from '../api/views';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';

const PROVIDER = 'provider:';

/** The node's own probe, which needs no permission. It tells the state of each part also when it refuses. */
function useReadiness() {
    return useQuery({
        queryKey: ['ready'],
        queryFn: async () =>
            (await (await fetch('/ready', { signal: AbortSignal.timeout(DEADLINE_MS) })).json()) as Readiness,
        refetchInterval: 15_000,
    });
}

/** How the node that answers is, and what it depends on. */
export function Health() {
    return (
        <Panel title="This node">
            <Loaded query={useReadiness()} what="the state of the node">
                {(ready) => (
                    <ul className="gantry-parts">
                        <Part name={`Gantry ${ready.version}`} state={ready.status} good={ready.status === 'ready'} />
                        {Object.entries(ready.dependencies).map(([name, part]) => (
                            <Part
                                key={name}
                                name={name.replace(PROVIDER, 'provider ').replaceAll('_', ' ')}
                                state={part.status}
                                good={part.status === 'up'}
                                detail={part.detail}
                            />
                        ))}
                    </ul>
                )}
            </Loaded>
        </Panel>
    );
}

/** How the providers of models are, as this node sees them. */
export function ProviderHealth() {
    return (
        <Panel title="Providers, as this node sees them">
            <Loaded query={useReadiness()} what="the state of the providers">
                {({ dependencies }) => {
                    const providers = Object.entries(dependencies).filter(([name]) => name.startsWith(PROVIDER));
                    return providers.length === 0 ? (
                        <Teach title="No providers" command="gantry config explain providers">
                            A provider with a key in the environment needs no configuration.
                        </Teach>
                    ) : (
                        <ul className="gantry-parts">
                            {providers.map(([name, part]) => (
                                <Part
                                    key={name}
                                    name={name.slice(PROVIDER.length)}
                                    state={part.status}
                                    good={part.status === 'up'}
                                    detail={part.detail}
                                />
                            ))}
                        </ul>
                    );
                }}
            </Loaded>
        </Panel>
    );
}

function Part({ name, state, good, detail }: { name: string; state: string; good: boolean; detail?: string }) {
    return (
        <li>
            <span>
                {name}
                {detail !== undefined && detail !== '' && <span className="gantry-subtle"> {detail}</span>}
            </span>
            <Label isCompact status={good ? 'success' : 'warning'}>
                {state}
            </Label>
        </li>
    );
}
