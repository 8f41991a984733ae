import { Alert, AlertActionLink, Button, Radio, TextArea } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { call, Problem } from '../api/client';
import type { Asset, Conflict, Lineage, Merge } from '../api/views';
import { Refusal } from '../ui/Dialogs';
import { DiffView } from '../ui/DiffView';
import { Loaded, Panel } from '../ui/Panel';
import { useUnsaved } from '../ui/unsaved';
import { useMayChange } from './AssetActions';
import { assetPath, type Kind } from './assets';
import { assemble, pieces } from './conflicts';
import { KeptNotice, useKeptDraft } from './drafts';

function useLineage(kind: Kind, asset: Asset) {
    return useQuery({
        queryKey: ['asset', kind, asset.name, 'upstream'],
        queryFn: () => call('get /api/v1/assets/{kind}/{name}/upstream', { path: { kind, name: asset.name } }),
    });
}

/** Says that a fork's upstream has changed; nothing while it has not, or while that is not known. */
export function UpstreamNotice({ kind, asset }: { kind: Kind; asset: Asset }) {
    const { data } = useLineage(kind, asset);
    if (data?.behind !== true) {
        return null;
    }
    return (
        <Alert component="p" isInline variant="info" title="Upstream has changes">
            {data.upstream} is at version {data.upstream_version}; version {data.base_version} was taken over last.{' '}
            <Link to={`${assetPath(kind, asset.name)}?tab=upstream`}>See what changed and bring it in</Link>
        </Alert>
    );
}

type Choice = 'ours' | 'theirs' | 'both' | 'own';

const CHOICES: Record<Choice, string> = {
    ours: 'Keep mine',
    theirs: "Take the upstream's",
    both: 'Both, mine first',
    own: 'Write it myself',
};

/** What was decided about each conflict, null while it was not, and the text of one's own for it. */
interface Decisions {
    choices: (Choice | null)[];
    texts: string[];
}

/** What somebody has begun to merge, as it was then, and what they have decided. */
interface Begun extends Decisions {
    asset: Asset;
    lineage: Lineage;
    merge: Merge;
}

/** What has changed in what a fork was made from, and bringing it in. What one has begun to decide about stays, whatever is loaded. */
export function AssetUpstream({ kind, asset }: { kind: Kind; asset: Asset }) {
    const query = useLineage(kind, asset);
    const draft = useKeptDraft<Begun | null>(`merge/${kind}/${asset.name}`, null);
    const begun = draft.value;
    useUnsaved(begun !== null, draft.reset);
    return (
        <div className="gantry-stack gantry-tab">
            <Loaded query={query} what="what has changed upstream">
                {(lineage) => (
                    <>
                        {begun !== null &&
                        (begun.asset.hash !== asset.hash ||
                            begun.lineage.upstream_version !== lineage.upstream_version) ? (
                            <Alert
                                component="p"
                                isInline
                                variant="warning"
                                title="One of both has changed since you began"
                                actionLinks={<AlertActionLink onClick={draft.reset}>Begin anew</AlertActionLink>}
                            >
                                This merge cannot be saved any more; what you decided is still shown.
                            </Alert>
                        ) : (
                            <KeptNotice draft={draft} />
                        )}
                        <Standing
                            kind={kind}
                            asset={begun?.asset ?? asset}
                            lineage={begun?.lineage ?? lineage}
                            begun={begun}
                            onDecide={draft.set}
                            onEnd={draft.reset}
                        />
                    </>
                )}
            </Loaded>
        </div>
    );
}

interface MergingProps {
    kind: Kind;
    asset: Asset;
    lineage: Lineage;
    begun: Begun | null;
    onDecide: (begun: Begun) => void;
    onEnd: () => void;
}

