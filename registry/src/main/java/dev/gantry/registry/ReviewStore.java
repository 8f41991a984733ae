package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.registry.Review.Entry;
import dev.gantry.registry.Review.LineComment;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.registry.ReviewCheck.Result;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads and writes the tables of reviews, inside of the transactions of others. */
final class ReviewStore {
    private static final String COLUMNS = """
            SELECT r.*, a.kind, a.namespace, a.path FROM reviews r JOIN assets a ON a.id = r.asset_id AND a.deleted_at IS NULL
            """;

    /** A review, and the asset that it is about by its key. */
    record Stored(UUID asset, Review review) {}

    void insert(
            Handle handle,
            Caller submitter,
            UUID id,
            UUID asset,
            AssetVersion version,
            String message,
            List<Result> checks,
            Instant now) {
        handle.createUpdate("""
                        INSERT INTO reviews (id, organization_id, asset_id, version, base_version, state, message, submitter_id,
                            submitter, submitted_at, checks)
                        VALUES (:id, :organization, :asset, :version, :base::integer, 'open', :message, :submitterId,
                            :submitter, :now, :checks)
                        """)
                .bind("id", id)
                .bind("organization", submitter.organization())
                .bind("asset", asset)
                .bind("version", version.version())
                .bind("base", version.standing().approvedVersion())
                .bind("message", message)
                .bind("submitterId", submitter.principalId())
                .bind("submitter", submitter.principal())
                .bind("now", AssetStore.at(now))
                .bind("checks", write(checks))
                .execute();
    }

    /** Returns a review that somebody sees. */
    Optional<Stored> find(Handle handle, ReviewSight sight, UUID id) {
        return one(sight.bind(handle.createQuery(COLUMNS + " WHERE r.id = :id AND " + ReviewSight.SEES)), handle, id);
    }

    /** Returns a review whoever asks, locked until the transaction ends. */
    Optional<Stored> lock(Handle handle, UUID id) {
        return one(handle.createQuery(COLUMNS + " WHERE r.id = :id FOR UPDATE OF r"), handle, id);
    }

    private static Optional<Stored> one(Query query, Handle handle, UUID id) {
        return query.bind("id", id)
                .map((row, context) ->
                        new Stored(row.getObject("asset_id", UUID.class), review(row, entries(handle, id))))
                .findOne();
    }

    /** Returns the open review of an asset. */
    Optional<UUID> open(Handle handle, UUID asset) {
        return handle.createQuery("SELECT id FROM reviews WHERE asset_id = :asset AND state = 'open'")
                .bind("asset", asset)
                .mapTo(UUID.class)
                .findOne();
    }

