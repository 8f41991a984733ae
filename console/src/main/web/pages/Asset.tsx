import {
    Alert,
    Button,
    DescriptionList,
    FormSelect,
    FormSelectOption,
    Label,
    Tab,
    Tabs,
    TabTitleText,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Asset, AssetVersion } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { DiffView } from '../ui/DiffView';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Term } from '../ui/Term';
import { AssetActions } from './AssetActions';
import { assetPath, KINDS, type Kind } from './assets';

/** One pattern or workflow: its text, its versions, and how they differ. */
export default function AssetPage() {
    const { kind: given, '*': name = '' } = useParams();
    const kind: Kind = KINDS.find((each) => each === given) ?? 'patterns';
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const tab = search.get('tab') ?? 'text';
    const query = useQuery({
        queryKey: ['asset', kind, name],
        queryFn: () => call(`get /api/v1/${kind}/{name}`, { path: { name } }),
    });
    return (
        <PageFrame
            title={name}
            lead={query.data?.description}
            actions={
                <>
                    {query.data !== undefined && <AssetActions kind={kind} asset={query.data} />}
                    {kind === 'patterns' && may('patterns', 'execute') && (
                        <Button
                            variant="primary"
                            component={(props) => (
                                <Link {...props} to={`/playground?pattern=${encodeURIComponent(name)}`} />
                            )}
                        >
                            Run in the playground
                        </Button>
                    )}
                </>
            }
        >
            <Loaded query={query} what={name}>
                {(asset) => (
                    <>
                        <Tabs
                            activeKey={tab}
                            onSelect={(_event, key) => setSearch({ tab: String(key) }, { replace: true })}
                            aria-label="Parts of the asset"
                        >
                            <Tab eventKey="text" title={<TabTitleText>Text</TabTitleText>}>
                                <Text kind={kind} asset={asset} />
                            </Tab>
                            <Tab eventKey="versions" title={<TabTitleText>Versions</TabTitleText>}>
                                {tab === 'versions' && <Versions kind={kind} asset={asset} />}
                            </Tab>
                        </Tabs>
                    </>
                )}
            </Loaded>
        </PageFrame>
    );
}

/** Who sees an asset, in words. */
const VISIBILITIES = {
    private: () => 'its owners',
    team: (asset: Asset) => (asset.team === null ? 'its team' : `team ${asset.team}`),
    organization: () => 'the whole organization',
} as const;

function Text({ kind, asset }: { kind: Kind; asset: Asset }) {
    return (
        <div className="gantry-stack gantry-tab">
            {asset.deprecation !== null && (
                <Alert isInline variant="warning" title="Deprecated">
                    {asset.deprecation.message}{' '}
                    {asset.deprecation.replacement !== null && (
                        <>
                            Use <Link to={assetPath(kind, asset.deprecation.replacement)}>
                                {asset.deprecation.replacement}
                            </Link>{' '}
                            instead.
                        </>
                    )}
                </Alert>
            )}
            <DescriptionList isHorizontal isCompact>
                <Term name="Version">
                    {asset.version} <span className="gantry-subtle">({asset.hash.slice(0, 12)})</span>
                </Term>
                <Term name="Author">{asset.author ?? 'built in'}</Term>
                <Term name="Seen by">{VISIBILITIES[asset.visibility](asset)}</Term>
                {asset.owners.length > 0 && <Term name="Owners">{asset.owners.join(', ')}</Term>}
                {Object.keys(asset.labels).length > 0 && (
                    <Term name="Labels">
                        <div className="gantry-row">
                            {Object.entries(asset.labels).map(([label, version]) => (
                                <Label key={label} isCompact color="blue">
                                    {label}: version {version}
                                </Label>
                            ))}
                        </div>
                    </Term>
                )}
                {asset.approved_version !== null && <Term name="Approved">version {asset.approved_version}</Term>}
                {asset.upstream !== null && (
                    <Term name="Forked from">
                        <Link to={assetPath(kind, asset.upstream)}>{asset.upstream}</Link>
                    </Term>
                )}
                {asset.created_at !== null && (
                    <Term name="Written">
                        <Time at={asset.created_at} />
                    </Term>
                )}
                {asset.model !== null && <Term name="Model">{asset.model}</Term>}
                {asset.tags.length > 0 && (
                    <Term name="Tags">
                        <div className="gantry-row">
                            {asset.tags.map((tag) => (
                                <Label key={tag} isCompact variant="outline">
                                    {tag}
                                </Label>
                            ))}
                        </div>
                    </Term>
                )}
            </DescriptionList>
            {asset.variables.length > 0 && (
                <Panel title="Variables">
                    <DataTable
                        label="Variables"
                        rows={asset.variables}
                        id={(variable) => variable.name}
                        columns={[
                            { title: 'Name', cell: (variable) => <code>{variable.name}</code> },
                            { title: 'Meaning', cell: (variable) => variable.description },
                            { title: 'Default', cell: (variable) => variable.default ?? '–' },
                            { title: 'Required', cell: (variable) => (variable.required ? 'yes' : 'no') },
                        ]}
                    />
                </Panel>
            )}
            <pre className="gantry-text gantry-tall" tabIndex={0} aria-label="Text of the asset">
                {asset.content}
            </pre>
        </div>
    );
}

