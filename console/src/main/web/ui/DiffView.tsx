import { Button, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { diffLines, inPairs, withContext, type DiffLine, type Pair } from './diff';
import { count } from './format';
import { Plain } from './Plain';
import { portionEnd, type Weight } from './portions';
import { withoutUnseen } from './unseen';

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
    const [portions, setPortions] = useState(1);
    const lines = useMemo(() => diffLines(before, after), [before, after]);
    const added = lines.filter((line) => line.kind === 'added').length;
    const removed = lines.filter((line) => line.kind === 'removed').length;
    const isBeside = hasSides && beside;
    const rows = useMemo(() => (isBeside ? inPairs : inOne)(withContext(lines)), [lines, isBeside]);
    const end = useMemo(() => {
        let to = 0;
        for (let portion = 0; portion < portions; portion++) {
            to = portionEnd(rows, to, weightOf);
        }
        return to;
    }, [rows, portions]);
    if (added === 0 && removed === 0) {
        return <p className="gantry-subtle">Both are the same.</p>;
    }
    return (
        <div className="gantry-stack">
            <div className="gantry-between">
                <p className="gantry-subtle">
                    {count(added)} {added === 1 ? 'line' : 'lines'} added, {count(removed)} removed
                </p>
                {hasSides && (
                    <ToggleGroup aria-label="How to show differences" isCompact>
                        <ToggleGroupItem text="Side by side" isSelected={beside} onChange={() => setBeside(true)} />
                        <ToggleGroupItem text="As one text" isSelected={!beside} onChange={() => setBeside(false)} />
                    </ToggleGroup>
                )}
            </div>
            <div className="gantry-diff" role="region" aria-label={label} tabIndex={0}>
                <Rows rows={end < rows.length ? rows.slice(0, end) : rows} isBeside={isBeside} remarks={remarks} />
            </div>
            {end < rows.length && (
                <div className="gantry-row">
                    <Button variant="secondary" size="sm" onClick={() => setPortions(portions + 1)}>
                        {`Show ${count(portionEnd(rows, end, weightOf) - end)} more`}
                    </Button>
                    <span className="gantry-subtle">{count(rows.length - end)} lines are not shown yet.</span>
                </div>
            )}
        </div>
    );
}

/** What stands in one row, alone or beside each other; null for a stretch that is left out. */
type Row = Pair | null;

function inOne(lines: (DiffLine | null)[]): Row[] {
    return lines.map((line) => line && { left: null, right: line });
}

function weightOf(row: Row): Weight {
    const weights = [row?.left, row?.right].map((line) => withoutUnseen(line?.text ?? '').weight);
    return {
        places: weights.reduce((sum, each) => sum + each.places, 0),
        length: weights.reduce((sum, each) => sum + each.length, 0),
    };
}

/** Side by side the older text is on the left, the newer one on the right: what took the place of what stands beside it. */
function Rows({ rows, isBeside, remarks }: { rows: Row[]; isBeside: boolean; remarks?: Remarks }) {
    return rows.map((row, index) => {
        if (row === null) {
            return <Gap key={index} />;
        }
        const { left, right } = row;
        return (
            <div key={index}>
                {isBeside ? (
                    <div className="gantry-pair">
                        {left === null ? <div className="gantry-none" /> : <Line line={left} side="before" />}
                        {right === null ? (
                            <div className="gantry-none" />
                        ) : (
                            <Line line={right} side="after" remarks={remarks} />
                        )}
                    </div>
                ) : (
                    right !== null && <Line line={right} remarks={remarks} />
                )}
                {right !== null && right.after !== null && remarks?.at(right.after)}
            </div>
        );
    });
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