    /** Returns whether there is an open review of an asset that somebody sees. */
    boolean isOpen(Handle handle, ReviewSight sight, AssetKind kind, AssetName name) {
        return sight.bind(handle.createQuery("""
                        SELECT EXISTS (SELECT FROM reviews r JOIN assets a ON a.id = r.asset_id AND a.deleted_at IS NULL
                        WHERE r.state = 'open' AND a.kind = :kind AND a.namespace = :namespace AND a.path = :path AND
                        """ + ReviewSight.SEES + ")"))
                .bind("kind", kind.id())
                .bind("namespace", name.namespace())
                .bind("path", name.path())
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * What a list of reviews is narrowed to; null for no bound.
     *
     * @param namespace the only one
     * @param name of the only asset
     */
    record Filter(
            @Nullable State state,
            @Nullable AssetKind kind,
            @Nullable String namespace,
            @Nullable AssetName name) {}

    /** Returns reviews that somebody sees, newest first, without what was said. */
    List<Review> list(Handle handle, ReviewSight sight, Filter filter, @Nullable TimeCursor after, int limit) {
        AssetName name = filter.name();
        return sight.bind(handle.createQuery(
                        COLUMNS + """
                        WHERE (:state::text IS NULL OR r.state = :state) AND (:kind::text IS NULL OR a.kind = :kind)
                            AND (:only::text IS NULL OR a.namespace = :only)
                            AND (:namespace::text IS NULL OR (a.namespace = :namespace AND a.path = :path))
                            AND (:afterId::uuid IS NULL OR (r.submitted_at, r.id) < (:afterTime::timestamptz, :afterId::uuid))
                            AND
                        """ + ReviewSight.SEES + " ORDER BY r.submitted_at DESC, r.id DESC LIMIT :limit"))
                .bind("state", filter.state() == null ? null : filter.state().id())
                .bind("kind", filter.kind() == null ? null : filter.kind().id())
                .bind("only", filter.namespace())
                .bind("namespace", name == null ? null : name.namespace())
                .bind("path", name == null ? null : name.path())
                .bind("afterId", after == null ? null : after.id().toString())
                .bind("afterTime", after == null ? null : AssetStore.at(after.time()))
                .bind("limit", limit)
                .map((row, context) -> review(row, List.of()))
                .list();
    }

    private static List<Entry> entries(Handle handle, UUID review) {
        return handle.createQuery("SELECT * FROM review_entries WHERE review_id = :review ORDER BY created_at, id")
                .bind("review", review)
                .map((row, context) -> new Entry(
                        row.getObject("id", UUID.class),
                        row.getObject("reviewer_id", UUID.class),
                        row.getString("reviewer"),
                        Verdict.parse(row.getString("verdict")),
                        row.getString("body"),
                        readLines(row.getString("lines")),
                        AssetStore.instant(row, "created_at"),
                        row.getObject("withdrawn_at") == null ? null : AssetStore.instant(row, "withdrawn_at")))
                .list();
    }

    UUID addEntry(
            Handle handle,
            Caller reviewer,
            UUID review,
            Verdict verdict,
            String body,
            List<LineComment> lines,
            Instant now) {
        UUID id = Ids.next();
        ArrayNode remarks = Json.mapper().createArrayNode();
        lines.forEach(line -> remarks.addObject().put("line", line.line()).put("text", line.text()));
        handle.createUpdate("""
                        INSERT INTO review_entries (id, organization_id, review_id, reviewer_id, reviewer, verdict, body, lines,
                            created_at)
                        VALUES (:id, :organization, :review, :reviewerId, :reviewer, :verdict, :body, :lines, :now)
                        """)
                .bind("id", id)
                .bind("organization", reviewer.organization())
                .bind("review", review)
                .bind("reviewerId", reviewer.principalId())
                .bind("reviewer", reviewer.principal())
                .bind("verdict", verdict.id())
                .bind("body", body)
                .bind("lines", remarks.toString())
                .bind("now", AssetStore.at(now))
                .execute();
        return id;
    }

    /** Takes back what somebody said; returns whether they had said it. */
    boolean withdrawEntry(Handle handle, UUID review, UUID entry, UUID reviewer, Instant now) {
        return handle.createUpdate("""
                        UPDATE review_entries SET withdrawn_at = :now
                        WHERE id = :entry AND review_id = :review AND reviewer_id = :reviewer AND withdrawn_at IS NULL
                        """)
                        .bind("now", AssetStore.at(now))
                        .bind("entry", entry)
                        .bind("review", review)
                        .bind("reviewer", reviewer)
                        .execute()
                > 0;
    }

    void checks(Handle handle, UUID review, List<Result> checks) {
        handle.createUpdate("UPDATE reviews SET checks = :checks WHERE id = :id")
                .bind("checks", write(checks))
                .bind("id", review)
                .execute();
    }

    void close(Handle handle, UUID review, State state, String by, @Nullable String reason, Instant now) {
        handle.createUpdate("""
                        UPDATE reviews SET state = :state, closed_by = :by, closed_at = :now, reason = :reason WHERE id = :id
                        """)
                .bind("state", state.id())
                .bind("by", by)
                .bind("now", AssetStore.at(now))
                .bind("reason", reason)
                .bind("id", review)
                .execute();
    }

    /** Lets a version count as approved. */
    void approve(
            Handle handle,
            UUID organization,
            Stored stored,
            List<String> approvedBy,
            @Nullable String reason,
            Instant now) {
        handle.createUpdate("""
                        WITH added AS (
                            INSERT INTO asset_approvals (organization_id, asset_id, version, review_id, approved_by,
                                override_reason, approved_at)
                            VALUES (:organization, :asset, :version, :review, :approvedBy::text[], :reason, :now)
                            ON CONFLICT (asset_id, version) DO NOTHING
                        )
                        UPDATE assets SET approved_version = greatest(coalesce(approved_version, 0), :version) WHERE id = :asset
                        """)
                .bind("organization", organization)
                .bind("asset", stored.asset())
                .bind("version", stored.review().version())
                .bind("review", stored.review().id())
                .bindArray("approvedBy", String.class, approvedBy)
                .bind("reason", reason)
                .bind("now", AssetStore.at(now))
                .execute();
    }

    /**
     * Those who wrote something.
     *
     * @param ids of accounts
     * @param written as others are named who have none here, such as {@code Ann Lee <ann@example.com>}, in lower case
     */
    record Editors(Set<UUID> ids, Set<String> written) {
        boolean include(Caller person) {
            String name = person.principal().toLowerCase(Locale.ROOT);
            return ids.contains(person.principalId())
                    || written.contains(name)
                    || written.stream().anyMatch(author -> author.endsWith("<" + name + ">"));
        }
    }

    /**
     * Returns who wrote what has changed since the approved version before a version: the authors of the versions since then,
     * and where one of these took over what stood elsewhere before, as copies, renames, forks, merges and going back do, those
     * who wrote it there since the last approved version. Who has no more than a fork of it has not written it.
     */
    Editors editors(Handle handle, UUID asset, @Nullable Integer base, int version) {
        Editors editors = new Editors(new HashSet<>(), new HashSet<>());
        handle.createQuery("""
                        WITH written AS (
                            SELECT content_hash, created_at, author_id, author FROM asset_versions
                            WHERE asset_id = :asset AND version > :base AND version <= :version
                        ), taken AS (
                            SELECT v.asset_id, v.version
                            FROM written w JOIN asset_versions v USING (content_hash)
                            WHERE v.created_at <= w.created_at AND (v.asset_id <> :asset OR v.version <= :base)
                                AND NOT EXISTS (SELECT FROM asset_forks f WHERE f.asset_id = v.asset_id
                                    AND f.taken_over_in = v.version AND f.base_content = v.content)
                            UNION ALL
                            SELECT upstream_id, upstream_version FROM asset_forks
                            WHERE asset_id = :asset AND upstream_id IS NOT NULL AND coalesce(taken_over_in, :version) > :base
                        ), sources AS (
                            SELECT asset_id, min(version) AS first, max(version) AS last FROM taken GROUP BY asset_id
                        )
                        SELECT author_id, author FROM written
                        UNION
                        SELECT v.author_id, v.author
                        FROM sources s JOIN asset_versions v ON v.asset_id = s.asset_id AND v.version <= s.last
                            AND v.version > (SELECT coalesce(max(p.version), 0) FROM asset_approvals p
                                WHERE p.asset_id = s.asset_id AND p.version < s.first)
                        """)
                .bind("asset", asset)
                .bind("base", base == null ? 0 : base)
                .bind("version", version)
                .map((row, _) -> {
                    UUID id = row.getObject("author_id", UUID.class);
                    return id.equals(AssetSync.NOBODY)
                            ? editors.written().add(row.getString("author").toLowerCase(Locale.ROOT))
                            : editors.ids().add(id);
                })
                .list();
        return editors;
    }

    private static Review review(ResultSet row, List<Entry> entries) throws SQLException {
        int base = row.getInt("base_version");
        return new Review(
                row.getObject("id", UUID.class),
                kind(row.getString("kind")),
                new AssetName(row.getString("namespace"), row.getString("path")),
                row.getInt("version"),
                base == 0 ? null : base,
                State.parse(row.getString("state")),
                row.getString("message"),
                row.getObject("submitter_id", UUID.class),
                row.getString("submitter"),
                AssetStore.instant(row, "submitted_at"),
                row.getString("closed_by"),
                row.getObject("closed_at") == null ? null : AssetStore.instant(row, "closed_at"),
                row.getString("reason"),
                readChecks(row.getString("checks")),
                entries);
    }

    private static AssetKind kind(String id) {
        return AssetKind.valueOf(id.toUpperCase(Locale.ROOT));
    }

    private static String write(List<Result> checks) {
        ArrayNode all = Json.mapper().createArrayNode();
        checks.forEach(check -> all.addObject()
                .put("name", check.name())
                .put("status", check.status().name())
                .put("detail", check.detail()));
        return all.toString();
    }

    private static List<Result> readChecks(String json) {
        List<Result> checks = new ArrayList<>();
        for (JsonNode check : Json.read(json.getBytes(StandardCharsets.UTF_8))) {
            checks.add(new Result(
                    check.path("name").asText(),
                    ReviewCheck.Status.valueOf(check.path("status").asText()),
                    check.path("detail").asText()));
        }
        return checks;
    }

    private static List<LineComment> readLines(String json) {
        List<LineComment> lines = new ArrayList<>();
        for (JsonNode line : Json.read(json.getBytes(StandardCharsets.UTF_8))) {
            lines.add(
                    new LineComment(line.path("line").asInt(), line.path("text").asText()));
        }
        return lines;
    }
}
