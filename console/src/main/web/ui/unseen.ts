import { LENGTH_MAX, PLACES_MAX, type Weight } from './portions';

/**
 * Characters that nobody sees and that change how text reads: controls, zero widths, marks and overrides of direction, tags; as
 * many of one kind as follow each other. Joiners within emoji and non-joiners within Arabic script are part of ordinary text.
 */
const UNSEEN =
    /([\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u{E0000}-\u{E007F}]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|(?<!\p{Script=Arabic})\u200C)\1*/gu;

/** A piece of text as it is, or in the place of unseen characters their code, such as U+202E, and how many there are. */
export type Piece = { text: string } | { code: string; times: number };

/** Returns where a text has had so many line feeds, after the last of them; its length when it has fewer. */
function afterLines(text: string, most: number): { end: number; lines: number } {
    let end = 0;
    let lines = 0;
    while (lines < most) {
        const next = text.indexOf('\n', end);
        if (next < 0) {
            return { end: text.length, lines };
        }
        end = next + 1;
        lines++;
    }
    return { end, lines };
}

/**
 * Takes the beginning of a text apart at the characters that nobody sees.
 *
 * @param portions how much of it
 * @returns its pieces, what they weigh, and how many characters are left behind them
 */
export function withoutUnseen(text: string, portions = 1): { pieces: Piece[]; weight: Weight; left: number } {
    const pieces: Piece[] = [];
    const weight = { places: 0, length: 0 };
    let from = 0;
    const isFull = () => weight.places >= portions * PLACES_MAX || weight.length >= portions * LENGTH_MAX;
    const addText = (to: number) => {
        let part = text.slice(from, Math.min(to, from + portions * LENGTH_MAX - weight.length));
        // A character of two halves is not cut.
        part = /[\uD800-\uDBFF]$/.test(part) && from + part.length < to ? part.slice(0, -1) : part;
        const { end, lines } = afterLines(part, portions * PLACES_MAX - weight.places);
        if (end > 0) {
            pieces.push({ text: part.slice(0, end) });
        }
        weight.places += lines;
        weight.length += end;
        from += end;
    };
    for (const { index, 0: all, 1: one = '' } of text.matchAll(UNSEEN)) {
        addText(index);
        if (from < index || isFull()) {
            return { pieces, weight, left: text.length - from };
        }
        pieces.push({
            code: `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
            times: all.length / one.length,
        });
        weight.places++;
        from = index + all.length;
    }
    addText(text.length);
    return { pieces, weight, left: text.length - from };
}
