package dev.gantry.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetMirror.Named;
import dev.gantry.registry.AssetName;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Reads and writes the tables {@code mirrors} and {@code mirror_assets}, inside of the transactions of others. */
final class MirrorStore {
    private MirrorStore() {}

    /**
     * What a mirror has of an asset.
     *
     * @param version its number in the other registry
     * @param facts what is said of it besides its text, as a hash
     */
    record Known(int version, String hash, String facts, boolean gone) {}

    /**
     * What the next look needs to know of the last.
     *
     * @param incomplete whether some assets could not be taken over when the list was walked along last
     * @param walkAt when to do so again although the list is the same; null when all of it is here
     * @param missingTeams what assets wait for
     * @param approvals how many there were
     * @param untold changes that nobody was told of
     * @param told whether somebody was told how the last look ended
     */
    record Row(
            String etag,
            String settingsHash,
            @Nullable Instant wantedAt,
            boolean incomplete,
            @Nullable Instant walkAt,
            List<String> missingTeams,
            long approvals,
            int untold,
            boolean told) {}

    /**
     * How a walk along the whole list ended.
     *
     * @param walkAt when to walk again although the list is the same; null for not at all
     * @param approvals of what the mirror keeps, at the beginning
     */
    record Walk(List<Finding> findings, @Nullable Instant walkAt, List<String> missingTeams, long approvals) {}

    /**
     * How a look ended.
     *
     * @param etag of what is here now, empty for nothing; null leaves what the parts of the look left
     * @param walk null if there was none to the end: what is known of the last one stays
     */
    record Outcome(
            MirrorStatus.State state,
            @Nullable String etag,
            String problem,
            @Nullable Walk walk) {}

    /** Makes the row of a mirror, or gives it another task; returns the task that it had. */
    static Optional<UUID> begin(Handle handle, Mirror mirror, UUID task) {
        Optional<UUID> before = handle.createQuery("SELECT task_id FROM mirrors WHERE mirror = :mirror FOR UPDATE")
                .bind("mirror", mirror.name())
                .mapTo(UUID.class)
                .findOne();
        handle.createUpdate("""
                        INSERT INTO mirrors (organization_id, mirror, task_id, etag, settings_hash, state, problem, findings,
                            finding_count, asset_count)
                        VALUES (:organization, :mirror, :task, '', '', 'new', '', '[]', 0, 0)
                        ON CONFLICT (organization_id, mirror) DO UPDATE SET task_id = :task,
                            reviews_due = gen_random_uuid()
                        """)
                .bind("organization", mirror.organization())
                .bind("mirror", mirror.name())
                .bind("task", task)
                .execute();
        return before;
    }

    static Optional<Row> lock(Handle handle, String mirror) {
        return handle.createQuery("""
                        SELECT etag, settings_hash, wanted_at, findings @> '[{"error": true}]' AS incomplete, walk_at,
                            missing_teams, approvals, untold, told
                        FROM mirrors WHERE mirror = :mirror FOR UPDATE
                        """)
                .bind("mirror", mirror)
                .map((row, _) -> new Row(
                        row.getString("etag"),
                        row.getString("settings_hash"),
                        instant(row, "wanted_at"),
                        row.getBoolean("incomplete"),
                        instant(row, "walk_at"),
                        List.of((String[]) row.getArray("missing_teams").getArray()),
                        row.getLong("approvals"),
                        row.getInt("untold"),
                        row.getBoolean("told")))
                .findOne();
    }

    /** Returns the name of the mirror that a task is about. */
    static Optional<String> mirrorOf(Handle handle, UUID task) {
        return handle.createQuery("SELECT mirror FROM mirrors WHERE task_id = :task")
                .bind("task", task)
                .mapTo(String.class)
                .findOne();
    }

    /** Returns what a mirror has of some assets. */
    static Map<Named, Known> known(Handle handle, String mirror, Collection<Named> assets) {
        Map<Named, Known> known = new HashMap<>();
        handle.createQuery("""
                        SELECT m.kind, m.namespace, m.path, m.upstream_version, m.content_hash, m.facts_hash, m.gone
                        FROM unnest(:kinds::text[], :namespaces::text[], :paths::text[]) AS wanted (kind, namespace, path)
                        JOIN mirror_assets m USING (kind, namespace, path)
                        WHERE m.mirror = :mirror
                        """)
                .bind("mirror", mirror)
                .bindArray(
                        "kinds",
                        String.class,
                        assets.stream().map(asset -> asset.kind().id()).toList())
                .bindArray(
                        "namespaces",
                        String.class,
                        assets.stream().map(asset -> asset.name().namespace()).toList())
                .bindArray(
                        "paths",
                        String.class,
                        assets.stream().map(asset -> asset.name().path()).toList())
                .map((row, _) -> known.put(
                        named(row),
                        new Known(
                                row.getInt("upstream_version"),
                                row.getString("content_hash"),
                                row.getString("facts_hash"),
                                row.getBoolean("gone"))))
                .list();
        return known;
    }