function Versions({ kind, asset }: { kind: Kind; asset: Asset }) {
    const query = useQuery({
        queryKey: ['asset', kind, asset.name, 'versions'],
        queryFn: () => call(`get /api/v1/${kind}/{name}/versions`, { path: { name: asset.name }, query: { limit: 100 } }),
    });
    return (
        <div className="gantry-stack gantry-tab">
            <Loaded query={query} what="versions">
                {({ items }) => (
                    <>
                        <DataTable
                            label="Versions"
                            rows={items}
                            id={(version) => String(version.version)}
                            columns={[
                                { title: 'Version', cell: (version) => version.version },
                                { title: 'Written', cell: (version) => <Time at={version.created_at} /> },
                                { title: 'Author', cell: (version) => version.author ?? 'built in' },
                                { title: 'Description', cell: (version) => version.description },
                                { title: 'Hash', cell: (version) => <code>{version.hash.slice(0, 12)}</code> },
                            ]}
                        />
                        {items.length > 1 ? (
                            <Comparison kind={kind} name={asset.name} versions={items} />
                        ) : (
                            <p className="gantry-subtle">
                                There is one version so far; with a second one you see here what changed.
                            </p>
                        )}
                    </>
                )}
            </Loaded>
        </div>
    );
}

function Comparison({ kind, name, versions }: { kind: Kind; name: string; versions: AssetVersion[] }) {
    const [search, setSearch] = useSearchParams();
    const known = (text: string | null) => versions.find((each) => String(each.version) === text)?.version;
    const to = known(search.get('to')) ?? versions[0]?.version ?? 1;
    const from = known(search.get('from')) ?? versions.find((each) => each.version < to)?.version ?? to;
    const choose = (which: string, value: string) => {
        const next = new URLSearchParams(search);
        next.set(which, value);
        setSearch(next, { replace: true });
    };
    const query = useQuery({
        queryKey: ['asset', kind, name, 'diff', from, to],
        queryFn: () =>
            Promise.all(
                [from, to].map((version) =>
                    call(`get /api/v1/${kind}/{name}/versions/{version}`, { path: { name, version } }),
                ),
            ),
        staleTime: Infinity,
    });
    return (
        <Panel title="What changed">
            <div className="gantry-stack">
                <div className="gantry-filters">
                    {(['from', 'to'] as const).map((which) => (
                        <label key={which}>
                            {which === 'from' ? 'From version' : 'To version'}
                            <FormSelect
                                value={which === 'from' ? from : to}
                                onChange={(_event, value) => choose(which, value)}
                                aria-label={which === 'from' ? 'From version' : 'To version'}
                            >
                                {versions.map((each) => (
                                    <FormSelectOption
                                        key={each.version}
                                        value={each.version}
                                        label={String(each.version)}
                                    />
                                ))}
                            </FormSelect>
                        </label>
                    ))}
                </div>
                <Loaded query={query} what="both versions">
                    {([before, after]) => <DiffView before={before?.content ?? ''} after={after?.content ?? ''} />}
                </Loaded>
            </div>
        </Panel>
    );
}
