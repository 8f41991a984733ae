import { Button } from '@patternfly/react-core';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { useEffect, useState } from 'react';

const SAID_MS = 2_000;

/** An id within a line, whole or by its beginning, with a button that copies all of it. */
export function CopyId({ id, what, length }: { id: string; what: string; length?: number }) {
    const [copied, setCopied] = useState(false);
    useEffect(() => {
        if (!copied) {
            return undefined;
        }
        const timer = setTimeout(() => setCopied(false), SAID_MS);
        return () => clearTimeout(timer);
    }, [copied]);
    return (
        <span className="gantry-id">
            <code>{length === undefined ? id : id.slice(0, length)}</code>
            <Button
                variant="plain"
                size="sm"
                hasNoPadding
                aria-label={`Copy ${what}`}
                icon={copied ? <CheckIcon /> : <CopyIcon />}
                onClick={() => {
                    void navigator.clipboard.writeText(id).then(() => setCopied(true));
                }}
            />
            <span role="status" className="pf-v6-screen-reader">
                {copied ? 'Copied' : ''}
            </span>
        </span>
    );
}
