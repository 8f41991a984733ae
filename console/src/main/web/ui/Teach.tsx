import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { useState, type ReactNode } from 'react';

/** A command or text with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
    const [copied, setCopied] = useState(false);
    return (
        <div className="gantry-copyable">
            <code>{text}</code>
            <Button
                variant="plain"
                aria-label={`Copy ${label}`}
                icon={copied ? <CheckIcon /> : <CopyIcon />}
                onClick={() => {
                    void navigator.clipboard.writeText(text).then(() => setCopied(true));
                }}
            />
            <span role="status" className="pf-v6-screen-reader">
                {copied ? 'Copied' : ''}
            </span>
        </div>
    );
}

/** What an empty list shows: what would be here, and how it comes about, here or on the command line. */
export function Teach({
    title,
    children,
    command,
    action,
}: {
    title: string;
    children: ReactNode;
    command?: string;
    action?: ReactNode;
}) {
    return (
        <EmptyState titleText={title} headingLevel="h3" variant="sm">
            <EmptyStateBody>{children}</EmptyStateBody>
            <EmptyStateFooter>
                {action !== undefined && <EmptyStateActions>{action}</EmptyStateActions>}
                {command !== undefined && <Copyable text={command} label="the command" />}
            </EmptyStateFooter>
        </EmptyState>
    );
}
