package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetResolver.Located;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What patterns are tried with, and what came of it. Tests hold for the version for which they were written and for those after
 * it, until there are others; they are never changed, so that a result tells for ever what was tried.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class PatternTests {
    private static final int REVISIONS_MAX = 10_000;

    /** Results that a review shows. */
    private static final int TRIED_MAX = 50;

    private static final int MODELS_SHOWN = 5;
    private static final String CHECK = "tests";

    private final Database database;
    private final AssetResolver resolver;
    private final Clock clock;

    PatternTests(Database database, AssetResolver resolver, Clock clock) {
        this.database = database;
        this.resolver = resolver;
        this.clock = clock;
    }

    /**
     * The tests of a version.
     *
     * @param revision their number, from 1
     * @param content as {@code tests.yaml}
     */
    public record Suite(AssetVersion pattern, int revision, String content, String author, Instant createdAt) {
        /** Returns the tests. */
        public List<TestCase> tests() {
            return TestCaseReader.read(content);
        }

        /** Returns what names this state of the tests to {@link Precondition.Matches}. */
        public String tag() {
            return Integer.toString(revision);
        }
    }

    /**
     * What came of trying a version with one model.
     *
     * @param revision of the tests
     * @param results one object for each test
     */
    public record TestRun(
            UUID id,
            int version,
            int revision,
            String model,
            int passed,
            int failed,
            long costMicroUsd,
            JsonNode results,
            String runBy,
            Instant runAt) {}

    /**
     * Sets the tests of a pattern's newest version.
     *
     * @param precondition on the tests that there are, by their {@link Suite#tag}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with the place of what is wrong,
     *     {@link ErrorCode#PRECONDITION_FAILED}
     */
    public Suite put(Caller caller, String name, String content, Precondition precondition) {
        TestCaseReader.read(content);
        return database.inOrganization(caller.organization(), handle -> {
            Located pattern = locate(handle, caller, AssetReference.parse(name).name());
            Namespaces.requireWrite(caller, AssetKind.PATTERN, pattern.version().name(), "update");
            handle.createQuery("SELECT id FROM assets WHERE id = :asset FOR UPDATE")
                    .bind("asset", pattern.id())
                    .mapTo(UUID.class)
                    .one();
            Optional<Suite> before = find(handle, pattern);
            requireCondition(pattern, before, precondition);
            if (before.isPresent() && before.get().content().equals(content)) {
                return before.get();
            }
            int revision =
                    handle.createQuery("SELECT coalesce(max(revision), 0) FROM asset_tests WHERE asset_id = :asset")
                                    .bind("asset", pattern.id())
                                    .mapTo(Integer.class)
                                    .one()
                            + 1;
            if (revision > REVISIONS_MAX) {
                throw new GantryException(
                        ErrorCode.QUOTA_EXCEEDED, "The tests were changed " + REVISIONS_MAX + " times");
            }
            handle.createUpdate("""
                            INSERT INTO asset_tests (organization_id, asset_id, revision, since_version, content, author,
                                created_at)
                            VALUES (:organization, :asset, :revision, :version, :content, :author, :now)
                            """)
                    .bind("organization", caller.organization())
                    .bind("asset", pattern.id())
                    .bind("revision", revision)
                    .bind("version", pattern.version().version())
                    .bind("content", content)
                    .bind("author", caller.principal())
                    .bind("now", AssetStore.at(now()))
                    .execute();
            return find(handle, pattern).orElseThrow();
        });
    }

    private static void requireCondition(Located pattern, Optional<Suite> before, Precondition precondition) {
        boolean holds = switch (precondition) {
            case Precondition.None _ -> true;
            case Precondition.Exists _ -> before.isPresent();
            case Precondition.Absent _ -> before.isEmpty();
            case Precondition.Matches matches ->
                before.isPresent() && matches.hashes().contains(before.get().tag());
        };
        if (!holds) {
            String what = "'" + pattern.version().name() + "'";
            throw new GantryException(
                    ErrorCode.PRECONDITION_FAILED,
                    before.map(suite -> "The tests of " + what + " were changed in the meantime; " + suite.author()
                                    + " wrote their revision " + suite.revision())
                            .orElse(what + " has no tests"));
        }
    }

    /**
     * Returns the tests of a version.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if it has none
     */
    public Suite get(Caller caller, String name) {
        return database.inOrganization(caller.organization(), handle -> {
            Located pattern = locate(handle, caller, name);
            Namespaces.require(caller, AssetKind.PATTERN, pattern.version().name(), "read");
            return find(handle, pattern)
                    .orElseThrow(() -> new GantryException(
                            ErrorCode.NOT_FOUND,
                            "'" + pattern.version().name() + "@"
                                    + pattern.version().version() + "' has no tests"));
        });
    }

    /** Keeps what came of trying a version, which may be another one than that of the tests. */
    public TestRun keep(
            Caller caller,
            Suite suite,
            int version,
            String model,
            int passed,
            int failed,
            long costMicroUsd,
            JsonNode results) {
        return database.inOrganization(caller.organization(), handle -> {
            Located pattern = locate(handle, caller, suite.pattern().name().toString());
            TestRun run = new TestRun(
                    Ids.next(),
                    version,
                    suite.revision(),
                    model,
                    passed,
                    failed,
                    costMicroUsd,
                    results,
                    caller.principal(),
                    now());
            handle.createUpdate("""
                            INSERT INTO asset_test_runs (id, organization_id, asset_id, version, revision, model, passed, failed,
                                cost_micro_usd, results, run_by, run_at)
                            VALUES (:id, :organization, :asset, :version, :revision, :model, :passed, :failed, :cost, :results,
                                :by, :now)
                            """)
                    .bind("id", run.id())
                    .bind("organization", caller.organization())
                    .bind("asset", pattern.id())
                    .bind("version", run.version())
                    .bind("revision", run.revision())
                    .bind("model", model)
                    .bind("passed", passed)
                    .bind("failed", failed)
                    .bind("cost", costMicroUsd)
                    .bind("results", results.toString())
                    .bind("by", caller.principal())
                    .bind("now", AssetStore.at(run.runAt()))
                    .execute();
            return run;
        });
    }

    /** Returns what came of trying a version, newest first. */
    public List<TestRun> runs(Caller caller, String name, int limit) {
        return database.inOrganization(caller.organization(), handle -> {
            Located pattern = locate(handle, caller, name);
            Namespaces.require(caller, AssetKind.PATTERN, pattern.version().name(), "read");
            return runs(handle, pattern, limit);
        });
    }

    /**
     * What there is of the tests of a version.
     *
     * @param suite null if it has none
     * @param runs what came of trying it, newest first
     */
    public record Tried(AssetVersion version, @Nullable Suite suite, List<TestRun> runs) {
        /** Copies the list. */
        public Tried {
            runs = List.copyOf(runs);
        }
    }

    /** Returns the tests of a version, and what came of trying it, whoever asks. */
    static Tried tried(Handle handle, Located pattern) {
        return new Tried(pattern.version(), find(handle, pattern).orElse(null), runs(handle, pattern, TRIED_MAX));
    }

    /**
     * Says whether a version passes the tests that it has now, with every model that it was tried with: the newest results
     * with each count.
     */
    ReviewCheck.Result check(Caller caller, AssetVersion version) {
        if (version.kind() != AssetKind.PATTERN) {
            return new ReviewCheck.Result(CHECK, ReviewCheck.Status.SKIPPED, "only patterns have tests");
        }
        return database.inOrganization(caller.organization(), handle -> {
            Located pattern = new Located(
                    resolver.exactly(handle, AssetKind.PATTERN, version.name()).id(), version);
            Suite suite = find(handle, pattern).orElse(null);
            if (suite == null) {
                return new ReviewCheck.Result(CHECK, ReviewCheck.Status.SKIPPED, "it has no tests");
            }
            List<Score> scores = newest(handle, pattern, suite.revision());
            if (scores.isEmpty()) {
                return new ReviewCheck.Result(
                        CHECK,
                        ReviewCheck.Status.PENDING,
                        "not run yet; gantry patterns test " + version.name() + "@" + version.version());
            }
            boolean good = scores.stream().allMatch(score -> score.failed() == 0);
            return new ReviewCheck.Result(
                    CHECK,
                    good ? ReviewCheck.Status.PASSED : ReviewCheck.Status.FAILED,
                    scores.stream().limit(MODELS_SHOWN).map(Score::text).collect(Collectors.joining("; "))
                            + (scores.size() > MODELS_SHOWN
                                    ? "; and " + (scores.size() - MODELS_SHOWN) + " more models"
                                    : ""));
        });
    }

    /** What came of the newest run with a model. */
    private record Score(String model, int passed, int failed) {
        String text() {
            return passed + " passed, " + failed + " failed with " + model;
        }
    }

    /** Returns the newest result with each model, those with the most failures first. */
    private static List<Score> newest(Handle handle, Located pattern, int revision) {
        return handle.createQuery("""
                        SELECT model, passed, failed FROM (
                            SELECT DISTINCT ON (model) model, passed, failed FROM asset_test_runs
                            WHERE asset_id = :asset AND version = :version AND revision = :revision
                            ORDER BY model, run_at DESC, id DESC) AS newest
                        ORDER BY failed DESC, model
                        """)
                .bind("asset", pattern.id())
                .bind("version", pattern.version().version())
                .bind("revision", revision)
                .map((row, context) -> new Score(row.getString("model"), row.getInt("passed"), row.getInt("failed")))
                .list();
    }

    /** Returns the check of {@link #check}. */
    public ReviewCheck asReviewCheck() {
        return new ReviewCheck() {
            @Override
            public String name() {
                return CHECK;
            }

            @Override
            public Result run(Caller caller, AssetVersion version) {
                return check(caller, version);
            }
        };
    }

    private Located locate(Handle handle, Caller caller, String name) {
        return resolver.locate(handle, caller, AssetKind.PATTERN, name);
    }

    private static Optional<Suite> find(Handle handle, Located pattern) {
        return handle.createQuery("""
                        SELECT revision, content, author, created_at FROM asset_tests
                        WHERE asset_id = :asset AND since_version <= :version
                        ORDER BY revision DESC LIMIT 1
                        """)
                .bind("asset", pattern.id())
                .bind("version", pattern.version().version())
                .map((row, context) -> new Suite(
                        pattern.version(),
                        row.getInt("revision"),
                        row.getString("content"),
                        row.getString("author"),
                        AssetStore.instant(row, "created_at")))
                .findOne();
    }

    private static List<TestRun> runs(Handle handle, Located pattern, int limit) {
        return handle.createQuery("""
                        SELECT * FROM asset_test_runs WHERE asset_id = :asset AND version = :version
                        ORDER BY run_at DESC, id DESC LIMIT :limit
                        """)
                .bind("asset", pattern.id())
                .bind("version", pattern.version().version())
                .bind("limit", limit)
                .map((row, context) -> run(row))
                .list();
    }

    private static TestRun run(ResultSet row) throws SQLException {
        return new TestRun(
                row.getObject("id", UUID.class),
                row.getInt("version"),
                row.getInt("revision"),
                row.getString("model"),
                row.getInt("passed"),
                row.getInt("failed"),
                row.getLong("cost_micro_usd"),
                Json.read(row.getString("results").getBytes(StandardCharsets.UTF_8)),
                row.getString("run_by"),
                AssetStore.instant(row, "run_at"));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
