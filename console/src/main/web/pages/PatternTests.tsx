import { Button, FormGroup, FormSelect, FormSelectOption, TextArea } from '@patternfly/react-core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, Problem } from '../api/client';
import type { Asset, TestRun, TestSuite, Trial } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { FormDialog, Help, Refusal } from '../ui/Dialogs';
import { dollars, Time } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { useMayManage } from './AssetActions';
import { KeptNotice, useKeptDraft } from './drafts';
import { Meanwhile } from './Meanwhile';
import { TrialTable } from './TrialTable';
import { useVersions } from './versions';

const EXAMPLE = `tests:
  - name: keeps to the point
    input: "Cranes lift heavy things. They stand in harbours."
    assert:
      - contains: crane
      - latency_ms_at_most: 20000
`;

/** The tests of a pattern; null when it has none. */
function useSuite(name: string) {
    return useQuery({
        queryKey: ['asset', 'patterns', name, 'tests'],
        queryFn: async (): Promise<TestSuite | null> => {
            try {
                return await call('get /api/v1/patterns/{name}/tests', { path: { name } });
            } catch (failure) {
                if (failure instanceof Problem && failure.status === 404) {
                    return null;
                }
                throw failure;
            }
        },
    });
}

/** What a pattern is tried with, and what came of it, for two versions or models side by side. */
export function PatternTests({ asset }: { asset: Asset }) {
    const { may } = useSession();
    const client = useQueryClient();
    const mayManage = useMayManage('patterns', asset);
    const [editing, setEditing] = useState(false);
    const name = asset.name;
    const suite = useSuite(name);
    return (
        <div className="gantry-stack gantry-tab">
            <Loaded query={suite} what="the tests">
                {(found) =>
                    found === null ? (
                        <Teach
                            title="No tests yet"
                            command={`gantry patterns test ${name} --tests tests.yaml`}
                            action={mayManage && <Button onClick={() => setEditing(true)}>Write tests</Button>}
                        >
                            A test gives the pattern an input and says what must hold of the answer. A version that has
                            tests can be published only when it passes them.
                        </Teach>
                    ) : (
                        <>
                            {may('patterns', 'execute') && <Try asset={asset} />}
                            <Panel
                                title="Tests"
                                actions={
                                    mayManage && (
                                        <Button variant="secondary" onClick={() => setEditing(true)}>
                                            Edit the tests
                                        </Button>
                                    )
                                }
                            >
                                <p className="gantry-subtle">
                                    By {found.author}, <Time at={found.created_at} />.
                                </p>
                                <pre className="gantry-text" tabIndex={0} aria-label="The tests">
                                    {found.content}
                                </pre>
                            </Panel>
                            <History name={name} />
                        </>
                    )
                }
            </Loaded>
            {editing && (
                <EditTests
                    name={name}
                    shown={suite.data ?? null}
                    onDone={(next) => {
                        client.setQueryData(['asset', 'patterns', name, 'tests'], next);
                        setEditing(false);
                    }}
                    onClose={() => setEditing(false)}
                />
            )}
        </div>
    );
}

function EditTests({
    name,
    shown,
    onDone,
    onClose,
}: {
    name: string;
    shown: TestSuite | null;
    onDone: (suite: TestSuite) => void;
    onClose: () => void;
}) {
    // What is replaced are the tests that were shown when the dialog opened, whatever is loaded meanwhile.
    const draft = useKeptDraft(`tests/${name}`, { base: shown, content: shown?.content ?? EXAMPLE });
    const { base, content } = draft.value;
    const newest = useSuite(name);
    const put = useMutation({
        mutationFn: () =>
            call('put /api/v1/patterns/{name}/tests', {
                path: { name },
                headers: base === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${base.revision}"` },
                body: { content },
            }),
        onSuccess: (suite) => {
            draft.drop();
            onDone(suite);
        },
        onError: (failure) => {
            if (failure instanceof Problem && failure.status === 412) {
                void newest.refetch();
            }
        },
    });
    const theirs = newest.data != null && newest.data.revision !== base?.revision ? newest.data : null;
    const take = (text: string) => {
        draft.set({ base: theirs, content: text });
        put.reset();
    };
    return (
        <FormDialog
            title={`Tests of ${name}`}
            action="Save"
            size="large"
            mutation={put}
            ready={content.trim() !== ''}
            onSubmit={() => put.mutate()}
            onClose={onClose}
            draft={draft}
        >
            <KeptNotice draft={draft} />
            {theirs !== null && (
                <Meanwhile
                    what={`${theirs.author} has written revision ${theirs.revision}`}
                    before={base?.content ?? ''}
                    theirs={theirs.content}
                    onKeep={() => take(content)}
                    onTake={() => take(theirs.content)}
                />
            )}
            <FormGroup label="Tests" isRequired fieldId="tests-content">
                <TextArea
                    id="tests-content"
                    className="gantry-code"
                    rows={16}
                    resizeOrientation="vertical"
                    spellCheck={false}
                    value={content}
                    onChange={(_event, value) => draft.set({ base, content: value })}
                />
                <Help>
                    YAML. An assertion is one of <code>contains</code>, <code>not_contains</code>, <code>regex</code>,{' '}
                    <code>json_schema</code>, <code>similar</code>, <code>cost_usd_at_most</code>,{' '}
                    <code>latency_ms_at_most</code>, <code>judge</code>.
                </Help>
            </FormGroup>
        </FormDialog>
    );
}

