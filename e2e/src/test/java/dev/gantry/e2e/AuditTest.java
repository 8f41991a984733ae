package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The audit log from outside: the command line against a server whose database somebody with all power changes. Each test
 * leaves the log as it was.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class AuditTest {
    private static final String PERSON = "mallory-" + System.nanoTime();

    @TempDir
    private Path folder;

    private World world;

    @BeforeAll
    void open() throws Exception {
        world = World.open();
        Client client = world.client();
        assertThat(client.post(
                                "/api/v1/service-accounts",
                                Requests.text(Json.object().put("name", PERSON)))
                        .status())
                .isEqualTo(201);
        assertThat(client.post(
                                "/api/v1/role-assignments",
                                Requests.text(
                                        Json.object().put("role", "developer").put("user", PERSON)))
                        .status())
                .isEqualTo(201);
        Answer key = client.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", PERSON)));
        Client person = client.withKey(key.json().path("key").textValue());
        for (int count = 0; count < 5; count++) {
            assertThat(person.chat("openai-echo", "one two three").status()).isEqualTo(200);
        }
    }

    @AfterAll
    void close() throws IOException {
        world.close();
    }

    private CommandRun gantry(String... arguments) throws IOException, InterruptedException {
        return CommandRun.of(world.server(), arguments);
    }

    private String firstChat() {
        List<JsonNode> chats = world.client().auditEvents("event_type=model.chat");
        assertThat(chats).hasSizeGreaterThanOrEqualTo(5);
        return chats.getLast().path("id").textValue();
    }

    /** Verifies by the API, as the command line does. */
    private JsonNode verification() {
        Answer answer = world.client().get("/api/v1/audit/verification");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body().lines().toList().getLast()).path("report");
    }

    private void assertSound() {
        JsonNode report = verification();
        assertThat(report.path("sound").booleanValue()).as(report.toString()).isTrue();
    }

    private void assertFound(String kind, String message) {
        JsonNode report = verification();
        assertThat(report.path("sound").booleanValue()).isFalse();
        assertThat(report.path("findings"))
                .as(report.toString())
                .anyMatch(finding -> finding.path("kind").textValue().equals(kind)
                        && finding.path("message").textValue().contains(message));
    }

    @Test
    void shouldProveToSomebodyWithoutServerThatNothingWasAltered() throws Exception {
        Path export = folder.resolve("export.ndjson");
        Path proof = folder.resolve("proof.ndjson");
        String id = firstChat();
        String key = gantry("audit", "keys").out().strip();

        CommandRun sound = gantry("audit", "verify");
        assertThat(sound.out()).as(sound.err()).startsWith("Sound: ").contains("Signed log: ");
        assertThat(sound.exitCode()).isZero();
        assertThat(gantry("audit", "export", "--since", "1h", "-o", export.toString())
                        .exitCode())
                .isZero();
        assertThat(gantry("audit", "prove", id, "-o", proof.toString()).exitCode())
                .isZero();

        assertThat(Files.readString(proof)).contains(id).doesNotContain(PERSON);
        for (Path file : List.of(export, proof)) {
            CommandRun verified = gantry("audit", "verify-export", file.toString(), "--key", key);
            assertThat(verified.out()).as(verified.err()).startsWith("Sound: ");
            assertThat(verified.exitCode()).isZero();
        }
        Files.writeString(export, Files.readString(export).replaceFirst("\"success\"", "\"denied\""));
        CommandRun altered = gantry("audit", "verify-export", export.toString(), "--key", key);
        assertThat(altered.out()).startsWith("NOT SOUND: ").contains("was altered");
        assertThat(altered.exitCode()).isEqualTo(1);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(export, proof);
        }
    }

    @Test
    void shouldSayWhichEventAnAdministratorAlteredOrMoved() throws Exception {
        String id = firstChat();
        try (Administrator administrator = Administrator.of(world.dataDirectory())) {
            String where = " WHERE id = '" + id + "'";
            administrator.run("UPDATE audit_events SET event = replace(event, 'success', 'denied')" + where);
            CommandRun verified = gantry("audit", "verify");
            assertThat(verified.out())
                    .as(verified.err())
                    .startsWith("NOT SOUND: ")
                    .contains("event_altered: Batch ")
                    .contains("events was altered or replaced, or their order was changed");
            assertThat(verified.exitCode()).isEqualTo(1);
            administrator.run("UPDATE audit_events SET event = replace(event, 'denied', 'success')" + where);

            administrator.run("UPDATE audit_events SET team = 'innocent'" + where);
            assertFound("event_altered", "Event " + id);
            administrator.run("UPDATE audit_events SET team = NULL" + where);
        }
        assertSound();
    }

    @Test
    void shouldSayWhatAnAdministratorRemovedOrAdded() throws Exception {
        String id = firstChat();
        try (Administrator administrator = Administrator.of(world.dataDirectory())) {
            administrator.run("CREATE TABLE kept AS SELECT * FROM audit_events WHERE id = '" + id + "'");
            administrator.run("DELETE FROM audit_events WHERE id = '" + id + "'");
            assertFound("event_missing", "events; ");
            administrator.run("INSERT INTO audit_events SELECT * FROM kept; UPDATE kept SET leaf = 4711;"
                    + " INSERT INTO audit_events SELECT * FROM kept; DROP TABLE kept");
            assertFound("event_inserted", "events instead of ");
            administrator.run("DELETE FROM audit_events WHERE leaf = 4711");
        }
        assertSound();
    }

    /** The newest entries with everything that speaks of them: what is left is whole, but shorter than what was signed. */
    @Test
    void shouldSayThatTheDatabaseWasReplacedByAnEarlierStateAndSignNothingMore() throws Exception {
        Client client = world.client();
        assertSound();
        try (Administrator administrator = Administrator.of(world.dataDirectory())) {
            administrator.run("""
                    BEGIN;
                    LOCK TABLE audit_checkpoints;
                    CREATE TABLE kept_log AS SELECT * FROM audit_log WHERE position >= 3;
                    CREATE TABLE kept_checkpoints AS SELECT * FROM audit_checkpoints WHERE size > 3;
                    DELETE FROM audit_log WHERE position >= 3;
                    DELETE FROM audit_checkpoints WHERE size > 3;
                    COMMIT""");
            assertFound("log_cut_off", "The log was cut off, or the database replaced by an earlier state");
            assertThat(client.get("/api/v1/audit").json().path("problem").textValue())
                    .contains("It was cut off or replaced by an earlier state");
            administrator.run("""
                    BEGIN;
                    INSERT INTO audit_log SELECT * FROM kept_log;
                    INSERT INTO audit_checkpoints SELECT * FROM kept_checkpoints;
                    DROP TABLE kept_log, kept_checkpoints;
                    COMMIT""");
        }
        assertSound();
        assertThat(client.get("/api/v1/audit").json().path("problem").isNull()).isTrue();
    }

    @Test
    void shouldForgetAPersonAndKeepEveryProof() throws Exception {
        String forgotten = PERSON + "-forgotten";
        Client client = world.client();
        assertThat(client.post(
                                "/api/v1/service-accounts",
                                Requests.text(Json.object().put("name", forgotten)))
                        .status())
                .isEqualTo(201);
        Answer key = client.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", forgotten)));
        assertThat(client.withKey(key.json().path("key").textValue())
                        .get("/api/v1/users")
                        .status())
                .isEqualTo(403);
        assertThat(client.auditEvents("actor=" + forgotten)).isNotEmpty();

        CommandRun erased = gantry("audit", "erase", forgotten, "--yes");
        assertThat(erased.out()).as(erased.err()).startsWith("Erased; events know this person as ");

        String subject = erased.out().strip().replaceFirst(".* ", "");
        assertThat(client.auditEvents("actor=" + forgotten)).isEmpty();
        assertThat(client.auditEvents("actor=" + subject))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.toString())
                        .contains("(erased " + subject + ")")
                        .doesNotContain(forgotten));
        assertSound();
    }

    @Test
    void shouldSignByANewKeyFromHereOn() throws Exception {
        Client client = world.client();
        JsonNode before = client.get("/api/v1/audit").json().path("keys");

        Answer rotated = client.post("/api/v1/audit/key", "{}");

        assertThat(rotated.status()).as(rotated.body()).isEqualTo(200);
        assertThat(rotated.json().path("keys")).hasSize(before.size() + 1);
        assertThat(client.get("/api/v1/audit").json().path("keys").get(1)).isEqualTo(before.get(0));
        assertThat(client.auditEvents("event_type=audit.rotate_key"))
                .anyMatch(
                        event -> event.at("/details/key").equals(rotated.json().at("/keys/0")));
        assertSound();
    }

    @Test
    void shouldTellHowItIsByMetrics() {
        Client client = world.client();
        assertSound();

        assertThat(client.metric("gantry_audit_events_total")).isGreaterThanOrEqualTo(5);
        assertThat(client.metric("gantry_audit_bytes_total")).isGreaterThan(1_000);
        assertThat(client.metric("gantry_audit_durable_lag_seconds_count")).isPositive();
        assertThat(client.metric("gantry_audit_durable_lag_seconds_sum")).isPositive();
        assertThat(client.metric("gantry_audit_log_batches")).isPositive();
        assertThat(client.metric("gantry_audit_checkpoint_age_seconds")).isBetween(0.0, 60.0);
        assertThat(client.metric("gantry_audit_signing")).isEqualTo(1);
        assertThat(client.metric("gantry_audit_spill_events")).isZero();
        assertThat(client.metric("gantry_audit_rejected_rows_total")).isZero();
        assertThat(client.metric("gantry_audit_verification_findings")).isZero();
        assertThat(client.metric("gantry_audit_verification_time_seconds")).isGreaterThan(1.7e9);
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() {
        Client client = world.client();

        assertThat(client.get("/api/v1/audit/export?from=2026-11-30T00:00:00Z&to=2026-11-01T00:00:00Z")
                        .body())
                .contains("The period ends before it begins");
        assertThat(client.get("/api/v1/audit/verification?from=yesterday").status())
                .isEqualTo(400);
        assertThat(client.get("/api/v1/audit/events/01930000-0000-7000-8000-000000000000/proof")
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/api/v1/audit/events/..%2F..%2F..%2Fetc%2Fpasswd/proof")
                        .status())
                .isEqualTo(400);
        assertThat(client.post("/api/v1/audit/erasures", "{\"name\":\"nobody@example.com\"}")
                        .status())
                .isEqualTo(404);
        assertThat(client.post("/api/v1/audit/erasures", "{}").status()).isEqualTo(400);
        for (String path : List.of("/api/v1/audit/export", "/api/v1/audit/verification", "/api/v1/audit")) {
            assertThat(client.withKey("gk_nobody").get(path).status()).isEqualTo(401);
        }
    }
}
