import { Button } from '@patternfly/react-core';
import { useMemo, useState } from 'react';
import { count } from './format';
import { withoutUnseen } from './unseen';

/**
 * Text that others wrote, with a mark in the place of characters that nobody would see. Of a long one the beginning is shown, and
 * more when it is asked for.
 */
export function Plain({ text }: { text: string }) {
    const [portions, setPortions] = useState(1);
    const { pieces, left } = useMemo(() => withoutUnseen(text, portions), [text, portions]);
    return (
        <>
            {pieces.map((piece, index) =>
                'text' in piece ? (
                    piece.text
                ) : (
                    <mark
                        key={index}
                        className="gantry-unseen"
                        title={piece.times === 1 ? 'An invisible character' : 'Invisible characters'}
                    >
                        {piece.code}
                        {piece.times > 1 && ` × ${count(piece.times)}`}
                    </mark>
                ),
            )}
            {left > 0 && (
                <Button variant="link" isInline className="gantry-more" onClick={() => setPortions(portions + 1)}>
                    {`Show more: ${count(left)} ${left === 1 ? 'character' : 'characters'} left`}
                </Button>
            )}
        </>
    );
}