/** Tries the newest version, and beside it another version or another model. */
function Try({ asset }: { asset: Asset }) {
    const client = useQueryClient();
    const { name } = asset;
    const [model, setModel] = useState('');
    const [second, setSecond] = useState('');
    const [version, setVersion] = useState('');
    const models = useQuery({ queryKey: ['models'], queryFn: () => call('get /api/v1/models') });
    const versions = useVersions('patterns', name);
    const tried = useMutation({
        mutationFn: (): Promise<Trial> =>
            call('post /api/v1/patterns/{name}/test-runs', {
                path: { name },
                body: {
                    ...((model !== '' || second !== '') && {
                        models: [...new Set([model === '' ? defaultModel : model, second])].filter(
                            (each) => each !== '',
                        ),
                    }),
                    ...(version !== '' && { compare: [version] }),
                },
            }),
        onSuccess: () => void client.invalidateQueries({ queryKey: ['asset', 'patterns', name, 'test-runs'] }),
    });
    const known = models.data?.items ?? [];
    const defaultModel = asset.model ?? known.find((each) => each.default)?.name ?? '';
    const others = (versions.data?.items ?? []).filter((each) => each.version !== asset.version);
    const choices = known.map((each) => <FormSelectOption key={each.name} value={each.name} label={each.name} />);
    return (
        <Panel title="Try it">
            <div className="gantry-stack">
                <div className="gantry-filters">
                    <label htmlFor="trial-model">
                        Model
                        <FormSelect id="trial-model" value={model} onChange={(_event, value) => setModel(value)}>
                            <FormSelectOption value="" label={`The usual one (${defaultModel})`} />
                            {choices}
                        </FormSelect>
                    </label>
                    <label htmlFor="trial-second">
                        Beside it, another model
                        <FormSelect id="trial-second" value={second} onChange={(_event, value) => setSecond(value)}>
                            <FormSelectOption value="" label="None" />
                            {choices}
                        </FormSelect>
                    </label>
                    <label htmlFor="trial-version">
                        Beside it, another version
                        <FormSelect id="trial-version" value={version} onChange={(_event, value) => setVersion(value)}>
                            <FormSelectOption value="" label="None" />
                            {others.map((each) => (
                                <FormSelectOption
                                    key={each.version}
                                    value={String(each.version)}
                                    label={`Version ${each.version}`}
                                />
                            ))}
                            {Object.keys(asset.labels).map((label) => (
                                <FormSelectOption key={label} value={label} label={label} />
                            ))}
                        </FormSelect>
                    </label>
                    <Button isDisabled={tried.isPending} isLoading={tried.isPending} onClick={() => tried.mutate()}>
                        {tried.isPending ? 'Running' : 'Run the tests'}
                    </Button>
                </div>
                <p className="gantry-subtle">
                    Each test is a request on your account. Version {asset.version} is tried, and what you choose beside
                    it.
                </p>
                <Refusal error={tried.error} />
                <div role="status">
                    {tried.isPending && 'The tests run; the answer comes when all are done.'}
                    {tried.data !== undefined &&
                        !tried.isPending &&
                        (tried.data.passed
                            ? `Version ${asset.version} passed all of its tests.`
                            : `Version ${asset.version} failed a test.`)}
                </div>
                {tried.data !== undefined && <TrialTable runs={tried.data.runs} />}
            </div>
        </Panel>
    );
}

function History({ name }: { name: string }) {
    const query = useQuery({
        queryKey: ['asset', 'patterns', name, 'test-runs'],
        queryFn: () => call('get /api/v1/patterns/{name}/test-runs', { path: { name }, query: { limit: 20 } }),
    });
    return (
        <Panel title="Results of this version">
            <Loaded query={query} what="the results">
                {({ items }) =>
                    items.length === 0 ? (
                        <p className="gantry-subtle">The tests of this version were not run yet.</p>
                    ) : (
                        <DataTable
                            label="Results of this version"
                            rows={items}
                            id={(run: TestRun) => run.id}
                            columns={[
                                { title: 'Version', cell: (run) => run.version },
                                { title: 'Model', cell: (run) => run.model },
                                {
                                    title: 'Result',
                                    cell: (run) => <StateLabel state={run.failed === 0 ? 'passed' : 'failed'} />,
                                },
                                { title: 'Passed', cell: (run) => run.passed, numeric: true },
                                { title: 'Failed', cell: (run) => run.failed, numeric: true },
                                { title: 'Cost', cell: (run) => dollars(run.cost_micro_usd), numeric: true },
                                { title: 'By', cell: (run) => run.run_by },
                                { title: 'When', cell: (run) => <Time at={run.run_at} /> },
                            ]}
                        />
                    )
                }
            </Loaded>
        </Panel>
    );
}
