import { Button, Card, CardBody, CardHeader, CardTitle, Spinner } from '@patternfly/react-core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Unreachable } from '../api/client';
import { Failure } from './Failure';
import { clock } from './format';

/** After this one wonders whether anything happens. */
const LONG_MS = 5_000;

export function Loading({ what }: { what: string }) {
    const [long, setLong] = useState(false);
    useEffect(() => {
        const timer = setTimeout(() => setLong(true), LONG_MS);
        return () => clearTimeout(timer);
    }, []);
    return (
        <div className="gantry-loading" role="status">
            <Spinner size="md" aria-hidden="true" />
            <span>
                Loading {what} …{long && ' This takes longer than usual.'}
            </span>
        </div>
    );
}

/**
 * Shows what a query gave, that it is under way, or why it failed; the rest of the page does not wait for it. What it gave before
 * stays when it cannot be renewed, with a line that says so.
 */
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
    return (
        <>
            <OutOfDate query={query} />
            {children(query.data as T)}
        </>
    );
}

/** Says of what is shown that it could not be renewed, and since when it is so; nothing while it is as of now. */
export function OutOfDate({ query }: { query: UseQueryResult<unknown> }) {
    if (!query.isError || query.data === undefined) {
        return null;
    }
    const since = clock(new Date(query.dataUpdatedAt).toISOString());
    return (
        // When no server answers, the line above the page says so once for all.
        <p role={query.error instanceof Unreachable ? undefined : 'alert'} className="gantry-out-of-date">
            As of {since}; it could not be renewed: {query.error.message}{' '}
            <Button variant="link" isInline onClick={() => void query.refetch()}>
                Try again
            </Button>
        </p>
    );
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
