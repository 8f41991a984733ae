/** A request of a batch, as a line of a file has it. */
export interface BatchLine {
    custom_id: string;
    url?: string;
    method?: 'POST';
    body: Record<string, never>;
}

export const LINES_MAX = 100_000;

/** Reads the lines of a batch; what is wrong is told with its line, and only the first few are. */
export function readLines(text: string): { lines: BatchLine[]; problems: string[] } {
    const lines: BatchLine[] = [];
    const problems: string[] = [];
    const ids = new Map<string, number>();
    text.split('\n').forEach((line, index) => {
        if (line.trim() === '') {
            return;
        }
        const problem = read(line, index + 1, ids, lines);
        if (problem !== null) {
            problems.push(`Line ${index + 1}: ${problem}`);
        }
    });
    if (lines.length > LINES_MAX) {
        problems.push(`A batch has at most ${LINES_MAX} requests; these are ${lines.length}.`);
    }
    return { lines, problems };
}

function read(line: string, number: number, ids: Map<string, number>, into: BatchLine[]): string | null {
    let value: Partial<BatchLine> | null;
    try {
        value = JSON.parse(line);
    } catch {
        return 'is not valid JSON.';
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        return 'is not a JSON object.';
    }
    if (typeof value.custom_id !== 'string' || value.custom_id === '') {
        return 'has no custom_id, by which you find its result.';
    }
    const before = ids.get(value.custom_id);
    if (before !== undefined) {
        return `has the custom_id of line ${before}.`;
    }
    if (value.body === null || typeof value.body !== 'object' || Array.isArray(value.body)) {
        return 'has no body, which is the request itself.';
    }
    ids.set(value.custom_id, number);
    into.push(value as BatchLine);
    return null;
}
