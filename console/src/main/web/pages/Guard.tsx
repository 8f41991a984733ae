import {
    Alert,
    Button,
    Checkbox,
    Form,
    FormGroup,
    FormSelect,
    FormSelectOption,
    Label,
    Switch,
    TextArea,
    TextInput,
} from '@patternfly/react-core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { call } from '../api/client';
import type { GuardAction, GuardRules, Inspected } from '../api/views';
import { DataTable } from '../ui/DataTable';
import { Help, Refusal } from '../ui/Dialogs';
import { count } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Loaded, Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import { Teach } from '../ui/Teach';

const ACTIONS = {
    off: { title: 'passes', label: {} },
    warn: { title: 'reported', label: { status: 'info' } },
    redact: { title: 'replaced', label: { status: 'warning' } },
    block: { title: 'refused', label: { status: 'danger' } },
} as const satisfies Record<GuardAction, object>;

const KINDS_SHOWN = 6;

/** What the guard does about personal data, secrets and attacks, and what it would do with a text. */
export default function Guard() {
    const [search, setSearch] = useSearchParams();
    const team = search.get('team') ?? '';
    const rules = useQuery({
        queryKey: ['guard', 'rules', team],
        queryFn: () => call('get /api/v1/guard/rules', { query: { team: team === '' ? undefined : team } }),
    });
    return (
        <PageFrame
            title="Guard"
            lead="Every prompt and every answer passes the guard: by its rules, what it finds is reported, replaced or refused."
        >
            <TryOut team={team} />
            <Panel title="Rules in force">
                <Loaded query={rules} what="the rules">
                    {(found) => (
                        <Rules
                            rules={found}
                            team={team}
                            onTeam={(next) => setSearch(next === '' ? {} : { team: next }, { replace: true })}
                        />
                    )}
                </Loaded>
            </Panel>
        </PageFrame>
    );
}

function ActionLabel({ action }: { action: GuardAction }) {
    const { title, label } = ACTIONS[action];
    return action === 'off' ? (
        <span className="gantry-subtle">{title}</span>
    ) : (
        <Label isCompact {...label}>
            {title}
        </Label>
    );
}

function TryOut({ team }: { team: string }) {
    const [text, setText] = useState('');
    const [direction, setDirection] = useState<Inspected['direction']>('prompt');
    const [isDocument, setDocument] = useState(false);
    const inspect = useMutation({
        mutationFn: () =>
            call('post /api/v1/guard/inspect', {
                body: {
                    text,
                    direction,
                    document: direction === 'prompt' && isDocument,
                    ...(team !== '' && { team }),
                },
            }),
    });
    return (
        <Panel title="What would the guard do with this text?">
            <div className="gantry-stack">
                <Form
                    onSubmit={(event) => {
                        event.preventDefault();
                        if (text !== '') {
                            inspect.mutate();
                        }
                    }}
                >
                    <FormGroup label="Text" isRequired fieldId="guard-text">
                        <TextArea
                            id="guard-text"
                            rows={5}
                            resizeOrientation="vertical"
                            value={text}
                            onChange={(_event, value) => setText(value)}
                        />
                        <Help>Nothing of it is sent to a model, kept or counted.</Help>
                    </FormGroup>
                    <div className="gantry-filters">
                        <FormGroup label="As" fieldId="guard-direction">
                            <FormSelect
                                id="guard-direction"
                                value={direction}
                                onChange={(_event, value) => setDirection(value as Inspected['direction'])}
                            >
                                <FormSelectOption value="prompt" label="A prompt, from somebody to a model" />
                                <FormSelectOption value="answer" label="An answer, from a model" />
                            </FormSelect>
                        </FormGroup>
                        {direction === 'prompt' && (
                            <Checkbox
                                id="guard-document"
                                label="Written by others (a document, a tool's result)"
                                isChecked={isDocument}
                                onChange={(_event, on) => setDocument(on)}
                            />
                        )}
                    </div>
                    <div>
                        <Button
                            type="submit"
                            isDisabled={text === '' || inspect.isPending}
                            isLoading={inspect.isPending}
                        >
                            Try
                        </Button>
                    </div>
                </Form>
                <Refusal error={inspect.error} />
                <div role="status">{inspect.data !== undefined && <Verdict found={inspect.data} />}</div>
            </div>
        </Panel>
    );
}

