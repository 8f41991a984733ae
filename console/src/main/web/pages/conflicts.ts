import type { Conflict } from '../api/views';

/** A stretch of a merged text: what is settled, or the number of a conflict that somebody has to resolve. */
export type Piece = { text: string } | { conflict: number };

function linesIn(text: string): number {
    if (text === '') {
        return 0;
    }
    return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Takes a merged text apart at its conflicts: each begins at its line, with a marker, both sides, and two more markers. */
export function pieces(content: string, conflicts: Conflict[]): Piece[] {
    const lines = content.split(/(?<=\n)/);
    const result: Piece[] = [];
    let from = 0;
    conflicts.forEach((conflict, index) => {
        const begin = conflict.line - 1;
        const text = lines.slice(from, begin).join('');
        if (text !== '') {
            result.push({ text });
        }
        result.push({ conflict: index });
        from = begin + linesIn(conflict.ours) + linesIn(conflict.theirs) + 3;
    });
    const rest = lines.slice(from).join('');
    if (rest !== '') {
        result.push({ text: rest });
    }
    return result;
}

/** Puts the pieces together again, each conflict by what it was resolved to. */
export function assemble(parts: Piece[], resolved: string[]): string {
    let text = '';
    for (const part of parts) {
        const next = 'text' in part ? part.text : (resolved[part.conflict] ?? '');
        // A side may end the file without the end of a line, and something may follow it now.
        if (next !== '' && text !== '' && !text.endsWith('\n')) {
            text += '\n';
        }
        text += next;
    }
    return text;
}
