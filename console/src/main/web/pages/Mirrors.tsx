import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client';
import type { Mirror } from '../api/views';
import { useSession } from '../session/session';
import { Refusal } from '../ui/Dialogs';
import { count, Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { CALM_MS, CURIOUS_MS, Findings, looked, Repository, type Fact } from './Repository';

/** Who sees here what a mirror takes over. */
const AUDIENCES: Record<Mirror['visibility'], string> = {
    same: 'everybody, if everybody sees it there; otherwise the team that it comes to',
    organization: 'everybody, also what only a team sees there',
    team: 'the team that it comes to',
};

/** The registries of other Gantrys that are mirrored here. */
export function Mirrors() {
    const { may } = useSession();
    const client = useQueryClient();
    const query = useQuery({
        queryKey: ['mirrors'],
        queryFn: () => call('get /api/v1/mirrors'),
        refetchInterval: ({ state }) => (state.data?.items.some((each) => each.pending) ? CURIOUS_MS : CALM_MS),
    });
    const sync = useMutation({
        mutationFn: (mirror: Mirror) => call('post /api/v1/mirrors/{mirror}/sync', { path: { mirror: mirror.name } }),
        onSuccess: () => client.invalidateQueries({ queryKey: ['mirrors'] }),
    });
    return (
        <Panel title="Mirrored registries">
            <div className="gantry-stack">
                <Refusal error={sync.error} />
                <Loaded query={query} what="mirrors">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No mirrors" command="gantry config explain mirrors.registries">
                                A mirror keeps a copy of the registry of another Gantry, which goes on working while
                                that is away. What it keeps is changed there, or in a fork.
                            </Teach>
                        ) : (
                            items.map((mirror) => (
                                <Repository
                                    key={mirror.name}
                                    of={mirror}
                                    what="mirror"
                                    facts={facts(mirror)}
                                    isBusy={mirror.pending || (sync.isPending && sync.variables.name === mirror.name)}
                                    action="Sync now"
                                    onAction={may('config', 'update') ? () => sync.mutate(mirror) : null}
                                >
                                    <Findings
                                        of={mirror}
                                        what="Asset"
                                        findings={mirror.findings.map((finding) => ({
                                            ...finding,
                                            place: finding.asset,
                                        }))}
                                    />
                                </Repository>
                            ))
                        )
                    }
                </Loaded>
            </div>
        </Panel>
    );
}

function facts(mirror: Mirror): Fact[] {
    return [
        ['Registry', <code className="gantry-words">{mirror.url}</code>],
        ['Namespaces', mirror.namespaces.length === 0 ? 'all that its key may read' : mirror.namespaces.join(', ')],
        ['Put into', mirror.namespace ?? 'the same namespaces'],
        ['Seen by', AUDIENCES[mirror.visibility]],
        ...looked(mirror.tried_at, mirror.synced_at, mirror.interval_seconds),
        ['Assets', count(mirror.assets)],
        ...(mirror.failing_since === null
            ? []
            : ([['Not in step since', <Time at={mirror.failing_since} />]] satisfies Fact[])),
        ...(mirror.approval_workflow ? ([['Changes', 'run once they are approved here']] satisfies Fact[]) : []),
    ];
}
