import { Alert, AlertActionLink } from '@patternfly/react-core';
import { Component, type ReactNode } from 'react';

interface Props {
    children: ReactNode;
    /** Where one is: somewhere else it is tried anew, so that every link leads on. */
    at?: string;
}

/** Keeps a defect in one part of the page from taking the rest with it. */
export class ErrorBoundary extends Component<Props, { failure: Error | null }> {
    override state: { failure: Error | null } = { failure: null };

    static getDerivedStateFromError(failure: Error) {
        return { failure };
    }

    override componentDidUpdate(before: Props) {
        if (this.state.failure !== null && before.at !== this.props.at) {
            this.setState({ failure: null });
        }
    }

    override render() {
        const { failure } = this.state;
        if (failure === null) {
            return this.props.children;
        }
        // A page whose part is missing was loaded before the server was replaced.
        const outdated = /dynamically imported module|preload CSS|module script/i.test(failure.message);
        return (
            <div role="alert">
                <Alert
                    component="p"
                    isInline
                    variant={outdated ? 'info' : 'danger'}
                    title={outdated ? 'The console was updated' : 'This part of the console failed'}
                    actionLinks={<AlertActionLink onClick={() => location.reload()}>Load it again</AlertActionLink>}
                >
                    {outdated ? 'Load the page again to go on.' : failure.message}
                </Alert>
            </div>
        );
    }
}
