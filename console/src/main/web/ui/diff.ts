/** A line of a comparison: in both, only in the older, or only in the newer text. */
export interface DiffLine {
    kind: 'same' | 'removed' | 'added';
    text: string;
    before: number | null;
    after: number | null;
}

/** Longer texts are compared as blocks, since the exact comparison costs the product of both lengths. */
const CELLS_MAX = 4_000_000;

/** An empty text has no line, not an empty one. */
function linesOf(text: string): string[] {
    return text === '' ? [] : text.split('\n');
}

/** Compares two texts line by line, by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
    const a = linesOf(before);
    const b = linesOf(after);
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head]) {
        head++;
    }
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) {
        tail++;
    }
    const rows = a.length - head - tail;
    const columns = b.length - head - tail;
    const lines: DiffLine[] = [];
    const same = (x: number, y: number) =>
        lines.push({ kind: 'same', text: a[x] ?? '', before: x + 1, after: y + 1 });
    const removed = (x: number) => lines.push({ kind: 'removed', text: a[x] ?? '', before: x + 1, after: null });
    const added = (y: number) => lines.push({ kind: 'added', text: b[y] ?? '', before: null, after: y + 1 });
    for (let index = 0; index < head; index++) {
        same(index, index);
    }
    let x = 0;
    let y = 0;
    if (rows * columns <= CELLS_MAX) {
        const width = columns + 1;
        const common = new Uint32Array((rows + 1) * width);
        for (let i = rows - 1; i >= 0; i--) {
            for (let j = columns - 1; j >= 0; j--) {
                common[i * width + j] =
                    a[head + i] === b[head + j]
                        ? (common[(i + 1) * width + j + 1] ?? 0) + 1
                        : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
            }
        }
        while (x < rows && y < columns) {
            if (a[head + x] === b[head + y]) {
                same(head + x++, head + y++);
            } else if ((common[(x + 1) * width + y] ?? 0) >= (common[x * width + y + 1] ?? 0)) {
                removed(head + x++);
            } else {
                added(head + y++);
            }
        }
    }
    while (x < rows) {
        removed(head + x++);
    }
    while (y < columns) {
        added(head + y++);
    }
    for (let index = tail; index > 0; index--) {
        same(a.length - index, b.length - index);
    }
    return lines;
}

/** Leaves out long stretches that are the same, as null, but for some lines around each change. */
export function withContext(lines: DiffLine[], context = 3): (DiffLine | null)[] {
    const shown = new Uint8Array(lines.length);
    let shownTo = 0;
    lines.forEach((line, index) => {
        if (line.kind !== 'same') {
            const to = Math.min(lines.length, index + context + 1);
            shown.fill(1, Math.max(shownTo, index - context), to);
            shownTo = to;
        }
    });
    const result: (DiffLine | null)[] = [];
    lines.forEach((line, index) => {
        if (shown[index] === 1) {
            result.push(line);
        } else if (result.at(-1) !== null) {
            result.push(null);
        }
    });
    return result;
}

/** What stands beside each other: a line of the older text and one of the newer, or on one side nothing. */
export interface Pair {
    left: DiffLine | null;
    right: DiffLine | null;
}

/** Puts what was removed beside what was added in its place. Left-out stretches stay null. */
export function inPairs(lines: (DiffLine | null)[]): (Pair | null)[] {
    const pairs: (Pair | null)[] = [];
    let removed: DiffLine[] = [];
    let added: DiffLine[] = [];
    const flush = () => {
        for (let index = 0; index < Math.max(removed.length, added.length); index++) {
            pairs.push({ left: removed[index] ?? null, right: added[index] ?? null });
        }
        removed = [];
        added = [];
    };
    for (const line of lines) {
        if (line?.kind === 'removed') {
            removed.push(line);
        } else if (line?.kind === 'added') {
            added.push(line);
        } else {
            flush();
            pairs.push(line === null ? null : { left: line, right: line });
        }
    }
    flush();
    return pairs;
}
