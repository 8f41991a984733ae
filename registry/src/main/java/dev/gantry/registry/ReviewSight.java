package dev.gantry.registry;

import java.util.List;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Which reviews somebody sees, as a condition of statements: those of assets that they see, and, as long as these are open,
 * those to which a policy calls them as a reviewer. Such a review shows the version that it is about and what that is compared
 * with, and nothing else of the asset.
 *
 * @param viewer what they see of assets
 * @param called the policies that name them, by their namespaces
 * @param particular the namespaces that have a policy of their own
 */
record ReviewSight(Viewer viewer, List<String> called, List<String> particular) {
    /** The condition, on the tables {@code reviews} and {@code assets} under the names {@code r} and {@code a}. */
    static final String SEES = "(" + Viewer.SEES + """
            OR (r.state = 'open' AND CASE WHEN a.namespace = ANY(:particular::text[]) THEN a.namespace
                    WHEN a.namespace LIKE '~%' THEN '~' ELSE '*' END = ANY(:called::text[])))
            """;

    <S extends SqlStatement<S>> S bind(S statement) {
        return viewer.bind(statement)
                .bindArray("called", String.class, called)
                .bindArray("particular", String.class, particular);
    }
}
