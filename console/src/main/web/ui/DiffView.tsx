import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { diffLines, inPairs, withContext, type DiffLine } from './diff';
import { Plain } from './Plain';

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const WORDS = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** What stands beside the lines of the newer text. */
export interface Remarks {
    /** What was said about a line. */
    at: (line: number) => ReactNode;
    /** Begins to say something about a line; without it nothing can be said. */
    open?: (line: number) => void;
}

const wide = matchMedia('(min-width: 62rem)');

function useWide(): boolean {
    return useSyncExternalStore(
        (changed) => {
            wide.addEventListener('change', changed);
            return () => wide.removeEventListener('change', changed);
        },
        () => wide.matches,
    );
}

/** Shows what differs between two texts; a sign, and not colour alone, tells what was added and removed. */
export function DiffView({
    before,
    after,
    label = 'Differences',
    remarks,
}: {
    before: string;
    after: string;
    label?: string;
    remarks?: Remarks;
}) {
    // Beside nothing there is nothing to compare.
    const hasSides = useWide() && before !== '' && after !== '';
    const [beside, setBeside] = useState(true);
    const lines = useMemo(() => diffLines(before, after), [before, after]);
    const added = lines.filter((line) => line.kind === 'added').length;
    const removed = lines.filter((line) => line.kind === 'removed').length;
    const shown = useMemo(() => withContext(lines), [lines]);
    if (added === 0 && removed === 0) {
        return <p className="gantry-subtle">Both are the same.</p>;
    }
    return (
        <div className="gantry-stack">
            <div className="gantry-between">
                <p className="gantry-subtle">
                    {added} {added === 1 ? 'line' : 'lines'} added, {removed} removed
                </p>
                {hasSides && (
                    <ToggleGroup aria-label="How to show differences" isCompact>
                        <ToggleGroupItem text="Side by side" isSelected={beside} onChange={() => setBeside(true)} />
                        <ToggleGroupItem text="As one text" isSelected={!beside} onChange={() => setBeside(false)} />
                    </ToggleGroup>
                )}
            </div>
            <div className="gantry-diff" role="region" aria-label={label} tabIndex={0}>
                {hasSides && beside ? (
                    <Sides lines={shown} remarks={remarks} />
                ) : (
                    <One lines={shown} remarks={remarks} />
                )}
            </div>
        </div>
    );
}

function One({ lines, remarks }: { lines: (DiffLine | null)[]; remarks?: Remarks }) {
    return lines.map((line, index) =>
        line === null ? (
            <Gap key={index} />
        ) : (
            <div key={index}>
                <Line line={line} remarks={remarks} />
                {line.after !== null && remarks?.at(line.after)}
            </div>
        ),
    );
}

/** The older text on the left, the newer one on the right; what took the place of what stands beside it. */
function Sides({ lines, remarks }: { lines: (DiffLine | null)[]; remarks?: Remarks }) {
    return inPairs(lines).map((pair, index) =>
        pair === null ? (
            <Gap key={index} />
        ) : (
            <div key={index}>
                <div className="gantry-pair">
                    {pair.left === null ? <div className="gantry-none" /> : <Line line={pair.left} side="before" />}
                    {pair.right === null ? (
                        <div className="gantry-none" />
                    ) : (
                        <Line line={pair.right} side="after" remarks={remarks} />
                    )}
                </div>
                {pair.right !== null && pair.right.after !== null && remarks?.at(pair.right.after)}
            </div>
        ),
    );
}

function Gap() {
    return <div className="gantry-gap">…</div>;
}

function Line({ line, side, remarks }: { line: DiffLine; side?: 'before' | 'after'; remarks?: Remarks }) {
    const number = side === 'before' ? line.before : (line.after ?? line.before);
    const { open } = remarks ?? {};
    const at = line.after;
    return (
        <div className={`gantry-line gantry-${line.kind}`}>
            {open !== undefined && at !== null ? (
                <button
                    type="button"
                    className="gantry-at gantry-at-button"
                    aria-label={`Comment on line ${at}`}
                    onClick={() => open(at)}
                >
                    {number}
                </button>
            ) : (
                <span className="gantry-at" aria-hidden="true">
                    {number}
                </span>
            )}
            <span aria-hidden="true">{SIGNS[line.kind]}</span>
            <span className="gantry-words">
                <span className="pf-v6-screen-reader">{WORDS[line.kind]}</span>
                <Plain text={line.text} />
            </span>
        </div>
    );
}
