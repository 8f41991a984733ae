import { Button } from '@patternfly/react-core';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { useEffect, useState } from 'react';

const SAID_MS = 2_000;

/** Copies a text, and says for a moment that it did. */
export function CopyButton({
    text,
    what,
    title,
    isSmall = false,
}: {
    text: string;
    /** What is copied, for those who do not see beside what the button is. */
    what: string;
    /** What stands on the button beside the icon. */
    title?: string;
    isSmall?: boolean;
}) {
    const [copied, setCopied] = useState(false);
    useEffect(() => {
        if (!copied) {
            return undefined;
        }
        const timer = setTimeout(() => setCopied(false), SAID_MS);
        return () => clearTimeout(timer);
    }, [copied]);
    return (
        <>
            <Button
                variant={title === undefined ? 'plain' : 'link'}
                {...(isSmall && { size: 'sm', hasNoPadding: true })}
                isInline={title !== undefined}
                aria-label={`Copy ${what}`}
                icon={copied ? <CheckIcon /> : <CopyIcon />}
                onClick={() => {
                    void navigator.clipboard.writeText(text).then(() => setCopied(true));
                }}
            >
                {title}
            </Button>
            <span role="status" className="pf-v6-screen-reader">
                {copied ? 'Copied' : ''}
            </span>
        </>
    );
}
