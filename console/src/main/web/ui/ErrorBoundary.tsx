import { Alert, AlertActionLink } from '@patternfly/react-core';
import { Component, type ReactNode } from 'react';

/** Keeps a defect in one part of the page from taking the rest with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failure: Error | null }> {
    override state: { failure: Error | null } = { failure: null };

    static getDerivedStateFromError(failure: Error) {
        return { failure };
    }

    override render() {
        const { failure } = this.state;
        if (failure === null) {
            return this.props.children;
        }
        // A page whose part is missing was loaded before the server was replaced.
        const outdated = /dynamically imported module|preload CSS|module script/i.test(failure.message);
        return (
            <Alert
                component="p"
                isInline
                variant={outdated ? 'info' : 'danger'}
                title={outdated ? 'The console was updated' : 'This part of the console failed'}
                actionLinks={<AlertActionLink onClick={() => location.reload()}>Load it again</AlertActionLink>}
            >
                {outdated ? 'Load the page again to go on.' : failure.message}
            </Alert>
        );
    }
}
