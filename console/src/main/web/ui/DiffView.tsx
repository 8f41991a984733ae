import { useMemo } from 'react';
import { diffLines, withContext } from './diff';

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const WORDS = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** Shows what differs between two texts; a sign, and not colour alone, tells what was added and removed. */
export function DiffView({ before, after }: { before: string; after: string }) {
    const lines = useMemo(() => diffLines(before, after), [before, after]);
    const added = lines.filter((line) => line.kind === 'added').length;
    const removed = lines.filter((line) => line.kind === 'removed').length;
    if (added === 0 && removed === 0) {
        return <p className="gantry-subtle">Both are the same.</p>;
    }
    return (
        <div>
            <p className="gantry-subtle">
                {added} {added === 1 ? 'line' : 'lines'} added, {removed} removed
            </p>
            <div className="gantry-diff" role="region" aria-label="Differences" tabIndex={0}>
                {withContext(lines).map((line, index) =>
                    line === null ? (
                        <div key={index} className="gantry-gap">
                            …
                        </div>
                    ) : (
                        <div key={index} className={`gantry-line gantry-${line.kind}`}>
                            <span className="gantry-at" aria-hidden="true">
                                {line.after ?? line.before}
                            </span>
                            <span aria-hidden="true">{SIGNS[line.kind]}</span>
                            <span className="pf-v6-screen-reader">{WORDS[line.kind]}</span>
                            <span className="gantry-words">{line.text}</span>
                        </div>
                    ),
                )}
            </div>
        </div>
    );
}
