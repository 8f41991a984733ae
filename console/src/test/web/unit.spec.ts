import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { fill } from '../../main/web/api/client';
import { events, lines, type StreamEvent } from '../../main/web/api/events';
import type { Session, WorkflowInput } from '../../main/web/api/views';
import { readLines } from '../../main/web/pages/batch-lines';
import { assemble, pieces } from '../../main/web/pages/conflicts';
import { choicesOf, fieldOf, missing, readAll } from '../../main/web/pages/inputs';
import { layers } from '../../main/web/pages/layers';
import { RESOURCES } from '../../main/web/session/resources';
import { covers, may } from '../../main/web/session/rights';
import { diffLines, inPairs, withContext } from '../../main/web/ui/diff';
import { ago, duration } from '../../main/web/ui/format';
import { portionEnd } from '../../main/web/ui/portions';
import { withoutUnseen, type Piece } from '../../main/web/ui/unseen';
import { instantOf, setZone, typedOf } from '../../main/web/ui/zone';

function stream(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
    return new ReadableStream({
        start(controller) {
            pieces.forEach((piece) =>
                controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece),
            );
            controller.close();
        },
    });
}

async function all<T>(source: AsyncGenerator<T>): Promise<T[]> {
    const found: T[] = [];
    for await (const each of source) {
        found.push(each);
    }
    return found;
}

test('reads events however they are cut', async () => {
    const text = ': note\nevent: delta\ndata: {"text":"ü"}\n\nid: 7\r\ndata: a\r\ndata: b\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    for (let cut = 1; cut < bytes.length; cut++) {
        const found: StreamEvent[] = await all(events(stream(bytes.slice(0, cut), bytes.slice(cut))));
        expect(found.map((each) => [each.event, each.data])).toEqual([
            ['delta', '{"text":"ü"}'],
            ['message', 'a\nb'],
        ]);
        expect(found[1]?.id).toBe('7');
    }
    expect(await all(lines(stream('one\ntwo')))).toEqual(['one', 'two']);
});

test('compares texts line by line', () => {
    const kinds = (before: string, after: string) =>
        diffLines(before, after).map((each) => `${each.kind[0]}${each.text}`);
    expect(kinds('a\nb\nc', 'a\nx\nc')).toEqual(['sa', 'rb', 'ax', 'sc']);
    expect(kinds('', 'a')).toEqual(['aa']);
    expect(kinds('a', '')).toEqual(['ra']);
    expect(kinds('a\nb', 'a\nb')).toEqual(['sa', 'sb']);
    for (let seed = 1; seed < 200; seed++) {
        const text = (salt: number) =>
            Array.from({ length: (seed * salt) % 9 }, (_each, index) => 'abc'[(seed * salt + index * index) % 3]).join(
                '\n',
            );
        const [before, after] = [text(7), text(5)];
        const found = diffLines(before, after);
        const side = (left: string) =>
            found
                .filter((each) => each.kind !== left)
                .map((each) => each.text)
                .join('\n');
        expect(side('added')).toBe(before);
        expect(side('removed')).toBe(after);
    }
    const long = Array.from({ length: 30 }, (_each, index) => String(index));
    const shown = withContext(diffLines(long.join('\n'), long.with(15, 'x').join('\n')));
    expect(shown.filter((each) => each === null)).toHaveLength(2);
    expect(shown).toHaveLength(2 + 2 + 6);
});

test('knows what a session may', () => {
    const session = (permissions: string[] | string[][]) => ({ permissions }) as Session;
    expect(may(session(['*']), 'audit', 'read')).toBe(true);
    expect(may(session(['patterns:execute:analysis/*']), 'patterns', 'execute')).toBe(true);
    expect(may(session(['patterns:read']), 'patterns', 'execute')).toBe(false);
    expect(may(session(['patterns:create']), 'patterns', 'create_custom')).toBe(true);
    expect(may(session(['stitches:*']), 'workflows', 'read')).toBe(true);
    expect(may(session([['*'], ['patterns:read']]), 'audit', 'read')).toBe(false);
    expect(may(session([]), 'patterns', 'read')).toBe(false);
});

test('knows which permissions of roles cover one', () => {
    expect(covers('*', 'audit:read')).toBe(true);
    expect(covers('patterns:execute:analysis/*', 'patterns:execute:shared/analysis/risk')).toBe(true);
    expect(covers('patterns:execute:shared/*', 'patterns:execute:team-a/x')).toBe(false);
    expect(covers('patterns:execute:a.b', 'patterns:execute:shared/axb')).toBe(false);
    expect(covers('patterns:execute:analysis/*', 'patterns:execute')).toBe(false);
    expect(covers('stitches:*', 'workflows:read:shared/x')).toBe(true);
    expect(covers('patterns:create', 'patterns:create_custom')).toBe(true);
});

