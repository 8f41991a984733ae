import { Button, FormSelect, FormSelectOption, Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { Asset, AssetVersion } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { DiffView } from '../ui/DiffView';
import { Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { useMayChange } from './AssetActions';
import { RemoveLabel, RollBack, SetLabel } from './AssetDialogs';
import type { Kind } from './assets';
import { useVersions, VERSIONS_SHOWN } from './versions';

/** With the asset as it was when the dialog opened. */
type Open = { asset: Asset } & ({ what: 'label' | 'rollback'; version: number } | { what: 'unlabel'; label: string });

/** An asset's versions with their labels, and what changed between two of them. */
export function AssetVersions({ kind, asset }: { kind: Kind; asset: Asset }) {
    const mayChange = useMayChange(kind, asset);
    const [open, setOpen] = useState<Open | null>(null);
    const query = useVersions(kind, asset.name);
    const dialog = { kind, asset: open?.asset ?? asset, onClose: () => setOpen(null) };
    const labelsOf = (version: number) => Object.entries(asset.labels).filter(([, each]) => each === version);
    return (
        <div className="gantry-stack gantry-tab">
            <Loaded query={query} what="versions">
                {({ items, next_before: older }) => (
                    <>
                        <DataTable
                            label="Versions"
                            rows={items}
                            id={(version) => String(version.version)}
                            columns={[
                                {
                                    title: 'Version',
                                    cell: ({ version }) => (
                                        <div className="gantry-row">
                                            {version}
                                            {version === asset.approved_version && (
                                                <Label isCompact status="success">
                                                    approved
                                                </Label>
                                            )}
                                            {labelsOf(version).map(([label]) => (
                                                <Label
                                                    key={label}
                                                    isCompact
                                                    color="blue"
                                                    {...(mayChange && {
                                                        onClose: () => setOpen({ what: 'unlabel', label, asset }),
                                                        closeBtnAriaLabel: `Take the label ${label} away`,
                                                    })}
                                                >
                                                    {label}
                                                </Label>
                                            ))}
                                        </div>
                                    ),
                                },
                                { title: 'Written', cell: (version) => <Time at={version.created_at} /> },
                                { title: 'Author', cell: (version) => version.author ?? 'built in' },
                                {
                                    title: 'Description',
                                    cell: (version) => <span className="gantry-brief">{version.description}</span>,
                                    sentences: true,
                                },
                                { title: 'Hash', cell: (version) => <code>{version.hash.slice(0, 12)}</code> },
                                ...(mayChange
                                    ? [
                                          {
                                              title: 'Actions',
                                              hiddenTitle: true,
                                              cell: ({ version }: AssetVersion) => (
                                                  <div className="gantry-row gantry-keep">
                                                      <Button
                                                          size="sm"
                                                          variant="link"
                                                          isInline
                                                          aria-label={`Label version ${version}`}
                                                          onClick={() => setOpen({ what: 'label', version, asset })}
                                                      >
                                                          Label
                                                      </Button>
                                                      {version !== items[0]?.version && (
                                                          <Button
                                                              size="sm"
                                                              variant="link"
                                                              isInline
                                                              aria-label={`Roll back to version ${version}`}
                                                              onClick={() => setOpen({ what: 'rollback', version, asset })}
                                                          >
                                                              Roll back
                                                          </Button>
                                                      )}
                                                  </div>
                                              ),
                                          },
                                      ]
                                    : []),
                            ]}
                        />
                        {older !== null && (
                            <p className="gantry-subtle">
                                The newest {VERSIONS_SHOWN} are shown; for the others there is{' '}
                                <code>gantry {kind} versions {asset.name}</code>.
                            </p>
                        )}
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
            {open?.what === 'label' && <SetLabel {...dialog} version={open.version} />}
            {open?.what === 'rollback' && <RollBack {...dialog} version={open.version} />}
            {open?.what === 'unlabel' && <RemoveLabel {...dialog} label={open.label} />}
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
