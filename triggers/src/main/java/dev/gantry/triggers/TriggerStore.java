package dev.gantry.triggers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.jobs.MissedRuns;
import dev.gantry.jobs.Schedule;
import dev.gantry.kernel.Json;
import dev.gantry.runs.Starter;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of triggers. */
record TriggerStore(KeyRing keys) {
    private static final String COLUMNS = """
            SELECT organization_id, id, kind, name, state, reason, workflow, principal, key_id, principal_name, team, project,
                   mapping, event, started, failed, failed_in_a_row, problem, last_at, last_run, created_at, changed_at,
                   region
            FROM triggers
            """;

    /** A row; what a schedule adds to it lies in the table of schedules. */
    record Row(Trigger trigger, int failedInARow) {}

    void insert(Handle handle, UUID id, TriggerRequest request, String workflow, Instant now) {
        Starter owner = request.owner();
        handle.createUpdate("""
                        INSERT INTO triggers (organization_id, id, kind, name, state, workflow, principal, key_id,
                            principal_name, team, project, mapping, event, created_at, changed_at, region)
                        VALUES (:organization, :id, :kind, :name, 'active', :workflow, :principal, :key::uuid, :principalName,
                            :team, :project, :mapping, :event, :now, :now, :region)
                        """)
                .bind("organization", owner.organization())
                .bind("id", id)
                .bind("kind", request.source().kind().id())
                .bind("name", request.name())
                .bind("workflow", workflow)
                .bind("principal", owner.principal())
                .bind("key", owner.key())
                .bind("principalName", owner.name())
                .bind("team", owner.team())
                .bind("project", owner.project())
                .bind("region", owner.region())
                .bind("mapping", sealedMapping(owner.organization(), id, request))
                .bind("event", request.source() instanceof TriggerSource.OnEvent on ? on.event() : null)
                .bind("now", now)
                .execute();
    }

