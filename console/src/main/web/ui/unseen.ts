/**
 * Characters that nobody sees and that change how text reads: controls, zero widths, marks and overrides of direction, tags.
 * Joiners within emoji and non-joiners within Arabic script are part of ordinary text.
 */
const UNSEEN =
    /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u{E0000}-\u{E007F}]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|(?<!\p{Script=Arabic})\u200C/gu;

/** A piece of text as it is, or in the place of an unseen character its code, such as U+202E. */
export type Piece = { text: string } | { code: string };

/** Takes a text apart at the characters that nobody sees. */
export function withoutUnseen(text: string): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    for (const match of text.matchAll(UNSEEN)) {
        if (match.index > from) {
            pieces.push({ text: text.slice(from, match.index) });
        }
        pieces.push({ code: `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` });
        from = match.index + match[0].length;
    }
    if (from < text.length) {
        pieces.push({ text: text.slice(from) });
    }
    return pieces;
}