    /** Returns names of assets that a mirror keeps, those after one of them or the first. */
    static List<Named> keptAfter(Handle handle, String mirror, @Nullable Named last, int limit) {
        return handle.createQuery("""
                        SELECT kind, namespace, path FROM mirror_assets
                        WHERE mirror = :mirror AND NOT gone AND (kind, namespace, path) > (:kind, :namespace, :path)
                        ORDER BY kind, namespace, path LIMIT :limit
                        """)
                .bind("mirror", mirror)
                .bind("kind", last == null ? "" : last.kind().id())
                .bind("namespace", last == null ? "" : last.name().namespace())
                .bind("path", last == null ? "" : last.name().path())
                .bind("limit", limit)
                .map((row, _) -> named(row))
                .list();
    }

    /** Returns all assets that a mirror keeps. */
    static List<Named> kept(Handle handle, String mirror) {
        return handle.createQuery("SELECT kind, namespace, path FROM mirror_assets WHERE mirror = :mirror AND NOT gone")
                .bind("mirror", mirror)
                .map((row, _) -> named(row))
                .list();
    }

    /** Notes what a mirror has of assets now. */
    static void put(Handle handle, Mirror mirror, Map<Named, Known> assets) {
        if (assets.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO mirror_assets (organization_id, kind, namespace, path, mirror, upstream_version, content_hash,
                    facts_hash, gone)
                VALUES (:organization, :kind, :namespace, :path, :mirror, :version, :hash, :facts, :gone)
                ON CONFLICT (organization_id, kind, namespace, path) DO UPDATE SET mirror = :mirror,
                    upstream_version = :version, content_hash = :hash, facts_hash = :facts, gone = :gone
                """);
        assets.forEach((asset, known) -> batch.bind("organization", mirror.organization())
                .bind("kind", asset.kind().id())
                .bind("namespace", asset.name().namespace())
                .bind("path", asset.name().path())
                .bind("mirror", mirror.name())
                .bind("version", known.version())
                .bind("hash", known.hash())
                .bind("facts", known.facts())
                .bind("gone", known.gone())
                .add());
        batch.execute();
    }

    static void gone(Handle handle, String mirror, Collection<Named> assets) {
        PreparedBatch batch = handle.prepareBatch("""
                UPDATE mirror_assets SET gone = true
                WHERE mirror = :mirror AND kind = :kind AND namespace = :namespace AND path = :path
                """);
        assets.forEach(asset -> batch.bind("mirror", mirror)
                .bind("kind", asset.kind().id())
                .bind("namespace", asset.name().namespace())
                .bind("path", asset.name().path())
                .add());
        batch.execute();
    }

    /** Forgets a mirror and what it has; returns whether there was one. */
    static boolean forget(Handle handle, String mirror) {
        handle.createUpdate("DELETE FROM mirror_assets WHERE mirror = :mirror")
                .bind("mirror", mirror)
                .execute();
        return handle.createUpdate("DELETE FROM mirrors WHERE mirror = :mirror")
                        .bind("mirror", mirror)
                        .execute()
                > 0;
    }

    /**
     * Notes that the registry was changed, which somebody is to be told of, and which may have to be handed in for review. Until
     * the look has ended no entity tag stands for what is here: if it breaks off, and the other side goes back to what it was,
     * its old tag would stand for something else.
     */
    static void changed(Handle handle, String mirror, int changes) {
        if (changes > 0) {
            handle.createUpdate("""
                            UPDATE mirrors SET untold = untold + :changes, reviews_due = gen_random_uuid(), etag = ''
                            WHERE mirror = :mirror
                            """)
                    .bind("mirror", mirror)
                    .bind("changes", changes)
                    .execute();
        }
    }

    /**
     * Notes how a look ended.
     *
     * @param begun when; a look that was wanted by then has been had
     * @param told whether nobody is to be told of it
     */
    static void looked(Handle handle, Mirror mirror, Outcome outcome, Instant begun, boolean told, Instant now) {
        Walk walk = outcome.walk();
        handle.createUpdate("""
                        UPDATE mirrors SET etag = coalesce(:etag, etag), settings_hash = :hash, tried_at = :now, state = :state,
                            synced_at = CASE WHEN :state = 'synced' THEN :now ELSE synced_at END,
                            failing_since = CASE WHEN :state = 'synced' THEN NULL ELSE coalesce(failing_since, :now) END,
                            problem = :problem, findings = coalesce(:findings::jsonb, findings),
                            finding_count = coalesce(:count::integer, finding_count), told = :told,
                            wanted_at = CASE WHEN wanted_at > :begun THEN wanted_at END,
                            asset_count = (SELECT count(*) FROM mirror_assets WHERE mirror = :mirror AND NOT gone)
                        WHERE mirror = :mirror
                        """)
                .bind("mirror", mirror.name())
                .bind("hash", mirror.settingsHash())
                .bind("etag", outcome.etag())
                .bind("now", at(now))
                .bind("begun", at(begun))
                .bind("told", told)
                .bind("state", outcome.state().id())
                .bind("problem", Text.storable(outcome.problem(), 2_000))
                .bind("findings", walk == null ? null : json(walk.findings()))
                .bind("count", walk == null ? null : walk.findings().size())
                .execute();
        if (walk != null) {
            handle.createUpdate("""
                            UPDATE mirrors SET walk_at = :walkAt::timestamptz, missing_teams = :teams::text[],
                                approvals = :approvals
                            WHERE mirror = :mirror
                            """)
                    .bind("mirror", mirror.name())
                    .bind("walkAt", walk.walkAt() == null ? null : at(walk.walkAt()))
                    .bindArray("teams", String.class, walk.missingTeams())
                    .bind("approvals", walk.approvals())
                    .execute();
        }
    }

    /** Notes that somebody was told how the last look ended, and of some changes. */
    static void told(Handle handle, String mirror, int changes) {
        handle.createUpdate("UPDATE mirrors SET told = true, untold = untold - :changes WHERE mirror = :mirror")
                .bind("mirror", mirror)
                .bind("changes", changes)
                .execute();
    }

    /** Returns what stands for the changes that may have to be handed in for review, if there are any. */
    static Optional<UUID> reviewsDue(Handle handle, String mirror) {
        return handle.createQuery("SELECT reviews_due FROM mirrors WHERE mirror = :mirror AND reviews_due IS NOT NULL")
                .bind("mirror", mirror)
                .mapTo(UUID.class)
                .findOne();
    }

    /** Notes that everything was handed in for review, unless there was another change meanwhile. */
    static void handedIn(Handle handle, String mirror, UUID due) {
        handle.createUpdate("UPDATE mirrors SET reviews_due = NULL WHERE mirror = :mirror AND reviews_due = :due")
                .bind("mirror", mirror)
                .bind("due", due)
                .execute();
    }

    /** Notes that somebody wants the registry to be looked at now; returns the mirror's task. */
    static Optional<UUID> want(Handle handle, String mirror, Instant now) {
        return handle.createQuery("UPDATE mirrors SET wanted_at = :now WHERE mirror = :mirror RETURNING task_id")
                .bind("mirror", mirror)
                .bind("now", at(now))
                .mapTo(UUID.class)
                .findOne();
    }

    static Optional<MirrorStatus> status(Handle handle, String mirror) {
        return handle.createQuery("""
                        SELECT mirror, state, synced_at, tried_at, failing_since, problem, findings::text, finding_count,
                            asset_count, wanted_at IS NOT NULL AS pending
                        FROM mirrors WHERE mirror = :mirror
                        """)
                .bind("mirror", mirror)
                .map((row, _) -> new MirrorStatus(
                        row.getString("mirror"),
                        MirrorStatus.State.of(row.getString("state")),
                        instant(row, "synced_at"),
                        instant(row, "tried_at"),
                        instant(row, "failing_since"),
                        row.getString("problem"),
                        findings(row.getString("findings")),
                        row.getInt("finding_count"),
                        row.getInt("asset_count"),
                        row.getBoolean("pending")))
                .findOne();
    }

    private static String json(List<Finding> findings) {
        ArrayNode list = Json.mapper().createArrayNode();
        findings.stream()
                .sorted(Comparator.comparing((Finding finding) -> !finding.error()))
                .limit(MirrorStatus.FINDINGS_MAX)
                .forEach(finding -> list.addObject()
                        .put("asset", Text.storable(finding.asset(), 500))
                        .put("error", finding.error())
                        .put("text", Text.storable(finding.text(), 500)));
        return list.toString();
    }

    private static List<Finding> findings(String json) {
        List<Finding> findings = new ArrayList<>();
        for (JsonNode item : Json.read(json.getBytes(StandardCharsets.UTF_8))) {
            findings.add(new Finding(
                    item.path("asset").asText(),
                    item.path("error").asBoolean(),
                    item.path("text").asText()));
        }
        return findings;
    }

    private static Named named(ResultSet row) throws SQLException {
        return new Named(
                AssetKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                new AssetName(row.getString("namespace"), row.getString("path")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