test('offers the resources and actions that the server knows', () => {
    const source = readFileSync(
        new URL('../../../../identity/src/main/java/dev/gantry/identity/Resources.java', import.meta.url),
        'utf8',
    );
    const known = [...source.matchAll(/define\(([^)]*)\);/g)].map((each) =>
        [...(each[1] ?? '').matchAll(/"([^"]*)"/g)].map((word) => word[1] ?? ''),
    );
    expect(known.length).toBeGreaterThan(10);
    expect(
        Object.fromEntries(Object.entries(RESOURCES).map(([name, { actions }]) => [name, actions.toSorted()])),
    ).toEqual(Object.fromEntries(known.map(([name = '', ...actions]) => [name, actions.toSorted()])));
});

test('marks what nobody sees, and says when a time is', () => {
    expect(withoutUnseen('a\u202Eb\u200B\u200B\u200E<b>').pieces).toEqual([
        { text: 'a' },
        { code: 'U+202E', times: 1 },
        { text: 'b' },
        { code: 'U+200B', times: 2 },
        { code: 'U+200E', times: 1 },
        { text: '<b>' },
    ]);
    const ordinary = 'plain\n\ttext, \u{1F469}\u200D\u{1F4BB}, \u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645, עברית';
    expect(withoutUnseen(ordinary).pieces).toEqual([{ text: ordinary }]);
    expect(withoutUnseen('pass\u200Dword').pieces).toHaveLength(3);
    expect([duration(999), duration(30_000), duration(1_250), duration(300_000), duration(5_400_000)]).toEqual([
        '999 ms',
        '30 s',
        '1.3 s',
        '5 min',
        '1 h 30 min',
    ]);
    const noon = Date.parse('2026-11-21T12:00:00Z');
    expect(ago('2026-11-23T06:30:00Z', noon)).toBe('in 2 days');
    expect(ago('2026-11-22T13:00:00Z', noon)).toBe('tomorrow');
});

test('takes of a hostile text no more than a browser can draw, and all of it in the end', () => {
    expect(withoutUnseen('\u200B'.repeat(350_000)).pieces).toEqual([{ code: 'U+200B', times: 350_000 }]);
    const whole = (pieces: Piece[]) =>
        pieces
            .map((piece) =>
                'text' in piece
                    ? piece.text
                    : String.fromCodePoint(parseInt(piece.code.slice(2), 16)).repeat(piece.times),
            )
            .join('');
    for (const text of [
        '\u200B\u200E'.repeat(9_000),
        `x${'\n'.repeat(9_000)}`,
        'y'.repeat(900_000),
        '\u{1F600}'.repeat(300_001),
        `\u{1F600}${'\u{E0001}a\n'.repeat(3_000)}`,
    ]) {
        for (let portions = 1, left = text.length, before = Infinity; left > 0; portions++) {
            const found = withoutUnseen(text, portions);
            expect(found.left).toBeLessThan(before);
            expect(found.weight.places).toBeLessThanOrEqual(portions * 2_000);
            expect(found.weight.length).toBeLessThanOrEqual(portions * 200_000);
            expect(found.pieces.length).toBeLessThanOrEqual(portions * 4_001);
            expect(whole(found.pieces)).toBe(text.slice(0, text.length - found.left));
            before = left = found.left;
        }
    }
    const rows = Array.from({ length: 5_000 }, () => 'x');
    expect(portionEnd(rows, 0, () => ({ places: 0, length: 1 }))).toBe(2_000);
    expect(portionEnd(rows, 4_000, () => ({ places: 0, length: 1 }))).toBe(5_000);
    expect(portionEnd(rows, 7, () => ({ places: 9_000, length: 1 }))).toBe(8);
});

test('reads what is typed and shows instants in the zone that was chosen', () => {
    const machine = process.env.TZ;
    try {
        process.env.TZ = 'America/New_York';
        setZone('UTC');
        expect(instantOf('2026-01-15T12:00')).toBe('2026-01-15T12:00:00.000Z');
        expect(typedOf('2026-01-15T12:00:00Z')).toBe('2026-01-15T12:00');
        setZone('local');
        expect(instantOf('2026-01-15T12:00')).toBe('2026-01-15T17:00:00.000Z');
        expect(instantOf('2026-07-15T12:00:30')).toBe('2026-07-15T16:00:30.000Z');
        expect(typedOf('2026-07-15T16:00:30Z')).toBe('2026-07-15T12:00:30');
        // What says its zone itself means the same everywhere.
        expect(instantOf('2026-01-15T12:00:00Z')).toBe('2026-01-15T12:00:00.000Z');
        expect(instantOf('2026-01-15T12:00+02:00')).toBe('2026-01-15T10:00:00.000Z');
        expect(['', 'nonsense', '2026-01-15', '2026-99-15T12:00'].map(instantOf)).toEqual(Array(4).fill(undefined));
    } finally {
        if (machine === undefined) {
            delete process.env.TZ;
        } else {
            process.env.TZ = machine;
        }
        setZone('local');
    }
});