function Standing(props: MergingProps) {
    const { kind, asset, lineage } = props;
    const mayChange = useMayChange(kind, asset);
    const link = <Link to={assetPath(kind, lineage.upstream)}>{lineage.upstream}</Link>;
    if (lineage.upstream_version === null) {
        return (
            <Alert component="p" isInline variant="info" title="What it was forked from is gone, or no longer shown to you">
                This one goes on without {lineage.upstream}.
            </Alert>
        );
    }
    if (!lineage.behind) {
        return (
            <Alert component="p" isInline variant="success" title="It has all of its upstream's changes">
                {link} is at version {lineage.upstream_version}, which was taken over.
            </Alert>
        );
    }
    return (
        <>
            <Alert component="p" isInline variant="info" title="Its upstream has changed">
                {link} is at version {lineage.upstream_version}; version {lineage.base_version} was taken over last.
            </Alert>
            <Panel title="What the upstream changed">
                <Changes kind={kind} lineage={lineage} />
            </Panel>
            {mayChange && <Merging {...props} />}
        </>
    );
}

function Changes({ kind, lineage }: { kind: Kind; lineage: Lineage }) {
    const { upstream: name, base_version: from, upstream_version: to } = lineage;
    const query = useQuery({
        queryKey: ['asset', kind, name, 'diff', from, to],
        queryFn: () =>
            Promise.all(
                [from, to ?? from].map((version) =>
                    call(`get /api/v1/${kind}/{name}/versions/{version}`, { path: { name, version } }),
                ),
            ),
        staleTime: Infinity,
    });
    return (
        <Loaded query={query} what="both versions">
            {([before, after]) => <DiffView before={before?.content ?? ''} after={after?.content ?? ''} />}
        </Loaded>
    );
}

/** Shows what a merge would come to, lets a person resolve what it cannot, and writes it. */
function Merging({ kind, asset, lineage, begun, onDecide, onEnd }: MergingProps) {
    const path = { kind, name: asset.name };
    const query = useQuery({
        queryKey: ['asset', kind, asset.name, 'merge', asset.hash, lineage.upstream_version],
        queryFn: () => call('post /api/v1/assets/{kind}/{name}/merge', { path, body: { dry_run: true } }),
        staleTime: Infinity,
    });
    return (
        <Panel title="Bring it in">
            <Loaded query={query} what="what would come of it">
                {(loaded) => {
                    const merge = begun?.merge ?? loaded;
                    const decisions = begun ?? {
                        choices: merge.conflicts.map(() => null),
                        texts: merge.conflicts.map(({ ours }) => ours),
                    };
                    return (
                        <Resolve
                            key={merge.content}
                            kind={kind}
                            asset={asset}
                            merge={merge}
                            decisions={decisions}
                            onDecide={(next) => onDecide({ asset, lineage, merge, ...next })}
                            onEnd={onEnd}
                        />
                    );
                }}
            </Loaded>
        </Panel>
    );
}

