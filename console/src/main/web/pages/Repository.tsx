import { Alert, Button, DescriptionList } from '@patternfly/react-core';
import { useState, type ReactNode } from 'react';
import { DataTable } from '../ui/DataTable';
import { count, duration, Time } from '../ui/format';
import { StateLabel } from '../ui/StateLabel';
import { Term } from '../ui/Term';

/** How often one looks by itself how things stand, and how often while something that was asked for is under way. */
export const CALM_MS = 30_000;
export const CURIOUS_MS = 1_000;
/** How long one waits for something that was asked to be looked at. */
const CURIOUS_FOR_MS = 30_000;

/** Asks more often while something that was asked for has not been done. */
export function useImpatience() {
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

/** What its state means, and what holds meanwhile. */
const MEANING: Record<string, string> = {
    broken: 'The newest commit cannot be used; the registry keeps the last good one.',
    unreachable: 'It does not answer or lets nobody in; what was there before stays in force.',
    refused: 'What is sent is not taken on one of the two sides; what was there before stays.',
    incomplete: 'Some assets cannot be taken over; all others are as they are there.',
};

export type Fact = [name: string, value: ReactNode];

/** When something was looked at, and since when it is in step. */
export function looked(triedAt: string | null, at: string | null, everySeconds: number): Fact[] {
    return [
        [
            'Looked at',
            <>
                <Time at={triedAt} never="not yet" />, every {duration(everySeconds * 1_000)}
            </>,
        ],
        ['In step since', <Time at={at} never="never" />],
    ];
}

/** Something outside that the registry is kept in step with. */
export function Repository({
    of,
    what,
    facts,
    isBusy,
    action,
    onAction,
    children,
}: {
    of: { name: string; state: string; problem: string | null };
    what: string;
    facts: Fact[];
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
                {isBusy && 'It is being looked at.'}
            </div>
            {meaning !== undefined && (
                <Alert
                    component="p"
                    isInline
                    variant={of.state === 'broken' || of.state === 'refused' ? 'danger' : 'warning'}
                    title={meaning}
                >
                    {of.problem}
                </Alert>
            )}
            <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', lg: '3Col' }}>
                {facts.map(([name, value]) => (
                    <Term key={name} name={name}>
                        {value}
                    </Term>
                ))}
            </DescriptionList>
            {children}
        </article>
    );
}

interface Finding {
    place: string;
    severity: 'error' | 'note';
    message: string;
}

/** What is to be said about single files or assets. */
export function Findings({
    of,
    what,
    findings,
}: {
    of: { name: string; state: string; finding_count: number };
    what: string;
    findings: Finding[];
}) {
    const all = of.finding_count;
    if (all === 0) {
        return null;
    }
    return (
        <details open={of.state === 'broken' || of.state === 'incomplete'}>
            <summary>
                {count(all)} {all === 1 ? 'remark' : 'remarks'}
            </summary>
            <DataTable
                label={`Remarks on ${of.name}`}
                rows={findings}
                id={(finding) => `${finding.place} ${finding.message}`}
                columns={[
                    { title: what, cell: (finding) => <code>{finding.place}</code> },
                    { title: 'Weight', cell: (finding) => <StateLabel state={finding.severity} /> },
                    { title: 'Remark', cell: (finding) => finding.message },
                ]}
            />
            {findings.length < all && <p className="gantry-subtle">The first {count(findings.length)} are shown.</p>}
        </details>
    );
}
