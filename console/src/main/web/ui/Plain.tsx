import { withoutUnseen } from './unseen';

/** Text that others wrote, with a mark in the place of each character that nobody would see. */
export function Plain({ text }: { text: string }) {
    return withoutUnseen(text).map((piece, index) =>
        'text' in piece ? (
            piece.text
        ) : (
            <mark key={index} className="gantry-unseen" title="An invisible character">
                {piece.code}
            </mark>
        ),
    );
}
