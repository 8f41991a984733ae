import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { CopyButton } from './CopyButton';

/** A command or text with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
    return (
        <div className="gantry-copyable">
            <code>{text}</code>
            <CopyButton text={text} what={label} />
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
