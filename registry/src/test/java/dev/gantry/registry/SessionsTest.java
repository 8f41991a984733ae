package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.caller;
import static dev.gantry.registry.TestingCallers.developer;
import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.PutResult.Outcome;
import dev.gantry.registry.SessionMessage.Speaker;
import dev.gantry.testing.TestingDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsTest {
    private final TestingRegistry registry = new TestingRegistry(bounded());
    private final Sessions sessions = registry.sessions();
    private final UUID organization = TestingDatabase.newOrganization();

    /** Three sessions, four messages and a hundred characters each. */
    private static RegistrySettings bounded() {
        RegistrySettings defaults = RegistrySettings.defaults();
        return new RegistrySettings(
                defaults.assetSizeMax(),
                defaults.assetsMax(),
                defaults.versionsMax(),
                defaults.importSizeMax(),
                defaults.importEntriesMax(),
                defaults.promptCharsMax(),
                3,
                4,
                100,
                defaults.templates(),
                defaults.approvalWorkflow(),
                defaults.source(),
                defaults.repository(),
                defaults.branch(),
                defaults.syncInterval());
    }

    @AfterAll
    void close() {
        registry.close();
    }

    private List<String> texts(Caller caller, String name) {
        return sessions.get(caller, name).stream()
                .map(message -> message.speaker() + ": " + message.text())
                .toList();
    }

    @Test
    void shouldKeepExchangesInOrder() {
        Caller ana = developer(organization, "ana");

        sessions.append(ana, "talk", "Grüße 😀?", "yes");
        sessions.append(ana, " talk ", "two?", "no");

        assertThat(texts(ana, "talk"))
                .containsExactly("USER: Grüße 😀?", "ASSISTANT: yes", "USER: two?", "ASSISTANT: no");
        assertThat(sessions.get(ana, "talk").getFirst().createdAt()).isEqualTo(TestingRegistry.NOW);
        assertThat(sessions.list(ana, null, 10).sessions())
                .containsExactly(new SessionSummary("talk", 4, 18, TestingRegistry.NOW, TestingRegistry.NOW));
    }

    @Test
    void shouldForgetTheOldestAboveTheBounds() {
        Caller ana = developer(organization, "ana-forgets");
        for (int turn = 1; turn <= 4; turn++) {
            sessions.append(ana, "many", "q" + turn, "a" + turn);
        }
        sessions.append(ana, "long", "q1", "a1");
        sessions.append(ana, "long", "x".repeat(60), "y".repeat(39));
        sessions.append(ana, "huge", "x".repeat(90), "y".repeat(20));

        assertThat(texts(ana, "many")).containsExactly("USER: q3", "ASSISTANT: a3", "USER: q4", "ASSISTANT: a4");
        assertThat(sessions.get(ana, "long"))
                .extracting(message -> message.text().length())
                .containsExactly(60, 39);
        assertThat(texts(ana, "huge")).containsExactly("ASSISTANT: " + "y".repeat(20));
    }

    @Test
    void shouldBelongToTheirOwnerAlone() {
        Caller ana = developer(organization, "ana-alone");
        sessions.append(ana, "private", "q", "a");

        assertRefused(ErrorCode.NOT_FOUND, () -> sessions.get(admin(organization), "private"), "private");
        assertRefused(ErrorCode.NOT_FOUND, () -> sessions.delete(admin(organization), "private"));
        assertThat(sessions.list(admin(organization), null, 10).sessions()).isEmpty();
    }

    @Test
    void shouldReplaceAndDelete() {
        Caller ana = developer(organization, "ana-replaces");
        List<SessionMessage> messages =
                List.of(new SessionMessage(Speaker.USER, "q", null), new SessionMessage(Speaker.ASSISTANT, "a", null));

        assertThat(sessions.put(ana, "s", messages)).isEqualTo(Outcome.CREATED);
        assertThat(sessions.put(ana, "s", messages)).isEqualTo(Outcome.UNCHANGED);
        assertThat(sessions.put(ana, "s", messages.subList(0, 1))).isEqualTo(Outcome.UPDATED);
        assertThat(texts(ana, "s")).containsExactly("USER: q");
        sessions.delete(ana, "s");
        assertRefused(ErrorCode.NOT_FOUND, () -> sessions.get(ana, "s"));
    }

    @Test
    void shouldBoundTheirNumberAndPageThroughThem() {
        Caller ana = developer(organization, "ana-many");
        for (String name : List.of("c", "a", "b")) {
            sessions.append(ana, name, "q", "a");
        }

        assertRefused(ErrorCode.INVALID_REQUEST, () -> sessions.append(ana, "d", "q", "a"), "3 sessions");
        SessionPage first = sessions.list(ana, null, 2);
        assertThat(first.sessions()).extracting(SessionSummary::name).containsExactly("a", "b");
        SessionPage second = sessions.list(ana, first.nextAfter(), 2);
        assertThat(second.sessions()).extracting(SessionSummary::name).containsExactly("c");
        assertThat(second.nextAfter()).isNull();
    }

    @Test
    void shouldLoseNothingWhenTwoAppendAtOnce() throws InterruptedException, ExecutionException {
        Caller ana = developer(organization, "ana-twice");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                writers.add(threads.submit(() -> sessions.append(ana, "both", "q", "a")));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(texts(ana, "both")).containsExactly("USER: q", "ASSISTANT: a", "USER: q", "ASSISTANT: a");
    }

    @Test
    void shouldLieEncryptedInTheDatabase() throws SQLException {
        Caller ana = developer(organization, "ana-secret");
        sessions.append(ana, "hidden", "a very secret question", "a very secret answer");

        try (Connection connection =
                        DriverManager.getConnection(registry.testing().ownerJdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('gantry.organization', '" + organization + "', false)");
            ResultSet rows = statement.executeQuery(
                    "SELECT sealed FROM session_messages JOIN sessions s ON s.id = session_id WHERE name = 'hidden'");
            int count = 0;
            while (rows.next()) {
                count++;
                assertThat(new String(rows.getBytes(1), StandardCharsets.ISO_8859_1))
                        .doesNotContain("secret");
            }
            assertThat(count).isEqualTo(2);
            statement.execute("UPDATE session_messages SET sequence = sequence + 10 WHERE session_id IN"
                    + " (SELECT id FROM sessions WHERE name = 'hidden')");
        }
        assertRefused(ErrorCode.INTERNAL, () -> sessions.get(ana, "hidden"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", ".hidden", "a/b", "a\nb", "a\0b", "<script>"})
    void shouldRefuseNamesThatCannotBe(String name) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> sessions.get(developer(organization, "ana"), name), "session");
    }

    @Test
    void shouldNeedTheRightToExecuteSomething() {
        Caller reader = caller(organization, "reader", List.of(), "patterns:read");
        Caller narrow = caller(organization, "narrow", List.of(), "patterns:execute:summarize");

        assertRefused(ErrorCode.PERMISSION_DENIED, () -> sessions.list(reader, null, 10), "patterns:execute");
        assertThat(sessions.list(narrow, null, 10).sessions()).isEmpty();
    }
}
