package dev.gantry.registry;

import dev.gantry.registry.AssetSearch.Position;
import dev.gantry.registry.AssetSearch.Scope;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Lists assets in the order of their names, stored and built-in ones together.
 *
 * <p>A list walks along the names, which is quick where much of what it passes is shown. Where little is, what is left is
 * looked up by the terms of the assets, which say whose they are and what tags they have.
 */
final class AssetList {
    /** Assets that a walk passes before it asks for the terms. */
    private static final int STEPS_MAX = 500;

    /** With as many assets to show there are enough of them along the way. */
    private static final int LOOKED_UP_MAX = 2_000;

    private static final String SHOWN = """
            a.kind = :kind AND a.deleted_at IS NULL AND a.tags @> :tags::text[]
                AND (a.path, a.namespace) > (:afterPath, :afterNamespace)
                AND (:namespace::text IS NULL OR a.namespace = :namespace)
                AND (:visibility::text IS NULL
                    OR :visibility = CASE a.audience WHEN '*' THEN 'organization' WHEN '' THEN 'private' ELSE 'team' END)
                AND
            """ + Viewer.SEES + """
            ORDER BY a.path, a.namespace
            LIMIT :limit
            """;

    private static final String WAY = """
             FROM assets
             WHERE kind = :kind AND deleted_at IS NULL AND (path, namespace) > (:afterPath, :afterNamespace)
            """;

    /** By itself where there is a namespace at all, so that it is looked up in the index. */
    private static final String IN_NAMESPACE = " AND namespace = :namespace";

    private static final String IN_ORDER = " ORDER BY path, namespace";

    private static final String WALK_SQL = "SELECT " + AssetSearch.COLUMNS + " FROM (SELECT *" + WAY + "%s" + IN_ORDER
            + " LIMIT :steps) AS a WHERE " + SHOWN;

    private static final String GOES_ON_SQL = "SELECT EXISTS (SELECT" + WAY + "%s" + IN_ORDER + " OFFSET :steps)";

    private static final String MATCHES_SQL =
            "SELECT asset_id FROM asset_search_find(:facts, ARRAY[:facts], '{}', 1, 1, :most)";

    private static final String LOOK_UP_SQL =
            "SELECT " + AssetSearch.COLUMNS + " FROM assets a WHERE a.id = ANY(:ids::uuid[]) AND " + SHOWN;

    private AssetList() {}

    /** An asset with its place in the order. */
    record Hit(AssetSummary asset, Position position) {}

    /** Returns assets after a position. */
    static List<Hit> read(Handle handle, Scope scope, @Nullable Position after, int limit) {
        Position start = after == null ? new Position(0, "", "") : after;
        Stream<Hit> builtIn = AssetSearch.builtins(scope)
                .map(asset -> hit(AssetSearch.summary(asset)))
                .filter(hit -> hit.position().compareTo(start) > 0);
        return Stream.concat(stored(handle, scope, start, limit).stream(), builtIn)
                .sorted(Comparator.comparing(Hit::position))
                .limit(limit)
                .toList();
    }

    private static List<Hit> stored(Handle handle, Scope scope, Position start, int limit) {
        List<Hit> walked = walked(handle, scope, start, limit, STEPS_MAX);
        if (walked.size() == limit || !goesOn(handle, scope, start)) {
            return walked;
        }
        List<UUID> matches = handle.createQuery(MATCHES_SQL)
                .bind("facts", AssetSearch.facts(scope))
                .bind("most", LOOKED_UP_MAX)
                .mapTo(UUID.class)
                .list();
        return matches.size() < LOOKED_UP_MAX
                ? shown(handle.createQuery(LOOK_UP_SQL).bindArray("ids", UUID.class, matches), scope, start, limit)
                : walked(handle, scope, start, limit, Integer.MAX_VALUE);
    }

    private static List<Hit> walked(Handle handle, Scope scope, Position start, int limit, int steps) {
        return shown(handle.createQuery(along(WALK_SQL, scope)).bind("steps", steps), scope, start, limit);
    }

    /** Returns whether there is more behind the first steps. */
    private static boolean goesOn(Handle handle, Scope scope, Position start) {
        Query statement = handle.createQuery(along(GOES_ON_SQL, scope))
                .bind("kind", scope.query().kind().id())
                .bind("afterPath", start.path())
                .bind("afterNamespace", start.namespace())
                .bind("steps", STEPS_MAX);
        if (scope.namespace() != null) {
            statement.bind("namespace", scope.namespace());
        }
        return statement.mapTo(Boolean.class).one();
    }

    private static String along(String sql, Scope scope) {
        return sql.formatted(scope.namespace() == null ? "" : IN_NAMESPACE);
    }

    private static List<Hit> shown(Query statement, Scope scope, Position start, int limit) {
        AssetQuery query = scope.query();
        return scope.viewer()
                .bind(statement)
                .bind("kind", query.kind().id())
                .bindArray("tags", String.class, query.tags())
                .bind("namespace", scope.namespace())
                .bind(
                        "visibility",
                        query.visibility() == null ? null : query.visibility().id())
                .bind("afterPath", start.path())
                .bind("afterNamespace", start.namespace())
                .bind("limit", limit)
                .map((row, _) -> hit(AssetSearch.summary(query.kind(), row)))
                .list();
    }

    private static Hit hit(AssetSummary asset) {
        return new Hit(asset, new Position(0, asset.name().path(), asset.name().namespace()));
    }
}
