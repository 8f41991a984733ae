import { Alert, AlertActionLink, Card, CardBody, CardHeader, CardTitle, Spinner } from '@patternfly/react-core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem, Unreachable } from '../api/client';

export function Loading({ what }: { what: string }) {
    return (
        <div className="gantry-loading" role="status">
            <Spinner size="md" aria-hidden="true" />
            <span>Loading {what} …</span>
        </div>
    );
}

/** Says what went wrong, and by which number the operator finds it. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
    const problem = error instanceof Problem ? error : null;
    const title =
        problem?.status === 403
            ? 'You may not see this'
            : error instanceof Unreachable
              ? 'The server cannot be reached'
              : 'This could not be loaded';
    return (
        <Alert
            isInline
            variant={problem?.status === 403 ? 'info' : 'danger'}
            title={title}
            actionLinks={
                retry === undefined ? undefined : <AlertActionLink onClick={retry}>Try again</AlertActionLink>
            }
        >
            {error instanceof Unreachable ? 'Check that it runs and that you are connected.' : error.message}
            {problem !== null && problem.requestId !== '' && problem.status >= 500 && (
                <>
                    {' '}
                    Request id <code>{problem.requestId}</code>.
                </>
            )}
        </Alert>
    );
}

/** Shows what a query gave, that it is under way, or why it failed; the rest of the page does not wait for it. */
export function Loaded<T>({
    query,
    what,
    children,
}: {
    query: UseQueryResult<T>;
    what: string;
    children: (data: T) => ReactNode;
}) {
    if (query.isPending) {
        return <Loading what={what} />;
    }
    if (query.isError && query.data === undefined) {
        return <Failure error={query.error} retry={() => void query.refetch()} />;
    }
    return <>{children(query.data as T)}</>;
}

/** A titled part of a page. */
export function Panel({
    title,
    actions,
    children,
    className,
}: {
    title: string;
    actions?: ReactNode;
    children: ReactNode;
    className?: string;
}) {
    return (
        <Card component="section" aria-label={title} className={className}>
            <CardHeader actions={actions === undefined ? undefined : { actions, hasNoOffset: true }}>
                <CardTitle component="h2">{title}</CardTitle>
            </CardHeader>
            <CardBody>{children}</CardBody>
        </Card>
    );
}
