import { Button } from '@patternfly/react-core';
import styles from '@patternfly/react-styles/css/components/Table/table';
import '@patternfly/react-styles/css/components/Table/table-grid.css';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Page } from '../api/views';
import { Breakable } from './Breakable';
import { Failure } from './Failure';
import { Loading, OutOfDate } from './Panel';

export interface Column<T> {
    title: string;
    cell: (row: T) => ReactNode;
    numeric?: boolean;
    /** What is in it are sentences, which need more room than names. */
    sentences?: boolean;
    /** For columns of buttons: the title is for those who cannot see that. */
    hiddenTitle?: boolean;
}

/** How the cells of a column are laid out. */
function layout({ numeric, sentences, hiddenTitle }: Column<never>): string {
    return `${numeric ? ' gantry-number' : ''}${sentences ? ' gantry-sentence' : ''}${hiddenTitle ? ' gantry-end' : ''}`;
}

/**
 * Rows under headings; on a narrow screen each row becomes a list of its cells with their titles. The roles are those that the
 * elements have until a style lays them out otherwise.
 */
export function DataTable<T>({
    label,
    columns,
    rows,
    id,
}: {
    label: string;
    columns: Column<T>[];
    rows: T[];
    id: (row: T) => string;
}) {
    return (
        <div className="gantry-table">
            <table className={`${styles.table} pf-m-grid-lg pf-m-compact`} aria-label={label} role="table">
                <thead className={styles.tableThead} role="rowgroup">
                    <tr className={styles.tableTr} role="row">
                        {columns.map((column) => (
                            <th
                                key={column.title}
                                scope="col"
                                role="columnheader"
                                className={styles.tableTh + layout(column)}
                            >
                                {column.hiddenTitle ? (
                                    <span className="pf-v6-screen-reader">{column.title}</span>
                                ) : (
                                    column.title
                                )}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody className={styles.tableTbody} role="rowgroup">
                    {rows.map((row) => (
                        <tr key={id(row)} className={styles.tableTr} role="row">
                            {columns.map((column) => (
                                <td
                                    key={column.title}
                                    role="cell"
                                    className={styles.tableTd + layout(column)}
                                    data-label={column.hiddenTitle ? undefined : column.title}
                                >
                                    <Cell content={column.cell(row)} />
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Cell({ content }: { content: ReactNode }) {
    return typeof content === 'string' ? <Breakable text={content} /> : content;
}

export interface Paged<T> {
    query: UseQueryResult<Page<T>>;
    page: number;
    next: (() => void) | null;
    previous: (() => void) | null;
}

/**
 * Asks for a list page by page.
 *
 * @param key names the list and everything that filters it: another key begins at the first page
 */
export function usePaged<T>(
    key: readonly unknown[],
    load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
): Paged<T> {
    const name = JSON.stringify(key);
    const [at, setAt] = useState<{ name: string; cursors: string[] }>({ name, cursors: [] });
    const cursors = at.name === name ? at.cursors : [];
    const cursor = cursors.at(-1);
    const query = useQuery({
        queryKey: [...key, cursor ?? ''],
        queryFn: ({ signal }) => load(cursor, signal),
        placeholderData: keepPreviousData,
    });
    const following = query.isPlaceholderData ? null : (query.data?.next_cursor ?? null);
    return {
        query,
        page: cursors.length + 1,
        next: following === null ? null : () => setAt({ name, cursors: [...cursors, following] }),
        previous: cursors.length === 0 ? null : () => setAt({ name, cursors: cursors.slice(0, -1) }),
    };
}

/** A list with its pages, marked while it is still that of another filter; what an empty one shows is the caller's. */
export function PagedTable<T>({
    paged,
    label,
    columns,
    id,
    empty,
}: {
    paged: Paged<T>;
    label: string;
    columns: Column<T>[];
    id: (row: T) => string;
    empty: ReactNode;
}) {
    const { query, page, next, previous } = paged;
    if (query.isPending) {
        return <Loading what={label.toLowerCase()} />;
    }
    if (query.data === undefined) {
        return <Failure error={query.error as Error} retry={() => void query.refetch()} />;
    }
    const rows = query.data.items;
    const isOld = query.isPlaceholderData;
    return (
        <div className="gantry-renewed" aria-busy={isOld}>
            <OutOfDate query={query} />
            <div className="gantry-renewing" role="status">
                {isOld && `Loading ${label.toLowerCase()} …`}
            </div>
            <div className={isOld ? 'gantry-old' : undefined}>
                {rows.length === 0 && page === 1 ? (
                    empty
                ) : (
                    <DataTable label={label} columns={columns} rows={rows} id={id} />
                )}
            </div>
            {(next !== null || previous !== null) && (
                <nav className="gantry-pages" aria-label={`Pages of ${label.toLowerCase()}`}>
                    {/* They keep the focus where there is no further page. */}
                    <Button
                        variant="secondary"
                        size="sm"
                        isAriaDisabled={previous === null}
                        onClick={() => previous?.()}
                    >
                        Previous
                    </Button>
                    <span role="status">Page {page}</span>
                    <Button variant="secondary" size="sm" isAriaDisabled={next === null} onClick={() => next?.()}>
                        Next
                    </Button>
                </nav>
            )}
        </div>
    );
}
