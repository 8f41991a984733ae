package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The laws of durable runs, held against the provider's record, the rows, the ledger and the audit log. */
final class RunLaws {
    /** How much later than its effect a fault may still interrupt: what is asked of a dead node's work comes after its lease. */
    private static final Duration AFTERMATH = Duration.ofSeconds(30);

    /** Nodes estimate the time of the database, of which a busy machine keeps them from knowing more. */
    private static final Duration CLOCKS_DIFFER_MAX = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final List<Mischief.Fault> faults;
    private final List<WorkflowFaults.Accepted> accepted;
    private final List<String> broken;
    private final Map<String, List<RecordingProvider.Call>> callsByKey = new HashMap<>();
    private final Map<UUID, Run> runs = new HashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();

    private record Run(
            UUID id,
            UUID organization,
            UUID principal,
            String state,
            long budget,
            long used,
            Map<String, Step> steps) {}

    private record Step(
            String path,
            String state,
            int attempts,
            boolean startedRun,
            @Nullable Instant begun,
            @Nullable Instant ended) {}

    RunLaws(
            Cluster cluster,
            List<RecordingProvider.Call> calls,
            List<Mischief.Fault> faults,
            List<WorkflowFaults.Accepted> accepted,
            List<String> broken) {
        this.cluster = cluster;
        this.faults = faults;
        this.accepted = accepted;
        this.broken = broken;
        calls.forEach(call ->
                callsByKey.computeIfAbsent(call.key(), _ -> new ArrayList<>()).add(call));
        counts.put("runs", (long) accepted.size());
        counts.put("faults", (long) faults.size());
        counts.put("calls of the provider", (long) calls.size());
    }

    Map<String, Long> counts() {
        return counts;
    }

    void check() throws SQLException, InterruptedException {
        try (Connection connection = cluster.superuser()) {
            read(connection);
            runsAreThoseAccepted();
            runsEndAsTheyMust();
            for (Run run : runs.values()) {
                stepsAreDoneOnce(run);
                if (run.used() > run.budget()) {
                    broken.add("A budget is never exceeded: run " + run.id() + " used " + run.used() + " of "
                            + run.budget());
                }
            }
            ledger(connection);
            audit(connection);
        }
        Cluster.Answer verified = cluster.get("/api/v1/audit/verification");
        if (!verified.text().contains("\"sound\":true")) {
            broken.add("The audit log is sound: " + verified.text());
        }
    }

