import { Alert, Button, DescriptionList } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../api/client';
import type { GitExport, GitSource } from '../api/views';
import { useSession } from '../session/session';
import { CopyId } from '../ui/CopyId';
import { DataTable } from '../ui/DataTable';
import { Refusal } from '../ui/Dialogs';
import { count, duration, Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { Term } from '../ui/Term';

const CALM_MS = 30_000;
const CURIOUS_MS = 1_000;
/** How long one waits for a repository that was asked to be looked at. */
const CURIOUS_FOR_MS = 30_000;
const COMMIT_SHOWN = 10;

/** The repositories that the registry takes assets from, and those that it is exported to. */
export default function Repositories() {
    return (
        <PageFrame
            title="Repositories"
            lead="Git repositories that patterns and workflows come from, and those that the registry is written to. The configuration names them."
        >
            <Sources />
            <Exports />
        </PageFrame>
    );
}

/** Asks more often while something that was asked for has not been done. */
function useImpatience() {
    const [awaited, setAwaited] = useState<{ name: string; before: string | null; until: number } | null>(null);
    return {
        await: (name: string, before: string | null) =>
            setAwaited({ name, before, until: Date.now() + CURIOUS_FOR_MS }),
        isAwaited: (name: string, triedAt: string | null) =>
            awaited?.name === name && awaited.before === triedAt && Date.now() < awaited.until,
        every: (items: { name: string; tried_at: string | null }[] | undefined) =>
            awaited !== null &&
            Date.now() < awaited.until &&
            items?.some((each) => each.name === awaited.name && each.tried_at === awaited.before) === true
                ? CURIOUS_MS
                : CALM_MS,
    };
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
        mutationFn: (source: GitSource) => call('post /api/v1/git/sources/{source}/sync', { path: { source: source.name } }),
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
                                A source keeps a namespace of the registry in step with a branch. Name its repository in the
                                configuration; a commit that cannot be used leaves the last good one in force and is shown
                                here.
                            </Teach>
                        ) : (
                            items.map((source) => (
                                <Repository
                                    key={source.name}
                                    of={source}
                                    what="source"
                                    at={source.synced_at}
                                    every={source.sync_interval_seconds}
                                    isBusy={impatience.isAwaited(source.name, source.tried_at)}
                                    action="Sync now"
                                    onAction={may('config', 'update') ? () => sync.mutate(source) : null}
                                >
                                    <Findings source={source} />
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
                                An export writes each change of the registry to a repository as a commit of its author, so
                                that its history can be read and kept there.
                            </Teach>
                        ) : (
                            items.map((to) => (
                                <Repository
                                    key={to.name}
                                    of={to}
                                    what="export"
                                    at={to.exported_at}
                                    every={to.interval_seconds}
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

/** What its state means, and what holds meanwhile. */
const MEANING: Record<string, string> = {
    broken: 'The newest commit cannot be used; the registry keeps the last good one.',
    unreachable: 'The repository does not answer or lets nobody in; what was there before stays in force.',
    refused: 'The repository does not take what is pushed.',
};

function Repository({
    of,
    what,
    at,
    every,
    isBusy,
    action,
    onAction,
    children,
}: {
    of: GitSource | GitExport;
    what: string;
    at: string | null;
    every: number;
    isBusy: boolean;
    action: string;
    onAction: (() => void) | null;
    children?: ReactNode;
}) {
    const meaning = MEANING[of.state];
    return (
        <article className="gantry-part" aria-label={`The ${what} ${of.name}`}>
            <div className="gantry-between">
                <h3 className="gantry-subtitle">
                    {of.name} <StateLabel state={of.state} />
                </h3>
                {onAction !== null && (
                    <Button
                        variant="secondary"
                        size="sm"
                        isLoading={isBusy}
                        isDisabled={isBusy}
                        aria-label={`${action}: ${of.name}`}
                        onClick={onAction}
                    >
                        {action}
                    </Button>
                )}
            </div>
            <div role="status" className="pf-v6-screen-reader">
                {isBusy && 'The repository is being looked at.'}
            </div>
            {meaning !== undefined && (
                <Alert component="p" isInline variant={of.state === 'unreachable' ? 'warning' : 'danger'} title={meaning}>
                    {of.problem}
                </Alert>
            )}
            <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                <Term name="Repository">
                    <code className="gantry-words">{of.repository}</code>
                </Term>
                <Term name="Branch">{of.branch}</Term>
                <Term name="Looked at">
                    <Time at={of.tried_at} never="not yet" />, every {duration(every * 1_000)}
                </Term>
                <Term name="In step since">
                    <Time at={at} never="never" />
                </Term>
                <Term name="Commit">
                    {of.commit === null || of.commit === '' ? '–' : <CopyId id={of.commit} what="the commit" length={COMMIT_SHOWN} />}
                </Term>
                <Term name="Assets">{count(of.assets)}</Term>
            </DescriptionList>
            {children}
        </article>
    );
}

function Findings({ source }: { source: GitSource }) {
    const { findings, finding_count: all } = source;
    if (all === 0) {
        return null;
    }
    return (
        <details open={source.state === 'broken'}>
            <summary>
                {count(all)} {all === 1 ? 'remark' : 'remarks'} on files
            </summary>
            <DataTable
                label={`Remarks on files of ${source.name}`}
                rows={findings}
                id={(finding) => `${finding.path} ${finding.line} ${finding.message}`}
                columns={[
                    {
                        title: 'File',
                        cell: (finding) => (
                            <code>
                                {finding.path}
                                {finding.line > 0 && `:${finding.line}`}
                            </code>
                        ),
                    },
                    { title: 'Weight', cell: (finding) => <StateLabel state={finding.severity} /> },
                    { title: 'Remark', cell: (finding) => finding.message },
                ]}
            />
            {findings.length < all && <p className="gantry-subtle">The first {count(findings.length)} are shown.</p>}
        </details>
    );
}
