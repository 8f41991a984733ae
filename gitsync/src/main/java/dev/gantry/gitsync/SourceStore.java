package dev.gantry.gitsync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
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

/** Reads and writes the tables {@code git_sources} and {@code git_files}, inside of the transactions of others. */
final class SourceStore {
    private SourceStore() {}

    /** A file that the registry has. */
    record Known(String blob, AssetKind kind, AssetName name) {}

    /**
     * A source's row, as far as the next look needs it.
     *
     * @param untold changes of the last look
     * @param told whether somebody was told how it ended
     */
    record Row(String commit, String settingsHash, int untold, boolean told) {}

    /** Makes the row of a source, or gives it another task; returns the task that it had. */
    static Optional<UUID> begin(Handle handle, GitSource source, UUID task) {
        Optional<UUID> before = handle.createQuery("SELECT task_id FROM git_sources WHERE source = :source FOR UPDATE")
                .bind("source", source.name())
                .mapTo(UUID.class)
                .findOne();
        handle.createUpdate("""
                        INSERT INTO git_sources (organization_id, source, task_id, commit_id, settings_hash, tried_commit,
                            state, problem, findings, finding_count, asset_count)
                        VALUES (:organization, :source, :task, '', '', '', 'new', '', '[]', 0, 0)
                        ON CONFLICT (organization_id, source) DO UPDATE SET task_id = :task,
                            reviews_due = gen_random_uuid()
                        """)
                .bind("organization", source.organization())
                .bind("source", source.name())
                .bind("task", task)
                .execute();
        return before;
    }

    static Optional<Row> lock(Handle handle, String source) {
        return handle.createQuery("""
                        SELECT commit_id, settings_hash, untold, told FROM git_sources WHERE source = :source FOR UPDATE
                        """)
                .bind("source", source)
                .map((row, _) -> new Row(
                        row.getString("commit_id"),
                        row.getString("settings_hash"),
                        row.getInt("untold"),
                        row.getBoolean("told")))
                .findOne();
    }

    /** Returns the name of the source that a task is about. */
    static Optional<String> sourceOf(Handle handle, UUID task) {
        return handle.createQuery("SELECT source FROM git_sources WHERE task_id = :task")
                .bind("task", task)
                .mapTo(String.class)
                .findOne();
    }

    static Map<String, Known> files(Handle handle, String source) {
        Map<String, Known> files = new HashMap<>();
        handle.createQuery("SELECT path, blob_id, kind, namespace, name FROM git_files WHERE source = :source")
                .bind("source", source)
                .map((row, _) -> files.put(
                        row.getString("path"),
                        new Known(
                                row.getString("blob_id"),
                                kind(row.getString("kind")),
                                new AssetName(row.getString("namespace"), row.getString("name")))))
                .list();
        return files;
    }

    /** Returns names of assets that a source keeps, those after one of them or the first. */
    static List<Named> keptAfter(Handle handle, String source, @Nullable Named last, int limit) {
        return handle.createQuery("""
                        SELECT kind, namespace, name FROM git_files
                        WHERE source = :source AND (kind, namespace, name) > (:kind, :namespace, :name)
                        ORDER BY kind, namespace, name LIMIT :limit
                        """)
                .bind("source", source)
                .bind("kind", last == null ? "" : last.kind().id())
                .bind("namespace", last == null ? "" : last.name().namespace())
                .bind("name", last == null ? "" : last.name().path())
                .bind("limit", limit)
                .map((row, _) -> new Named(
                        kind(row.getString("kind")), new AssetName(row.getString("namespace"), row.getString("name"))))
                .list();
    }

    /** Returns the source that keeps an asset, other than the given one. */
    static Map<String, String> keptByOthers(Handle handle, String source) {
        Map<String, String> others = new HashMap<>();
        handle.createQuery("SELECT source, kind, namespace, name FROM git_files WHERE source <> :source")
                .bind("source", source)
                .map((row, _) -> others.put(
                        row.getString("kind") + " " + row.getString("namespace") + "/" + row.getString("name"),
                        row.getString("source")))
                .list();
        return others;
    }

    static void remove(Handle handle, String source, List<String> paths) {
        handle.createUpdate("DELETE FROM git_files WHERE source = :source AND path = ANY(:paths::text[])")
                .bind("source", source)
                .bindArray("paths", String.class, paths)
                .execute();
    }