function Resolve({
    kind,
    asset,
    merge,
    decisions: { choices, texts },
    onDecide,
    onEnd,
}: {
    kind: Kind;
    asset: Asset;
    merge: Merge;
    decisions: Decisions;
    onDecide: (decisions: Decisions) => void;
    onEnd: () => void;
}) {
    const client = useQueryClient();
    const parts = useMemo(() => pieces(merge.content, merge.conflicts), [merge]);
    const open = choices.filter((choice) => choice === null).length;
    const result = assemble(
        parts,
        merge.conflicts.map((conflict, index) => resolved(conflict, choices[index] ?? 'ours', texts[index] ?? '')),
    );
    const save = useMutation({
        mutationFn: () =>
            call('post /api/v1/assets/{kind}/{name}/merge', {
                path: { kind, name: asset.name },
                headers: { 'If-Match': `"${asset.hash}"` },
                body: { content: result, upstream_version: merge.upstream_version },
            }),
        onSuccess: () => {
            onEnd();
            void client.invalidateQueries({ queryKey: ['asset', kind] });
            void client.invalidateQueries({ queryKey: ['assets'] });
        },
    });
    const outdated = save.error instanceof Problem && (save.error.status === 409 || save.error.status === 412);
    return (
        <div className="gantry-stack">
            {merge.conflicts.length === 0 ? (
                <p>Nothing that you changed was changed there as well, so all of it can be taken over.</p>
            ) : (
                <p>
                    Both sides changed the same lines in {merge.conflicts.length}{' '}
                    {merge.conflicts.length === 1 ? 'place' : 'places'}. Decide about each; the rest is merged already.
                </p>
            )}
            {merge.conflicts.map((conflict, index) => (
                <ConflictCard
                    key={conflict.line}
                    title={`Conflict ${index + 1} of ${merge.conflicts.length}`}
                    upstream={`${merge.upstream}@${merge.upstream_version}`}
                    conflict={conflict}
                    choice={choices[index] ?? null}
                    text={texts[index] ?? ''}
                    onChoose={(choice) => onDecide({ choices: choices.with(index, choice), texts })}
                    onText={(text) => onDecide({ choices, texts: texts.with(index, text) })}
                />
            ))}
            {open === 0 && (
                <section className="gantry-stack" aria-label="What this one becomes">
                    <h3 className="gantry-subtitle">What this one becomes</h3>
                    <DiffView label="Differences to what it becomes" before={asset.content} after={result} />
                </section>
            )}
            <Refusal error={save.error} />
            <div className="gantry-row">
                <Button isDisabled={open > 0 || save.isPending} isLoading={save.isPending} onClick={() => save.mutate()}>
                    Save the merge
                </Button>
                {open > 0 && <span className="gantry-subtle">{open} still to be decided</span>}
                {outdated && (
                    <Button
                        variant="secondary"
                        onClick={() => {
                            onEnd();
                            void client.invalidateQueries({ queryKey: ['asset', kind] });
                        }}
                    >
                        Look at it again
                    </Button>
                )}
            </div>
        </div>
    );
}

function resolved({ ours, theirs }: Conflict, choice: Choice, own: string): string {
    switch (choice) {
        case 'ours':
            return ours;
        case 'theirs':
            return theirs;
        case 'both':
            return ours + (ours === '' || ours.endsWith('\n') ? '' : '\n') + theirs;
        case 'own':
            return own === '' || own.endsWith('\n') ? own : `${own}\n`;
    }
}

function ConflictCard({
    title,
    upstream,
    conflict,
    choice,
    text,
    onChoose,
    onText,
}: {
    title: string;
    upstream: string;
    conflict: Conflict;
    choice: Choice | null;
    text: string;
    onChoose: (choice: Choice) => void;
    onText: (text: string) => void;
}) {
    return (
        <fieldset className="gantry-conflict">
            <legend>{title}</legend>
            <div className="gantry-grid gantry-sides">
                {(
                    [
                        ['Yours', conflict.ours],
                        [upstream, conflict.theirs],
                    ] as const
                ).map(([name, side]) => (
                    <div key={name}>
                        <div className="gantry-subtle">{name}</div>
                        <pre className="gantry-text" tabIndex={0} aria-label={`${title}: ${name}`}>
                            {side === '' ? '(removed)' : side}
                        </pre>
                    </div>
                ))}
            </div>
            <div className="gantry-row gantry-choices">
                {(Object.keys(CHOICES) as Choice[]).map((each) => (
                    <Radio
                        key={each}
                        id={`${title} ${each}`}
                        name={title}
                        label={CHOICES[each]}
                        isChecked={choice === each}
                        onChange={() => onChoose(each)}
                    />
                ))}
            </div>
            {choice === 'own' && (
                <TextArea
                    aria-label={`${title}: your text`}
                    className="gantry-code"
                    rows={Math.min(12, text.split('\n').length + 1)}
                    resizeOrientation="vertical"
                    value={text}
                    onChange={(_event, value) => onText(value)}
                />
            )}
        </fieldset>
    );
}
