import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client';
import type { GitExport, GitSource } from '../api/views';
import { useSession } from '../session/session';
import { CopyId } from '../ui/CopyId';
import { Refusal } from '../ui/Dialogs';
import { count } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Teach } from '../ui/Teach';
import { Mirrors } from './Mirrors';
import { Findings, looked, Repository, useImpatience, type Fact } from './Repository';

const COMMIT_SHOWN = 10;

/** The repositories and registries that assets are taken from, and those that the registry is exported to. */
export default function Repositories() {
    return (
        <PageFrame
            title="Repositories and mirrors"
            lead="Where patterns and workflows come from besides the people here, and where the registry is written to. The configuration names them."
        >
            <Sources />
            <Exports />
            <Mirrors />
        </PageFrame>
    );
}

function Sources() {
    const { may } = useSession();
    const client = useQueryClient();
    const impatience = useImpatience();
    const query = useQuery({
        queryKey: ['git', 'sources'],
        queryFn: () => call('get /api/v1/git/sources'),
        refetchInterval: ({ state }) => impatience.every(state.data?.items),
    });
    const sync = useMutation({
        mutationFn: (source: GitSource) =>
            call('post /api/v1/git/sources/{source}/sync', { path: { source: source.name } }),
        onSuccess: (_before, source) => {
            impatience.await(source.name, source.tried_at);
            void client.invalidateQueries({ queryKey: ['git', 'sources'] });
        },
    });
    return (
        <Panel title="Taken from">
            <div className="gantry-stack">
                <Refusal error={sync.error} />
                <Loaded query={query} what="sources">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No sources" command="gantry config explain git.sources">
                                A source keeps a namespace of the registry in step with a branch. Name its repository in
                                the configuration; a commit that cannot be used leaves the last good one in force and is
                                shown here.
                            </Teach>
                        ) : (
                            items.map((source) => (
                                <Repository
                                    key={source.name}
                                    of={source}
                                    what="source"
                                    facts={facts(source, source.synced_at, source.sync_interval_seconds)}
                                    isBusy={impatience.isAwaited(source.name, source.tried_at)}
                                    action="Sync now"
                                    onAction={may('config', 'update') ? () => sync.mutate(source) : null}
                                >
                                    <Findings
                                        of={source}
                                        what="File"
                                        findings={source.findings.map((finding) => ({
                                            ...finding,
                                            place: finding.line > 0 ? `${finding.path}:${finding.line}` : finding.path,
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

function Exports() {
    const { may } = useSession();
    const client = useQueryClient();
    const impatience = useImpatience();
    const query = useQuery({
        queryKey: ['git', 'exports'],
        queryFn: () => call('get /api/v1/git/exports'),
        refetchInterval: ({ state }) => impatience.every(state.data?.items),
    });
    const run = useMutation({
        mutationFn: (to: GitExport) => call('post /api/v1/git/exports/{export}/run', { path: { export: to.name } }),
        onSuccess: (_before, to) => {
            impatience.await(to.name, to.tried_at);
            void client.invalidateQueries({ queryKey: ['git', 'exports'] });
        },
    });
    return (
        <Panel title="Exported to">
            <div className="gantry-stack">
                <Refusal error={run.error} />
                <Loaded query={query} what="exports">
                    {({ items }) =>
                        items.length === 0 ? (
                            <Teach title="No exports" command="gantry config explain git.exports">
                                An export writes each change of the registry to a repository as a commit of its author,
                                so that its history can be read and kept there.
                            </Teach>
                        ) : (
                            items.map((to) => (
                                <Repository
                                    key={to.name}
                                    of={to}
                                    what="export"
                                    facts={facts(to, to.exported_at, to.interval_seconds)}
                                    isBusy={impatience.isAwaited(to.name, to.tried_at)}
                                    action="Export now"
                                    onAction={may('config', 'update') ? () => run.mutate(to) : null}
                                />
                            ))
                        )
                    }
                </Loaded>
            </div>
        </Panel>
    );
}

function facts(of: GitSource | GitExport, at: string | null, every: number): Fact[] {
    return [
        ['Repository', <code className="gantry-words">{of.repository}</code>],
        ['Branch', of.branch],
        ...looked(of.tried_at, at, every),
        [
            'Commit',
            of.commit === null || of.commit === '' ? (
                '–'
            ) : (
                <CopyId id={of.commit} what="the commit" length={COMMIT_SHOWN} />
            ),
        ],
        ['Assets', count(of.assets)],
    ];
}
