import {
    Button,
    FormSelect,
    FormSelectOption,
    Label,
    LabelGroup,
    TextInput,
    ToggleGroup,
    ToggleGroupItem,
} from '@patternfly/react-core';
import { useEffect, useId, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { AssetSummary } from '../api/views';
import { useSession } from '../session/session';
import { Breakable } from '../ui/Breakable';
import { PagedTable, usePaged, type Column } from '../ui/DataTable';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { SearchField } from '../ui/SearchField';
import { Teach } from '../ui/Teach';
import { assetPath, KIND_NAMES, KIND_TITLES, KINDS, resourceOf, type Kind } from './assets';
import { NewAsset } from './NewAsset';

type Visibility = AssetSummary['visibility'];

/** Who sees an asset, in a word. */
const AUDIENCES: Record<Visibility, string> = { organization: 'Everybody', team: 'A team', private: 'Owners' };

/** What an empty list of a kind shows. */
const LESSONS: Record<Kind, { command: string; text: string }> = {
    patterns: {
        command: 'gantry patterns put team/name FILE',
        text: 'A pattern is a prompt with a name, versions and an owner, which everybody runs alike.',
    },
    workflows: {
        command: 'gantry workflow publish team/name FILE',
        text: 'A workflow joins patterns, tools and approvals into steps that survive any crash.',
    },
    contexts: {
        command: 'gantry contexts put team/name FILE',
        text: 'A context is text that goes before any prompt that names it, such as facts about your company.',
    },
    strategies: {
        command: 'gantry strategies put team/name FILE',
        text: 'A strategy tells a model how to think before it answers, whatever the pattern.',
    },
};

/** What is in the registry and may be seen, by name or by relevance. */
export default function Registry() {
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const [creating, setCreating] = useState(false);
    const kinds = KINDS.filter((kind) => may(resourceOf(kind), 'read'));
    const kind = kinds.find((each) => each === search.get('kind')) ?? kinds[0] ?? 'patterns';
    const words = search.get('q') ?? '';
    const tag = search.get('tag') ?? '';
    const namespace = search.get('namespace') ?? '';
    const visibility = (Object.keys(AUDIENCES) as Visibility[]).find((each) => each === search.get('visibility'));
    const change = (next: Record<string, string>) =>
        setSearch(
            (before) => {
                const after = new URLSearchParams(before);
                Object.entries(next).forEach(([name, value]) =>
                    value === '' ? after.delete(name) : after.set(name, value),
                );
                return after;
            },
            { replace: true },
        );
    return (
        <PageFrame
            title="Registry"
            lead="Versioned prompts and workflows that you, your teams and everybody share."
            actions={
                may(resourceOf(kind), 'create_custom') && (
                    <Button onClick={() => setCreating(true)}>New {KIND_NAMES[kind]}</Button>
                )
            }
        >
            {creating && <NewAsset kind={kind} onClose={() => setCreating(false)} />}
            <Panel title={KIND_TITLES[kind]}>
                <div className="gantry-stack">
                    <div className="gantry-filters">
                        <SearchField
                            label="Search the registry"
                            placeholder="Search by name or by what it does"
                            words={words}
                            onSearch={(q) => change({ q })}
                        />
                        <FormSelect
                            aria-label="Seen by"
                            value={visibility ?? ''}
                            onChange={(_event, value) => change({ visibility: value })}
                        >
                            <FormSelectOption value="" label="Seen by anybody" />
                            {Object.entries(AUDIENCES).map(([value, label]) => (
                                <FormSelectOption key={value} value={value} label={`Seen by: ${label.toLowerCase()}`} />
                            ))}
                        </FormSelect>
                        <NamespaceField namespace={namespace} onChoose={(next) => change({ namespace: next })} />
                        <ToggleGroup aria-label="Kind of asset">
                            {kinds.map((each) => (
                                <ToggleGroupItem
                                    key={each}
                                    text={KIND_TITLES[each]}
                                    isSelected={each === kind}
                                    onChange={() => change({ kind: each })}
                                />
                            ))}
                        </ToggleGroup>
                        {tag !== '' && (
                            <LabelGroup categoryName="Tag">
                                <Label onClose={() => change({ tag: '' })}>{tag}</Label>
                            </LabelGroup>
                        )}
                    </div>
                    <Assets
                        kind={kind}
                        filters={{ q: words, tag, namespace, visibility }}
                        onTag={(next) => change({ tag: next })}
                    />
                </div>
            </Panel>
        </PageFrame>
    );
}

/** Where to look: one of those that one may write to is offered, any other can be typed. */
function NamespaceField({ namespace, onChoose }: { namespace: string; onChoose: (namespace: string) => void }) {
    const { session } = useSession();
    const [text, setText] = useState(namespace);
    useEffect(() => setText(namespace), [namespace]);
    const offered = useId();
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                onChoose(text.trim());
            }}
        >
            <TextInput
                aria-label="Namespace"
                placeholder="Namespace"
                autoComplete="off"
                list={offered}
                value={text}
                onChange={(_event, value) => setText(value)}
                onBlur={() => onChoose(text.trim())}
            />
            <datalist id={offered}>
                {['shared', 'builtin', ...session.teams, `~${session.user.name}`].map((each) => (
                    <option key={each} value={each} />
                ))}
            </datalist>
        </form>
    );
}

interface Filters {
    q: string;
    tag: string;
    namespace: string;
    visibility: Visibility | undefined;
}

function Assets({ kind, filters, onTag }: { kind: Kind; filters: Filters; onTag: (tag: string) => void }) {
    const paged = usePaged<AssetSummary>(['assets', kind, filters], (cursor, signal) =>
        call(`get /api/v1/${kind}`, { query: { ...filters, cursor, limit: 25 }, signal }),
    );
    const columns: Column<AssetSummary>[] = [
        {
            title: 'Name',
            cell: (asset) => (
                <span className="gantry-row">
                    <Link to={assetPath(kind, asset.name)}>
                        <Breakable text={asset.name} />
                    </Link>
                    {asset.deprecated && (
                        <Label isCompact status="warning">
                            deprecated
                        </Label>
                    )}
                </span>
            ),
        },
        {
            title: 'What it does',
            cell: (asset) => <span className="gantry-brief">{asset.description}</span>,
            sentences: true,
        },
        {
            title: 'Tags',
            cell: (asset) => (
                <div className="gantry-row">
                    {asset.tags.map((each) => (
                        <Label key={each} isCompact variant="outline" onClick={() => onTag(each)}>
                            {each}
                        </Label>
                    ))}
                </div>
            ),
        },
        { title: 'Seen by', cell: (asset) => AUDIENCES[asset.visibility] },
        { title: 'Version', cell: (asset) => asset.version, numeric: true },
        { title: 'Changed', cell: (asset) => <Time at={asset.updated_at} never="built in" /> },
    ];
    const searched = Object.values(filters).some((each) => each !== undefined && each !== '');
    return (
        <PagedTable
            paged={paged}
            label={KIND_TITLES[kind]}
            columns={columns}
            id={(asset) => asset.name}
            empty={
                searched ? (
                    <Teach title="Nothing found">Try other words or fewer; tags and namespaces must match whole.</Teach>
                ) : (
                    <Teach title={`No ${kind} yet`} command={LESSONS[kind].command}>
                        {LESSONS[kind].text}
                    </Teach>
                )
            }
        />
    );
}
