import { Alert, Button, DescriptionList, Label, Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Asset } from '../api/views';
import { useSession } from '../session/session';
import { CopyButton } from '../ui/CopyButton';
import { DataTable } from '../ui/DataTable';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import { Term } from '../ui/Term';
import { AssetActions } from './AssetActions';
import { AssetUpstream, UpstreamNotice } from './AssetUpstream';
import { AssetVersions } from './AssetVersions';
import { assetPath, KINDS, type Kind } from './assets';
import { PatternTests } from './PatternTests';

/** One asset: its text, its versions and how they differ, its tests, and what it was forked from. */
export default function AssetPage() {
    const { kind: given, '*': name = '' } = useParams();
    const kind: Kind = KINDS.find((each) => each === given) ?? 'patterns';
    const { may } = useSession();
    const [search, setSearch] = useSearchParams();
    const tab = search.get('tab') ?? 'text';
    // The namespace of a user has an @ as well.
    const isOneVersion = name.slice(name.lastIndexOf('/')).includes('@');
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
                    {query.data !== undefined && !isOneVersion && <AssetActions kind={kind} asset={query.data} />}
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
                    {kind === 'workflows' && may('workflows', 'execute') && (
                        <Button
                            variant="primary"
                            component={(props) => <Link {...props} to={`/runs?start=${encodeURIComponent(name)}`} />}
                        >
                            Run
                        </Button>
                    )}
                </>
            }
        >
            <Loaded query={query} what={name}>
                {(asset) => (
                    <>
                        {isOneVersion && (
                            <Alert component="p" isInline variant="info" title={`You see version ${asset.version}`}>
                                <Link to={assetPath(kind, asset.name)}>Go to the newest version</Link>
                            </Alert>
                        )}
                        <Tabs
                            activeKey={tab}
                            onSelect={(_event, key) => setSearch({ tab: String(key) }, { replace: true })}
                            aria-label="Parts of the asset"
                        >
                            <Tab eventKey="text" title={<TabTitleText>Text</TabTitleText>}>
                                <Text kind={kind} asset={asset} />
                            </Tab>
                            <Tab eventKey="versions" title={<TabTitleText>Versions</TabTitleText>}>
                                {tab === 'versions' && <AssetVersions kind={kind} asset={asset} />}
                            </Tab>
                            {kind === 'patterns' && !asset.name.startsWith('builtin/') && (
                                <Tab eventKey="tests" title={<TabTitleText>Tests</TabTitleText>}>
                                    {tab === 'tests' && <PatternTests key={asset.name} asset={asset} />}
                                </Tab>
                            )}
                            {asset.upstream !== null && (
                                <Tab eventKey="upstream" title={<TabTitleText>Upstream</TabTitleText>}>
                                    {tab === 'upstream' && <AssetUpstream key={asset.name} kind={kind} asset={asset} />}
                                </Tab>
                            )}
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
            {asset.upstream !== null && <UpstreamNotice kind={kind} asset={asset} />}
            {asset.mirror !== null && (
                <Alert component="p" isInline variant="info" title={`The mirror ${asset.mirror} keeps it as it is elsewhere`}>
                    It is changed there, or here in a fork, which tells what has changed there since.
                </Alert>
            )}
            {asset.deprecation !== null && (
                <Alert component="p" isInline variant="warning" title="Deprecated">
                    {asset.deprecation.message}{' '}
                    {asset.deprecation.replacement !== null && (
                        <>
                            Use{' '}
                            <Link to={assetPath(kind, asset.deprecation.replacement)}>
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
                {asset.origin !== null && (
                    <Term name="Comes from">
                        version {asset.origin.version} of {asset.origin.name}, written there by {asset.origin.author}{' '}
                        <Time at={asset.origin.created_at} />
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
            <section className="gantry-stack" aria-label="The text itself">
                <div>
                    <CopyButton text={asset.content} what="the text" title="Copy the text" />
                </div>
                <pre className="gantry-text gantry-tall" tabIndex={0} aria-label="Text of the asset">
                    <Plain text={asset.content} />
                </pre>
            </section>
        </div>
    );
}