    static void put(Handle handle, GitSource source, Map<String, Known> files) {
        if (files.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO git_files (organization_id, source, path, blob_id, kind, namespace, name)
                VALUES (:organization, :source, :path, :blob, :kind, :namespace, :name)
                ON CONFLICT (organization_id, source, path)
                DO UPDATE SET blob_id = :blob, kind = :kind, namespace = :namespace, name = :name
                """);
        files.forEach((path, file) -> batch.bind("organization", source.organization())
                .bind("source", source.name())
                .bind("path", path)
                .bind("blob", file.blob())
                .bind("kind", file.kind().id())
                .bind("namespace", file.name().namespace())
                .bind("name", file.name().path())
                .add());
        batch.execute();
    }

    /** Notes that the registry has a commit. */
    static void synced(Handle handle, GitSource source, String commit, List<Finding> findings, Instant now) {
        handle.createUpdate("""
                        UPDATE git_sources SET commit_id = :commit, settings_hash = :hash, synced_at = :now,
                            tried_commit = :commit, tried_at = :now, state = 'synced', problem = '',
                            findings = :findings::jsonb, finding_count = :count,
                            asset_count = (SELECT count(*) FROM git_files WHERE source = :source)
                        WHERE source = :source
                        """)
                .bind("source", source.name())
                .bind("hash", source.settingsHash())
                .bind("commit", commit)
                .bind("now", at(now))
                .bind("findings", json(findings))
                .bind("count", findings.size())
                .execute();
    }

    /** Notes that there is nothing new. */
    static void unchanged(Handle handle, String source, Instant now) {
        handle.createUpdate("""
                        UPDATE git_sources SET tried_at = :now, tried_commit = commit_id, state = 'synced', problem = ''
                        WHERE source = :source
                        """).bind("source", source).bind("now", at(now)).execute();
    }

    /** Notes that a try did not succeed. */
    static void failed(
            Handle handle,
            String source,
            SourceStatus.State state,
            String triedCommit,
            String problem,
            List<Finding> findings,
            Instant now) {
        handle.createUpdate("""
                        UPDATE git_sources SET tried_at = :now, tried_commit = :commit, state = :state, problem = :problem,
                            findings = :findings::jsonb, finding_count = :count
                        WHERE source = :source
                        """)
                .bind("source", source)
                .bind("state", state.id())
                .bind("commit", triedCommit)
                .bind("problem", Text.storable(problem, 2_000))
                .bind("findings", json(findings))
                .bind("count", findings.size())
                .bind("now", at(now))
                .execute();
    }

    /**
     * Notes that a look has ended.
     *
     * @param begun when; a look that was wanted by then has been had
     * @param told whether nobody is to be told of it
     * @return whether another one was wanted meanwhile
     */
    static boolean ended(Handle handle, String source, Instant begun, int changes, boolean told) {
        return handle.createQuery("""
                        UPDATE git_sources SET untold = :changes, told = :told,
                            wanted_at = CASE WHEN wanted_at > :begun THEN wanted_at END,
                            reviews_due = CASE WHEN :changes > 0 THEN gen_random_uuid() ELSE reviews_due END
                        WHERE source = :source
                        RETURNING wanted_at IS NOT NULL
                        """)
                .bind("source", source)
                .bind("begun", at(begun))
                .bind("changes", changes)
                .bind("told", told)
                .mapTo(Boolean.class)
                .one();
    }

    /** Notes that somebody was told how the last look ended. */
    static void told(Handle handle, String source) {
        handle.createUpdate("UPDATE git_sources SET told = true WHERE source = :source")
                .bind("source", source)
                .execute();
    }

    /** Returns what stands for the changes that may have to be handed in for review, if there are any. */
    static Optional<UUID> reviewsDue(Handle handle, String source) {
        return handle.createQuery(
                        "SELECT reviews_due FROM git_sources WHERE source = :source AND reviews_due IS NOT NULL")
                .bind("source", source)
                .mapTo(UUID.class)
                .findOne();
    }

    /** Notes that everything was handed in for review, unless there was another change meanwhile. */
    static void handedIn(Handle handle, String source, UUID due) {
        handle.createUpdate("UPDATE git_sources SET reviews_due = NULL WHERE source = :source AND reviews_due = :due")
                .bind("source", source)
                .bind("due", due)
                .execute();
    }

    /** Notes that somebody wants the source to be looked at now; returns its task. */
    static Optional<UUID> want(Handle handle, String source, Instant now) {
        return handle.createQuery("UPDATE git_sources SET wanted_at = :now WHERE source = :source RETURNING task_id")
                .bind("source", source)
                .bind("now", at(now))
                .mapTo(UUID.class)
                .findOne();
    }

    static Optional<SourceStatus> status(Handle handle, String source) {
        return handle.createQuery("""
                        SELECT source, state, commit_id, synced_at, tried_commit, tried_at, problem, findings::text,
                            finding_count, asset_count, wanted_at IS NOT NULL AS pending
                        FROM git_sources WHERE source = :source
                        """)
                .bind("source", source)
                .map((row, _) -> new SourceStatus(
                        row.getString("source"),
                        SourceStatus.State.of(row.getString("state")),
                        row.getString("commit_id"),
                        instant(row, "synced_at"),
                        row.getString("tried_commit"),
                        instant(row, "tried_at"),
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
                .limit(SourceStatus.FINDINGS_MAX)
                .forEach(finding -> list.addObject()
                        .put("path", Text.storable(finding.path(), 500))
                        .put("line", finding.line())
                        .put("error", finding.error())
                        .put("text", Text.storable(finding.text(), 500)));
        return list.toString();
    }

    private static List<Finding> findings(String json) {
        List<Finding> findings = new ArrayList<>();
        for (JsonNode item : Json.read(json.getBytes(StandardCharsets.UTF_8))) {
            findings.add(new Finding(
                    item.path("path").asText(),
                    item.path("line").isInt() ? item.path("line").intValue() : null,
                    item.path("error").asBoolean(),
                    item.path("text").asText()));
        }
        return findings;
    }

    private static AssetKind kind(String id) {
        return AssetKind.valueOf(id.toUpperCase(Locale.ROOT));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
