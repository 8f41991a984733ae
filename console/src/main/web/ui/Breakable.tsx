import { Fragment } from 'react';

/** After what a name is best broken, and, where there is none of it for long, anywhere behind as many letters. */
const BREAKS = /(?<=[/@._:=&?])(?=\S)|(?<=[^\s/@._:=&?-]{24})(?=[^\s/@._:=&?-])/;

/** Longer ones are texts rather than names. */
const NAME_MAX = 500;

/** A name that breaks at its parts where there is no room for all of it in a line. */
export function Breakable({ text }: { text: string }) {
    if (text.length > NAME_MAX) {
        return <span className="gantry-long">{text}</span>;
    }
    return text.split(BREAKS).map((part, index) => (
        <Fragment key={index}>
            {index > 0 && <wbr />}
            {part}
        </Fragment>
    ));
}