test('tells which lines of a batch are wrong', () => {
    const { lines, problems } = readLines(
        '{"custom_id":"1","body":{}}\n\n[]\n{"custom_id":"1","body":{}}\n{"body":{}}\nx\n{"custom_id":"2"}',
    );
    expect(lines.map((each) => each.custom_id)).toEqual(['1']);
    expect(problems).toEqual([
        'Line 3: is not a JSON object.',
        'Line 4: has the custom_id of line 1.',
        'Line 5: has no custom_id, by which you find its result.',
        'Line 6: is not valid JSON.',
        'Line 7: has no body, which is the request itself.',
    ]);
});

test('puts each step behind those that it waits for', () => {
    const plan = [
        { id: 'c', title: '', depends_on: ['a', 'b'] },
        { id: 'a', title: '', depends_on: [] },
        { id: 'b', title: '', depends_on: ['a'] },
        { id: 'd', title: '', depends_on: ['gone'] },
    ];
    expect([...layers(plan)].sort()).toEqual([
        ['a', 0],
        ['b', 1],
        ['c', 2],
        ['d', 0],
    ]);
});

test('leaves the slashes of names in paths and nothing else', () => {
    expect(fill('/api/v1/patterns/{name}/versions', { name: 'team-a/x y?#%' })).toBe(
        '/api/v1/patterns/team-a/x%20y%3F%23%25/versions',
    );
    for (const name of ['../../keys', 'team-a/../../keys', '..', '.', 'team-a/./x', 'team-a//x', '']) {
        expect(() => fill('/api/v1/patterns/{name}', { name }), name).toThrow('Nothing has the name');
    }
    expect(fill('/api/v1/patterns/{name}', { name: 'team-a/..x' })).toBe('/api/v1/patterns/team-a/..x');
});

test('puts what was removed beside what took its place', () => {
    const pairs = inPairs(withContext(diffLines('a\nb\nc\nd', 'a\nx\nc\nd\ne')));
    expect(pairs.map((pair) => `${pair?.left?.text ?? ''}|${pair?.right?.text ?? ''}`)).toEqual([
        'a|a',
        'b|x',
        'c|c',
        'd|d',
        '|e',
    ]);
});

test('takes a merged text apart at its conflicts and puts it together again', () => {
    const content =
        'one\n<<<<<<< mine@2\nb\n=======\nc\nd\n>>>>>>> up@3\nmiddle\n<<<<<<< mine@2\n=======\nz\n>>>>>>> up@3\n';
    const conflicts = [
        { line: 2, ours: 'b\n', theirs: 'c\nd\n' },
        { line: 9, ours: '', theirs: 'z' },
    ];
    const parts = pieces(content, conflicts);
    expect(parts).toEqual([{ text: 'one\n' }, { conflict: 0 }, { text: 'middle\n' }, { conflict: 1 }]);
    expect(assemble(parts, ['b\n', ''])).toBe('one\nb\nmiddle\n');
    expect(assemble(parts, ['c\nd', 'z'])).toBe('one\nc\nd\nmiddle\nz');
    expect(pieces('all\n', [])).toEqual([{ text: 'all\n' }]);
});

test('reads the inputs of a workflow as their types say', () => {
    const input = (
        name: string,
        schema: WorkflowInput['schema'],
        more: Partial<WorkflowInput> = {},
    ): WorkflowInput => ({
        name,
        schema,
        required: false,
        default: null,
        choices: [],
        description: '',
        ...more,
    });
    const inputs = [
        input('text', { type: 'string' }, { required: true }),
        input('count', { type: 'integer' }, { default: 2 }),
        input('names', { type: 'array', items: { type: 'string' } }),
        input('on', { type: 'boolean' }),
        input('size', { type: 'integer' }, { choices: [1, 2] }),
        input('any', {}),
    ];
    expect(inputs.map(fieldOf)).toEqual(['text', 'number', 'lines', 'choice', 'choice', 'json']);
    expect(choicesOf(inputs[4]!)).toEqual(['1', '2']);
    expect(missing(inputs, {})).toEqual(['text']);
    expect(readAll(inputs, { text: '7', names: 'a\nb\n', on: 'false', size: '2', any: '{"a":[1]}' })).toEqual({
        text: '7',
        count: 2,
        names: ['a', 'b'],
        on: false,
        size: 2,
        any: { a: [1] },
    });
    expect(() => readAll(inputs, { count: 'x' })).toThrow('count must be a whole number');
    expect(() => readAll(inputs, { any: '{' })).toThrow('any is not valid JSON');
});