    /** Replaces what a trigger does and for whom; it is active then, and its figures go on. */
    void replace(Handle handle, UUID id, TriggerRequest request, String workflow, Instant now) {
        handle.createUpdate("""
                        UPDATE triggers SET state = 'active', reason = NULL, problem = NULL, failed_in_a_row = 0,
                            workflow = :workflow, mapping = :mapping, event = :event, region = :region,
                            changed_at = :now
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("workflow", workflow)
                .bind("region", request.owner().region())
                .bind("mapping", sealedMapping(request.owner().organization(), id, request))
                .bind("event", request.source() instanceof TriggerSource.OnEvent on ? on.event() : null)
                .bind("now", now)
                .execute();
        owner(handle, id, request.owner(), now);
    }

    /** Gives a trigger to somebody; where its runs must stay is the trigger's. */
    void owner(Handle handle, UUID id, Starter owner, Instant now) {
        handle.createUpdate("""
                        UPDATE triggers SET principal = :principal, key_id = :key::uuid, principal_name = :name, team = :team,
                            project = :project, changed_at = :now
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("principal", owner.principal())
                .bind("key", owner.key())
                .bind("name", owner.name())
                .bind("team", owner.team())
                .bind("project", owner.project())
                .bind("now", now)
                .execute();
    }

    void state(Handle handle, UUID id, TriggerState state, @Nullable String reason, Instant now) {
        handle.createUpdate("""
                        UPDATE triggers SET state = :state, reason = :reason, failed_in_a_row = 0, changed_at = :now
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("state", state.id())
                .bind("reason", reason)
                .bind("now", now)
                .execute();
    }

    /** Takes one place of those that there are in a minute; returns whether there was one. */
    boolean takePlace(Handle handle, UUID id, int most, Instant now) {
        return handle.createUpdate("""
                        UPDATE triggers SET
                            window_count = CASE WHEN window_at > :minuteAgo THEN window_count + 1 ELSE 1 END,
                            window_at = CASE WHEN window_at > :minuteAgo THEN window_at ELSE :now END
                        WHERE id = :id AND NOT coalesce(window_at > :minuteAgo AND window_count >= :most, false)
                        """)
                        .bind("id", id)
                        .bind("most", most)
                        .bind("now", now)
                        .bind("minuteAgo", now.minusSeconds(60))
                        .execute()
                == 1;
    }

    void started(Handle handle, UUID id, UUID run, Instant now) {
        handle.createUpdate("""
                        UPDATE triggers SET started = started + 1, failed_in_a_row = 0, problem = NULL, last_at = :now,
                            last_run = :run
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("run", run)
                .bind("now", now)
                .execute();
    }

    void failed(Handle handle, UUID id, String problem, boolean counts, Instant now) {
        handle.createUpdate("""
                        UPDATE triggers SET failed = failed + 1, failed_in_a_row = failed_in_a_row + :more,
                            problem = :problem, last_at = :now
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("problem", problem)
                .bind("more", counts ? 1 : 0)
                .bind("now", now)
                .execute();
    }

    long count(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM triggers")
                .mapTo(Long.class)
                .one();
    }

    void delete(Handle handle, UUID id) {
        for (String table : List.of("trigger_firings", "trigger_secrets", "trigger_deliveries")) {
            handle.createUpdate("DELETE FROM " + table + " WHERE trigger_id = :id")
                    .bind("id", id)
                    .execute();
        }
        handle.createUpdate("DELETE FROM triggers WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    /** Returns triggers of a kind, by name. */
    List<Trigger> list(Handle handle, TriggerKind kind, List<Schedule> schedules, int most) {
        Map<String, Schedule> byName = schedules.stream().collect(Collectors.toMap(Schedule::name, found -> found));
        return handle.createQuery(COLUMNS + " WHERE kind = :kind ORDER BY name LIMIT :most")
                .bind("kind", kind.id())
                .bind("most", most)
                .map((row, _) -> row(row, byName.get(row.getString("name"))).trigger())
                .list();
    }

    /** Reads a trigger and keeps everybody else from changing it until the end of the transaction. */
    Optional<Row> lock(Handle handle, TriggerKind kind, String name, @Nullable Schedule schedule) {
        return handle.createQuery(COLUMNS + " WHERE kind = :kind AND name = :name FOR UPDATE")
                .bind("kind", kind.id())
                .bind("name", name)
                .map((row, _) -> row(row, schedule))
                .findOne();
    }

    /** Reads a trigger as it is, without waiting for others who change it. */
    Optional<Row> peek(Handle handle, TriggerKind kind, String name) {
        return handle.createQuery(COLUMNS + " WHERE kind = :kind AND name = :name")
                .bind("kind", kind.id())
                .bind("name", name)
                .map((row, _) -> row(row, null))
                .findOne();
    }

    Optional<Row> find(Handle handle, UUID id) {
        return handle.createQuery(COLUMNS + " WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> row(row, null))
                .findOne();
    }

    /** Returns the active triggers that hear of an event. */
    List<Trigger> hearing(Handle handle, String event, int most) {
        return handle.createQuery(COLUMNS + " WHERE event = :event AND state = 'active' ORDER BY id LIMIT :most")
                .bind("event", event)
                .bind("most", most)
                .map((row, _) -> row(row, null).trigger())
                .list();
    }

    private Row row(ResultSet row, @Nullable Schedule schedule) throws SQLException {
        UUID organization = row.getObject("organization_id", UUID.class);
        UUID id = row.getObject("id", UUID.class);
        ObjectNode mapping = open(organization, place(id, "mapping"), row.getBytes("mapping"));
        Trigger trigger = new Trigger(
                id,
                row.getString("name"),
                TriggerState.of(row.getString("state")),
                row.getString("reason"),
                row.getString("workflow"),
                new Starter(
                                organization,
                                row.getObject("principal", UUID.class),
                                row.getObject("key_id", UUID.class),
                                row.getString("principal_name"),
                                row.getString("team"),
                                row.getString("project"))
                        .in(row.getString("region")),
                (ObjectNode) mapping.path("inputs"),
                mapping.path("where").isTextual() ? mapping.path("where").asText() : null,
                source(TriggerKind.of(row.getString("kind")), mapping),
                schedule == null ? null : schedule.nextAt(),
                row.getLong("started"),
                row.getLong("failed"),
                row.getString("problem"),
                instant(row.getTimestamp("last_at")),
                row.getObject("last_run", UUID.class),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("changed_at").toInstant());
        return new Row(trigger, row.getInt("failed_in_a_row"));
    }

    private static TriggerSource source(TriggerKind kind, JsonNode mapping) {
        return switch (kind) {
            case SCHEDULE ->
                new TriggerSource.AtTimes(
                        mapping.path("cron").asText(),
                        mapping.path("zone").asText(),
                        MissedRuns.of(mapping.path("missed").asText()));
            case WEBHOOK -> new TriggerSource.OnCall();
            case EVENT -> new TriggerSource.OnEvent(mapping.path("event").asText());
        };
    }

    private byte[] sealedMapping(UUID organization, UUID id, TriggerRequest request) {
        ObjectNode mapping = Json.object();
        mapping.set("inputs", request.inputs());
        if (request.where() != null) {
            mapping.put("where", request.where());
        }
        switch (request.source()) {
            case TriggerSource.AtTimes times ->
                mapping.put("cron", times.cron())
                        .put("zone", times.zone())
                        .put("missed", times.missed().id());
            case TriggerSource.OnCall _ -> {}
            case TriggerSource.OnEvent on -> mapping.put("event", on.event());
        }
        return seal(organization, place(id, "mapping"), mapping);
    }

    byte[] seal(UUID organization, String place, ObjectNode value) {
        return keys.seal(organization, Json.write(value), place.getBytes(StandardCharsets.UTF_8))
                .toBytes();
    }

    ObjectNode open(UUID organization, String place, byte[] sealed) {
        return Json.readObject(
                keys.open(organization, Sealed.fromBytes(sealed), place.getBytes(StandardCharsets.UTF_8)));
    }

    static String place(UUID id, String what) {
        return "triggers/" + id + "/" + what;
    }

    static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