    private void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("""
                    SELECT id, organization_id, principal, state, token_budget, tokens_used FROM gantry.runs""")) {
                while (rows.next()) {
                    UUID id = rows.getObject(1, UUID.class);
                    runs.put(
                            id,
                            new Run(
                                    id,
                                    rows.getObject(2, UUID.class),
                                    rows.getObject(3, UUID.class),
                                    rows.getString(4),
                                    rows.getLong(5),
                                    rows.getLong(6),
                                    new HashMap<>()));
                }
            }
            try (ResultSet rows = statement.executeQuery("""
                    SELECT run_id, CASE scope WHEN '' THEN step ELSE scope || '/' || step END, state, attempt,
                           child_run IS NOT NULL, started_at, finished_at
                    FROM gantry.run_steps WHERE step <> ''""")) {
                while (rows.next()) {
                    Step step = new Step(
                            rows.getString(2),
                            rows.getString(3),
                            rows.getInt(4),
                            rows.getBoolean(5),
                            instant(rows, 6),
                            instant(rows, 7));
                    Objects.requireNonNull(runs.get(rows.getObject(1, UUID.class)))
                            .steps()
                            .put(step.path(), step);
                }
            }
        }
        counts.put("runs with those that they started", (long) runs.size());
        counts.put(
                "steps",
                runs.values().stream().mapToLong(run -> run.steps().size()).sum());
    }

    private static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
        return rows.getTimestamp(column) == null
                ? null
                : rows.getTimestamp(column).toInstant();
    }

    private void runsAreThoseAccepted() {
        Set<UUID> known = new HashSet<>();
        for (WorkflowFaults.Accepted each : accepted) {
            if (!known.add(each.run())) {
                broken.add("Each request has a run of its own: " + each.run());
            }
            if (!runs.containsKey(each.run())) {
                broken.add("No accepted run is lost: " + each.run());
            }
        }
    }

    private void runsEndAsTheyMust() throws InterruptedException {
        for (WorkflowFaults.Accepted each : accepted) {
            JsonNode view = cluster.get("/api/v1/runs/" + each.run()).body();
            String state = view.path("state").asText();
            if (each.flow().tight() && state.equals("failed")) {
                continue;
            }
            String wanted = each.outputs().isPresent() ? "succeeded" : "failed";
            if (!state.equals(wanted)) {
                broken.add("A run ends as its workflow says: run " + each.run() + " of "
                        + each.flow().name() + " is " + state + " instead of " + wanted + ": "
                        + view.path("error").asText());
            } else if (each.outputs().isPresent() && !each.outputs().get().equals(view.path("outputs"))) {
                broken.add("A run gives what its workflow says: run " + each.run() + " of "
                        + each.flow().name() + " gave " + view.path("outputs") + " instead of "
                        + each.outputs().get());
            }
        }
    }

    /** A call that begins after its step is done, or one more than interruptions explain. */
    private void stepsAreDoneOnce(Run run) {
        for (Step step : run.steps().values()) {
            for (String suffix : List.of("", "/fallback")) {
                List<RecordingProvider.Call> calls = callsByKey.getOrDefault(key(run, step.path() + suffix), List.of());
                long failed =
                        calls.stream().filter(call -> call.status() != 200).count();
                long answered = calls.size() - failed;
                long interruptions = interruptions(step);
                counts.merge("steps called more than once although answered", answered > 1 ? 1L : 0L, Long::sum);
                if (answered > 1 + interruptions) {
                    broken.add("A step is asked once, and again for each interruption: step " + step.path() + " of run "
                            + run.id() + " was asked " + answered + " times with " + interruptions + " interruptions");
                }
                Instant ended = step.ended();
                for (RecordingProvider.Call call : calls) {
                    if (ended != null
                            && calls.size() > 1
                            && step.state().equals("done")
                            && call.begunAt().isAfter(ended.plus(CLOCKS_DIFFER_MAX))) {
                        broken.add("A completed step is never executed again: step " + step.path() + " of run "
                                + run.id() + " ended at " + ended + " and was asked at " + call.begunAt());
                    }
                }
            }
        }
    }

    private long interruptions(Step step) {
        Instant begun = step.begun();
        Instant ended = step.ended();
        return faults.stream()
                .filter(fault -> (ended == null || fault.begun().isBefore(ended))
                        && (begun == null || fault.ended().plus(AFTERMATH).isAfter(begun)))
                .count();
    }

    /** Whoever calls a provider sends no key of the workflow itself, but a hash of it. */
    private static String key(Run run, String path) {
        try {
            String text = run.organization() + "\n" + run.principal() + "\n" + run.id() + "/" + path;
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * What the ledger holds of one run.
     *
     * @param counted tokens by the provider's own numbers
     * @param estimated tokens of calls that were cut off before the provider gave numbers
     * @param cutOff how many calls these were
     */
    private record Booked(long counted, long estimated, long cutOff) {
        static final Booked NOTHING = new Booked(0, 0, 0);
    }

    /** The ledger holds no more than was asked, and all that steps have taken over; calls that were cut off are estimates. */
    private void ledger(Connection connection) throws SQLException {
        Map<UUID, Booked> tokens = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT left(request_id, 36)::uuid,
                               coalesce(sum(input_tokens + output_tokens) FILTER (WHERE NOT estimated), 0)::bigint,
                               coalesce(sum(input_tokens + output_tokens) FILTER (WHERE estimated), 0)::bigint,
                               count(*) FILTER (WHERE estimated)
                        FROM gantry.usage WHERE endpoint = 'workflow' GROUP BY 1""")) {
            while (rows.next()) {
                tokens.put(
                        rows.getObject(1, UUID.class), new Booked(rows.getLong(2), rows.getLong(3), rows.getLong(4)));
            }
        }
        long estimated = 0;
        long missing = 0;
        for (Run run : runs.values()) {
            long asked = 0;
            long taken = 0;
            long times = 0;
            for (Step step : run.steps().values()) {
                for (String suffix : List.of("", "/fallback")) {
                    List<RecordingProvider.Call> calls =
                            callsByKey.getOrDefault(key(run, step.path() + suffix), List.of());
                    times += calls.size();
                    asked += calls.stream()
                            .mapToLong(RecordingProvider.Call::tokens)
                            .sum();
                    taken += calls.stream()
                                    .mapToLong(RecordingProvider.Call::tokens)
                                    .max()
                                    .orElse(0)
                            * (step.state().equals("done") ? 1 : 0);
                }
            }
            Booked booked = tokens.getOrDefault(run.id(), Booked.NOTHING);
            missing += asked - booked.counted();
            estimated += booked.cutOff();
            if (booked.counted() > asked || booked.counted() < taken || booked.cutOff() > times) {
                broken.add("The ledger is the provider's record: run " + run.id() + " has " + booked + ", " + asked
                        + " tokens were given in " + times + " calls and " + taken + " of them taken over");
            }
            long all = booked.counted() + booked.estimated();
            if (run.used() < all) {
                broken.add(
                        "A run counts what it uses: run " + run.id() + " counts " + run.used() + " tokens of " + all);
            }
        }
        counts.put("calls cut off, and booked by an estimate", estimated);
        counts.put("tokens that the provider gave to nobody alive", missing);
    }

    private void audit(Connection connection) throws SQLException {
        Map<String, Integer> runsRecorded = new HashMap<>();
        Set<String> starts = new HashSet<>();
        Map<String, Integer> attempts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT event_type, event FROM gantry.audit_events
                        WHERE event_type IN ('run.start', 'workflow.execute', 'step.execute')""")) {
            while (rows.next()) {
                JsonNode event = Json.read(rows.getString(2));
                JsonNode details = event.path("details");
                String run = details.path("run").asText();
                switch (rows.getString(1)) {
                    case "run.start" -> starts.add(run);
                    case "workflow.execute" -> runsRecorded.merge(run, 1, Integer::sum);
                    default ->
                        attempts.merge(
                                run + "/" + details.path("step").asText() + "#"
                                        + details.path("attempt").asInt() + " "
                                        + event.path("result").asText(),
                                1,
                                Integer::sum);
                }
            }
        }
        long repeated =
                runsRecorded.values().stream().filter(count -> count > 1).count();
        counts.put("runs whose end is recorded twice", repeated);
        if (repeated > faults.size()) {
            broken.add("The end of a run is recorded once, but for crashes: " + repeated + " are recorded twice");
        }
        for (WorkflowFaults.Accepted each : accepted) {
            if (!starts.contains(each.run().toString())) {
                broken.add("The start of each run is recorded: " + each.run());
            }
        }
        for (Run run : runs.values()) {
            if (!runsRecorded.containsKey(run.id().toString())) {
                broken.add("The end of each run is recorded: " + run.id());
            }
            for (Step step : run.steps().values()) {
                String last = run.id() + "/" + step.path() + "#" + step.attempts() + " success";
                boolean executed = step.attempts() > 0
                        && !step.startedRun()
                        && step.state().equals("done");
                int recorded = attempts.getOrDefault(last, 0);
                if (recorded > 1) {
                    broken.add("An attempt is recorded once: " + last);
                }
                if (executed && recorded == 0 && attempts.getOrDefault(last.replace("success", "failed"), 0) == 0) {
                    broken.add("Each executed step is recorded: " + last);
                }
            }
        }
        counts.put("attempts recorded", (long) attempts.size());
    }
}