function Verdict({ found }: { found: Inspected }) {
    const changed = found.findings.some((each) => each.action === 'redact');
    const title = found.blocked
        ? 'Refused: it would not go on'
        : !found.inspected
          ? 'It would pass: no rule looks at such a text'
          : changed
            ? 'It would pass with replacements'
            : 'It would pass as it is';
    return (
        <div className="gantry-stack">
            <Alert
                component="p"
                isInline
                variant={found.blocked ? 'danger' : changed ? 'warning' : 'success'}
                title={title}
            >
                {found.reason}
            </Alert>
            {found.findings.length > 0 && (
                <DataTable
                    label="Findings"
                    rows={found.findings}
                    id={(each) => `${each.kind} ${each.action}`}
                    columns={[
                        { title: 'Kind', cell: (each) => words(each.kind) },
                        { title: 'Then', cell: (each) => <ActionLabel action={each.action} /> },
                        { title: 'Times', cell: (each) => count(each.count), numeric: true },
                    ]}
                />
            )}
            {found.text !== null && changed && (
                <div className="gantry-text" role="region" aria-label="The text as it would go on" tabIndex={0}>
                    <Plain text={found.text} />
                </div>
            )}
        </div>
    );
}

type Rule = GuardRules['items'][number];

/** Rules that say the same about kinds of the same groups, together. */
function alike(rules: Rule[]): (Omit<Rule, 'kind'> & { kinds: string[] })[] {
    const rows = new Map<string, Omit<Rule, 'kind'> & { kinds: string[] }>();
    for (const { kind, ...rule } of rules) {
        const key = JSON.stringify(rule);
        const known = rows.get(key);
        if (known === undefined) {
            rows.set(key, { ...rule, kinds: [kind] });
        } else {
            known.kinds.push(kind);
        }
    }
    return [...rows.values()];
}

function Kinds({ kinds }: { kinds: string[] }) {
    const names = (some: string[]) => some.map(words).join(', ');
    if (kinds.length <= KINDS_SHOWN) {
        return <>{names(kinds)}</>;
    }
    return (
        <details>
            <summary>
                {names(kinds.slice(0, KINDS_SHOWN))} and {count(kinds.length - KINDS_SHOWN)} more
            </summary>
            {names(kinds.slice(KINDS_SHOWN))}
        </details>
    );
}

function words(kind: string): string {
    return kind.replaceAll('_', ' ');
}

function Rules({ rules, team, onTeam }: { rules: GuardRules; team: string; onTeam: (team: string) => void }) {
    const [isAll, setAll] = useState(false);
    const [part, setPart] = useState('');
    const acted = rules.items.filter((each) =>
        [each.prompt, each.documents, each.answer].some((action) => action !== 'off'),
    );
    const shown = (isAll ? rules.items : acted).filter(
        (each) =>
            words(each.kind).includes(part.toLowerCase().trim()) ||
            each.groups.some((group) => words(group).includes(part.toLowerCase().trim())),
    );
    return (
        <div className="gantry-stack">
            {acted.length === 0 && (
                <Teach title="Nothing is looked for" command="gantry config explain data_governance.pii_detection">
                    The rules are in the configuration, in data_governance: which kinds are reported, replaced or
                    refused, for whom and in which direction.
                </Teach>
            )}
            <div className="gantry-filters">
                {rules.teams.length > 0 && (
                    <FormGroup label="Of" fieldId="rules-team">
                        <FormSelect id="rules-team" value={team} onChange={(_event, value) => onTeam(value)}>
                            <FormSelectOption value="" label="Everybody without rules of their own" />
                            {rules.teams.map((each) => (
                                <FormSelectOption key={each} value={each} label={`Team ${each}`} />
                            ))}
                        </FormSelect>
                    </FormGroup>
                )}
                <TextInput
                    type="search"
                    aria-label="Kind or group"
                    placeholder="Kind or group, such as email"
                    value={part}
                    onChange={(_event, value) => setPart(value)}
                />
                <Switch
                    id="rules-all"
                    label="Also what passes"
                    isChecked={isAll}
                    onChange={(_event, on) => setAll(on)}
                />
            </div>
            {acted.length > 0 && (
                <p className="gantry-subtle">
                    {count(acted.length)} of {count(rules.items.length)} kinds are acted on, from a confidence of{' '}
                    {Math.round(rules.minimum_confidence * 100)} %.{' '}
                    {rules.reversible
                        ? 'Callers get replaced values back in answers; models never see them.'
                        : 'What is replaced does not come back in answers.'}
                </p>
            )}
            {shown.length > 0 && (
                <DataTable
                    label="Rules"
                    rows={alike(shown)}
                    id={(each) => each.kinds.join()}
                    columns={[
                        { title: 'Group', cell: (each) => each.groups.map(words).join(', ') || 'by itself' },
                        { title: 'Kinds', cell: (each) => <Kinds kinds={each.kinds} /> },
                        { title: 'In prompts', cell: (each) => <ActionLabel action={each.prompt} /> },
                        { title: 'In documents', cell: (each) => <ActionLabel action={each.documents} /> },
                        { title: 'In answers', cell: (each) => <ActionLabel action={each.answer} /> },
                    ]}
                />
            )}
            {shown.length === 0 && part !== '' && <p>No kind is called so.</p>}
        </div>
    );
}
