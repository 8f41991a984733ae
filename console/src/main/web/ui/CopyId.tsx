import { CopyButton } from './CopyButton';

/** An id within a line, whole or by its beginning, with a button that copies all of it. */
export function CopyId({ id, what, length }: { id: string; what: string; length?: number }) {
    return (
        <span className="gantry-id">
            <code>{length === undefined ? id : id.slice(0, length)}</code>
            <CopyButton text={id} what={what} isSmall />
        </span>
    );
}
