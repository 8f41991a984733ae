package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Processes are killed at any moment; nothing of what a client was told is lost. */
@Isolated
class SurvivalTest {
    private World world;

    @BeforeEach
    void open() throws Exception {
        world = World.open();
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    /** Every answered request is in the audit log exactly once, and the ledger has no fewer rows than there were answers. */
    private void assertNothingIsLost(List<String> acknowledged) {
        List<String> audited = world.client().auditEvents("event_type=*").stream()
                .filter(event -> event.path("result").textValue().equals("success"))
                .map(event -> event.path("request_id").textValue())
                .filter(id -> id.startsWith("load-"))
                .toList();
        assertThat(audited).doesNotHaveDuplicates().containsAll(acknowledged);
        JsonNode usage = world.client().usage("model=openai-echo");
        long requests = usage.path("requests").longValue();
        assertThat(requests).isGreaterThanOrEqualTo(acknowledged.size());
        assertThat(usage.path("input_tokens").longValue()).isEqualTo(11 * requests);
        assertThat(usage.path("cost").path("micro_usd").longValue()).isEqualTo(52 * requests);
    }

    @Test
    void shouldKeepWhatItAcknowledgedWhenItIsKilledUnderLoad() throws Exception {
        String key = world.server().key();
        long postgres = world.server().postgresPid();
        assertThat(postgres).isPositive();
        Load load = Load.start(world.client(), 8);
        load.awaitMore(200);
        world.server().kill();
        load.stop();
        world.restart();
        assertThat(world.server().key()).isEqualTo(key);
        assertThat(world.client().chat("openai-echo", "one two three").status()).isEqualTo(200);
        assertNothingIsLost(load.acknowledged());
        long now = world.server().postgresPid();
        assertThat(now == postgres || ProcessHandle.of(postgres).isEmpty())
                .as("only one PostgreSQL has the data directory: it was %d and is %d", postgres, now)
                .isTrue();
    }

    @Test
    void shouldGoOnWhenPostgresIsKilledUnderLoad() throws Exception {
        long postgres = world.server().postgresPid();
        Load load = Load.start(world.client(), 8);
        load.awaitMore(100);
        ProcessHandle.of(postgres).orElseThrow().destroyForcibly();
        Eventually.holds("another PostgreSQL is there", () -> {
            long pid = world.server().postgresPid();
            return pid != postgres && pid > 0;
        });
        load.awaitMore(100);
        load.stop();
        assertThat(load.refused()).allSatisfy(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.json().path("error").path("code").textValue()).isEqualTo("database_unavailable");
        });
        assertThat(world.server().isAlive()).isTrue();
        assertNothingIsLost(load.acknowledged());
        Eventually.holds("no request is active", () -> world.client().metric("gantry_active_requests") == 0);
        assertThat(world.client().get("/ready").status()).isEqualTo(200);
    }

    @Test
    void shouldFinishWhatIsUnderWayWhenItIsAskedToStop() throws Exception {
        Client client = world.client();
        Path dataDirectory = world.dataDirectory();
        long postgres = world.server().postgresPid();
        CompletableFuture<Client.Answer> slow = CompletableFuture.supplyAsync(
                () -> client.chat("openai-slow", "hello"),
                runnable -> Thread.ofVirtual().start(runnable));
        Eventually.holds("the provider works on it", () -> world.simulator().underWay() == 1);
        world.server().terminate();
        assertThat(slow.get().status()).as(slow.get().body()).isEqualTo(200);
        assertThat(world.server().awaitEnd()).isEqualTo(143);
        assertThat(dataDirectory.resolve("server.pid")).doesNotExist();
        assertThat(ProcessHandle.of(postgres).filter(ProcessHandle::isAlive)).isEmpty();

        world.restart();
        assertThat(world.client().usage("model=openai-slow").path("requests").longValue())
                .isEqualTo(1);
    }

    @Test
    void shouldReadWhatWasEncryptedAfterARotationThatWasKilled() throws Exception {
        Client client = world.client();
        Client.Answer talk = client.post("/api/v1/execute", """
                {"pattern": "summarize", "input": "A first word.", "session": "s", "model": "openai-echo"}""");
        assertThat(talk.status()).as(talk.body()).isEqualTo(200);
        String file = Files.readString(world.dataDirectory().resolve("master.key"));
        assertThat(client.post("/api/v1/platform/master-keys/rotate", "").status())
                .isEqualTo(200);
        world.server().kill();
        world.restart();
        Client after = world.client();
        Eventually.holds(
                "data keys are wrapped anew",
                () -> after.get("/api/v1/platform/master-keys")
                        .json()
                        .path("state")
                        .asText()
                        .equals("rewrapped"));
        Client.Answer retired = after.post("/api/v1/platform/master-keys/retire", "");
        assertThat(retired.json().path("state").asText()).as(retired.body()).isEqualTo("steady");
        assertThat(Files.readString(world.dataDirectory().resolve("master.key")))
                .hasSameSizeAs(file)
                .isNotEqualTo(file);
        assertThat(after.get("/api/v1/sessions/s").body()).contains("A first word.");
        assertThat(after.auditEvents("event_type=master_key.*"))
                .extracting(event -> event.path("event_type").asText())
                .containsExactly("master_key.retire", "master_key.rotate");
    }
}
