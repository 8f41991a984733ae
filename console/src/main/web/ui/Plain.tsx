import type { ReactNode } from 'react';

/** Characters that nobody sees and that change how text reads: controls, zero widths, marks and overrides of direction, tags. */
const UNSEEN =
    /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;

/** Text that others wrote, with a mark in the place of each character that nobody would see. */
export function Plain({ text }: { text: string }) {
    const parts: ReactNode[] = [];
    let from = 0;
    for (const match of text.matchAll(UNSEEN)) {
        parts.push(text.slice(from, match.index));
        const code = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
        parts.push(
            <mark key={match.index} className="gantry-unseen" title="An invisible character">
                {code}
            </mark>,
        );
        from = match.index + match[0].length;
    }
    return from === 0 ? <>{text}</> : <>{[...parts, text.slice(from)]}</>;
}
