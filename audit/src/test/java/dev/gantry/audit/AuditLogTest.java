package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditLogTest {
    private TestingAudit audit;
    private TestingDatabase database;
    private AuditLog log;

    @BeforeAll
    void open() {
        audit = TestingAudit.open();
        database = audit.database();
        log = audit.log();
    }

    @AfterAll
    void close() {
        audit.close();
    }

    private void write(AuditEvent... events) {
        audit.write(events);
    }

    @Test
    void shouldReturnAnEventExactlyAsItWasWritten() {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent complete = TestingEvents.complete(organization);
        AuditEvent sparse = TestingEvents.withTexts(organization, "", "a\u0000b \uD83D\uDE00 ünïcode", "{}',\"\\NULL");

        write(complete, sparse);

        assertThat(log.query(organization, AuditQuery.all()).events()).containsExactlyInAnyOrder(complete, sparse);
    }

    private String stored(UUID organization, UUID id) {
        return database.database()
                .inOrganization(
                        organization,
                        handle -> handle.createQuery("SELECT event FROM audit_events WHERE id = :id")
                                .bind("id", id)
                                .mapTo(String.class)
                                .one());
    }

    private int subjects(UUID organization) {
        return database.database()
                .inOrganization(
                        organization,
                        handle -> handle.createQuery("SELECT count(*) FROM audit_subjects")
                                .mapTo(Integer.class)
                                .one());
    }

    @Test
    void shouldStoreNobodysNameReadable() {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent event = TestingEvents.event(
                organization,
                TestingEvents.START,
                "user.update",
                "ada@example.com",
                "users/bob@example.com",
                AuditResult.SUCCESS,
                "r");
        AuditEvent failed = TestingEvents.withTexts(organization, "patterns/~carol/draft", "no", "x");
        write(event, failed);

        assertThat(stored(organization, event.id()) + stored(organization, failed.id()))
                .contains("\"resource\":\"users/", "\"resource\":\"patterns/~")
                .doesNotContain("ada@example", "bob@example", "carol", "10.1.2.3");
        assertThat(log.query(organization, AuditQuery.all()).events()).containsExactlyInAnyOrder(event, failed);
    }

    @Test
    void shouldStoreCanonicalJson() {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent event = TestingEvents.complete(organization);
        write(event);

        String stored = stored(organization, event.id());

        assertThat(stored)
                .startsWith("{\"action\":\"execute\",\"actor\":{\"key\":\"01935a2b-")
                .contains("\"cost\":4321,\"details\":{\"attempts\":2,\"model\":\"gpt-6.2-sol\",\"stream\":true}")
                .endsWith("\"tokens_used\":56789,\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}");
    }

    @Test
    void shouldForgetAPersonAndKeepTheEvents() {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent ofEve = TestingEvents.event(
                organization, TestingEvents.START, "key.create", "eve@example.com", "keys", AuditResult.SUCCESS, "r");
        AuditEvent ofAda = TestingEvents.at(organization, TestingEvents.START.plusSeconds(1));
        write(ofEve, ofAda);
        String before = stored(organization, ofEve.id());

        UUID subject = log.erase(organization, "eve@example.com").orElseThrow();

        assertThat(log.erase(organization, "eve@example.com")).isEmpty();
        assertThat(stored(organization, ofEve.id())).isEqualTo(before);
        List<AuditEvent> events = log.query(organization, AuditQuery.all()).events();
        assertThat(events)
                .extracting(event -> event.actor().user())
                .containsExactly("ada@example.com", "(erased " + subject + ")");
        assertThat(events.getLast().resource()).isEqualTo("keys");
        assertThat(log.query(organization, byActor("eve@example.com")).events()).isEmpty();
        assertThat(log.query(organization, byActor(subject.toString())).events())
                .hasSize(1);
    }

    @Test
    void shouldForgetTheNamesOfAnEventsPeopleInItsReasonToo() {
        UUID organization = TestingDatabase.newOrganization();
        String reason = "ci, eve@example.com: 'ci' may not make decisions; ask eve@example.com or bob@example.com";
        AuditEvent event = refused(organization, "ci", "users/eve@example.com", reason);
        write(event);
        assertThat(stored(organization, event.id()))
                .contains("may not make decisions")
                .doesNotContain("ci,", "'ci'", "eve@example.com", "bob@example.com");
        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .extracting(AuditEvent::reason)
                .isEqualTo(reason);

        UUID subject = log.erase(organization, "eve@example.com").orElseThrow();

        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .extracting(AuditEvent::reason)
                .isEqualTo(reason.replace("eve@example.com", subject.toString()));
    }

    private static AuditEvent refused(UUID organization, String actor, String resource, String reason) {
        return new AuditEvent(
                Ids.next(),
                TestingEvents.START,
                "user.update",
                new AuditEvent.Actor(actor, null, null),
                organization,
                null,
                null,
                resource,
                "update",
                AuditResult.DENIED,
                reason,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                TestingEvents.ORIGIN);
    }

    @Test
    void shouldForgetSomebodyWhomOnlyTheReasonNames() {
        UUID organization = TestingDatabase.newOrganization();
        String reason = "There is an account 'eve@example.com' already, of mary.eve@example.com and o'eve@example.com;"
                + " Ada@Example.com may not see pattern@1.2.3";
        AuditEvent event = refused(organization, "ada@example.com", "scim/Users", reason);
        write(event);
        assertThat(stored(organization, event.id()))
                .contains("There is an account '", "pattern@1.2.3")
                .doesNotContain("@example.com", "@Example.com", "mary", "o'");

        UUID subject = log.erase(organization, "eve@example.com").orElseThrow();

        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .extracting(AuditEvent::reason)
                .isEqualTo(reason.replace("'eve@example.com'", "'" + subject + "'")
                        .replace("Ada@Example.com", "ada@example.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "service-accounts/ci-bot",
                "keys/ci-bot",
                "keys/0193f3a0-0000-7000-8000-000000000001/ci-bot",
                "role-assignments/0193f3a0-0000-7000-8000-000000000001/ci-bot",
                "teams/platform/ci-bot",
                "groups/crew/ci-bot",
                "scim/Users/ci-bot",
                "users/ci-bot"
            })
    void shouldForgetAServiceAccountWhateverIsDoneWithIt(String resource) {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent event = refused(organization, "ada@example.com", resource, "ci-bot has too many keys");
        write(event);
        assertThat(stored(organization, event.id())).doesNotContainIgnoringCase("ci-bot");
        assertThat(log.query(organization, AuditQuery.all()).events()).containsExactly(event);

        assertThat(log.erase(organization, "ci-bot")).isPresent();

        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .satisfies(
                        found -> assertThat(found.resource() + found.reason()).doesNotContainIgnoringCase("ci-bot"));
    }

    @Test
    void shouldForgetEachOfThePeopleWhomAResourceNames() {
        UUID organization = TestingDatabase.newOrganization();
        String resource = "patterns/~eve@example.com/for/bob@example.com/ada@example.com/Eve@example.com";
        AuditEvent event = refused(organization, "ada@example.com", resource, "bob@example.com has no such pattern");
        write(event);
        assertThat(stored(organization, event.id())).doesNotContainIgnoringCase("example.com");
        assertThat(log.query(organization, AuditQuery.all()).events()).containsExactly(event);
        assertThat(log.query(organization, byResource(resource)).events()).containsExactly(event);
        assertThat(log.query(organization, byResource("patterns/~eve@example.com/for/*"))
                        .events())
                .containsExactly(event);

        UUID bob = log.erase(organization, "bob@example.com").orElseThrow();
        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.resource()).isEqualTo(resource.replace("bob@example.com", bob.toString()));
                    assertThat(found.reason()).isEqualTo(bob + " has no such pattern");
                });
        UUID eve = log.erase(organization, "eve@example.com").orElseThrow();
        assertThat(log.query(organization, AuditQuery.all()).events())
                .singleElement()
                .extracting(AuditEvent::resource)
                .isEqualTo("patterns/~" + eve + "/for/" + bob + "/ada@example.com/" + eve);
    }

    @Test
    void shouldKeepNoKeysWithoutEndForNamesThatAStrangerMakesUp() throws Exception {
        UUID organization = TestingDatabase.newOrganization();
        String resource = "patterns"
                + IntStream.range(10, 80).mapToObj(each -> "/~" + each).collect(Collectors.joining());
        AuditEvent event = refused(organization, "ada@example.com", resource, "nobody said who it is");
        write(event);

        assertThat(stored(organization, event.id())).doesNotContain("~11").doesNotContain("~79");
        assertThat(log.query(organization, byResource(resource)).events()).containsExactly(event);
        assertThat(subjects(organization)).isLessThan(12);
    }

    private static AuditQuery byResource(String resource) {
        return new AuditQuery(null, null, null, null, resource, null, null, null, null, 100);
    }

    @Test
    void shouldForgetWhoWasOnceKnownByTheirCapitals() throws Exception {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent event = refused(organization, "eve@example.com", "users/x", "no");
        write(event);
        // As it was made when capitals still told people apart.
        SubjectKeys keys = new SubjectKeys(audit.keyRing());
        UUID former = database.database().inOrganization(organization, handle -> {
            try {
                return keys.findOrMake(handle, organization, List.of("Eve@Example.com"))
                        .values()
                        .iterator()
                        .next()
                        .id();
            } catch (java.sql.SQLException failed) {
                throw new AssertionError(failed);
            }
        });
        assertThat(log.erase(organization, "Eve@Example.com")).isPresent();
        assertThat(log.query(organization, byActor("eve@example.com")).events()).isEmpty();
        assertThat(database.database()
                        .<Integer>inOrganization(
                                organization,
                                handle -> handle.createQuery(
                                                "SELECT count(*) FROM audit_subjects WHERE subject = :id AND wrapped_key IS NULL")
                                        .bind("id", former)
                                        .mapTo(Integer.class)
                                        .one()))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keys/0193f3a0-0000-7000-8000-000000000001",
                "keys/0193f3a0-0000-7000-8000-000000000001/0193f3a0-0000-7000-8000-000000000002",
                "service-accounts/0193f3a0-0000-7000-8000-000000000001",
                "teams/platform",
                "scim/Users"
            })
    void shouldKeepReadableWhatNamesNobody(String resource) {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent event = refused(organization, "ada@example.com", resource, "no");
        write(event);
        assertThat(stored(organization, event.id())).contains("\"resource\":\"" + resource + "\"");
    }

    private static AuditQuery byActor(String actor) {
        return new AuditQuery(null, null, null, actor, null, null, null, null, null, 100);
    }

    @Test
    void shouldKnowAPersonAnewWhoReturnsAfterBeingErased() {
        UUID organization = TestingDatabase.newOrganization();
        AuditEvent first = TestingEvents.at(organization, TestingEvents.START);
        write(first);
        log.erase(organization, "ada@example.com");
        // The writer learns of it by a notification. A minute later it would forget the old key by itself.
        Eventually.within(Duration.ofSeconds(40), "what is written is found", () -> {
            AuditEvent second = TestingEvents.at(organization, TestingEvents.START.plusSeconds(1));
            write(second);
            return log.query(organization, byActor("ada@example.com")).events().contains(second);
        });

        assertThat(log.query(organization, byActor("ada@example.com")).events()).doesNotContain(first);
    }

    @Nested
    class Search {
        private final UUID organization = TestingDatabase.newOrganization();

        private List<AuditEvent> find(AuditQuery query) {
            return log.query(organization, query).events();
        }

        private AuditEvent event(int second, String type, String user, String resource, AuditResult result) {
            return TestingEvents.event(
                    organization,
                    TestingEvents.START.plusSeconds(second),
                    type,
                    user,
                    resource,
                    result,
                    "request-" + second);
        }

        @Test
        void shouldReturnPagesNewestFirstWithoutGapsOrRepetition() {
            List<AuditEvent> events = new ArrayList<>();
            for (int index = 0; index < 25; index++) {
                // Several share a time, so that the id has to decide.
                events.add(TestingEvents.at(organization, TestingEvents.START.plusSeconds(index / 4)));
            }
            write(events.toArray(AuditEvent[]::new));

            List<AuditEvent> found = new ArrayList<>();
            AuditQuery query = AuditQuery.all().limit(10);
            AuditPage page = log.query(organization, query);
            found.addAll(page.events());
            while (page.next() != null) {
                page = log.query(organization, query.after(page.next()));
                found.addAll(page.events());
            }

            assertThat(found).containsExactlyElementsOf(events.reversed());
        }

        @Test
        void shouldNotAnnounceAPageThatWouldBeEmpty() {
            write(
                    TestingEvents.at(organization, TestingEvents.START),
                    TestingEvents.at(organization, TestingEvents.START));

            AuditPage page = log.query(organization, AuditQuery.all().limit(2));

            assertThat(page.events()).hasSize(2);
            assertThat(page.next()).isNull();
        }

        @Test
        void shouldFilterByEveryComponent() {
            AuditEvent first = event(1, "auth.login", "ada@example.com", "sessions", AuditResult.SUCCESS);
            AuditEvent second = event(2, "auth.failed", "bob@example.com", "sessions", AuditResult.DENIED);
            AuditEvent third = event(3, "authx", "ada@example.com", "patterns/a_b/c", AuditResult.BLOCKED);
            AuditEvent fourth = event(4, "pattern.execute", "ada@example.com", "patterns/aXb/c", AuditResult.FAILED);
            AuditEvent fifth = TestingEvents.complete(organization);
            write(first, second, third, fourth, fifth);
            Instant start = TestingEvents.START;

            assertThat(find(query(start.plusSeconds(2), start.plusSeconds(4), null, null, null, null, null, null)))
                    .containsExactly(third, second);
            assertThat(find(query(null, null, "auth.*", null, null, null, null, null)))
                    .containsExactly(second, first);
            assertThat(find(query(null, null, "auth.login", null, null, null, null, null)))
                    .containsExactly(first);
            assertThat(find(query(null, null, "*", null, null, null, null, null)))
                    .hasSize(5);
            assertThat(find(query(null, null, null, "bob@example.com", null, null, null, null)))
                    .containsExactly(second);
            assertThat(find(query(null, null, null, null, "patterns/a_b/*", null, null, null)))
                    .containsExactly(third);
            assertThat(find(query(null, null, null, null, "sessions", null, null, null)))
                    .containsExactly(second, first);
            assertThat(find(query(null, null, null, null, null, "engineering", null, null)))
                    .containsExactly(fifth);
            assertThat(find(query(null, null, null, null, null, null, AuditResult.BLOCKED, null)))
                    .containsExactly(third);
            assertThat(find(query(null, null, null, null, null, null, null, "request-4")))
                    .containsExactly(fourth);
            assertThat(find(query(null, null, "auth.*", "ada@example.com", null, null, null, null)))
                    .containsExactly(first);
        }

        private AuditQuery query(
                @Nullable Instant from,
                @Nullable Instant to,
                @Nullable String eventType,
                @Nullable String actor,
                @Nullable String resource,
                @Nullable String team,
                @Nullable AuditResult result,
                @Nullable String requestId) {
            return new AuditQuery(from, to, eventType, actor, resource, team, result, requestId, null, 100);
        }

        @Test
        void shouldFindEventsOfTheKindsThatTheIndexByTypeLeavesOut() {
            AuditEvent chat = event(1, "model.chat", "ada@example.com", "models/m", AuditResult.SUCCESS);
            AuditEvent edit = event(2, "model.edit", "ada@example.com", "models/m", AuditResult.SUCCESS);
            AuditEvent run = event(3, "pattern.execute", "ada@example.com", "patterns/p", AuditResult.FAILED);
            write(chat, edit, run);

            assertThat(find(query(null, null, "model.*", null, null, null, null, null)))
                    .containsExactly(edit, chat);
            assertThat(find(query(null, null, "model.chat", null, null, null, null, null)))
                    .containsExactly(chat);
            assertThat(find(query(null, null, "model.e*", null, null, null, null, null)))
                    .containsExactly(edit);
            assertThat(find(query(null, null, "pattern.execute", null, null, null, AuditResult.FAILED, null)))
                    .containsExactly(run);
        }

        @Test
        void shouldHaveAnIndexForEverySearchThatWouldOtherwiseReadTheWholeLog() throws SQLException {
            fillWithEventsOfModels(30_000);
            write(event(1, "auth.failed", "eve@example.com", "sessions", AuditResult.DENIED));

            assertThat(plan(query(null, null, null, null, null, null, null, null)))
                    .contains("organization_id_occurred_at_id_idx");
            assertThat(plan(query(null, null, null, null, null, null, null, "request-1")))
                    .contains("request_id_idx");
            assertThat(plan(query(null, null, null, "eve@example.com", null, null, null, null)))
                    .contains("subject_occurred_at_idx");
            assertThat(plan(query(null, null, "auth.failed", null, null, null, null, null)))
                    .contains("event_type_occurred_at_idx");
            assertThat(plan(query(null, null, "auth.*", null, null, null, null, null)))
                    .contains("event_type_occurred_at_idx");
            assertThat(plan(query(null, null, null, null, null, null, AuditResult.DENIED, null)))
                    .contains("result_occurred_at_idx");
        }

        private void fillWithEventsOfModels(int count) throws SQLException {
            database.database()
                    .inOrganization(
                            organization,
                            handle -> handle.createUpdate("""
                            INSERT INTO audit_events (organization_id, shard, batch, leaf, occurred_at, id, event_type,
                                                      subject, resource, result, request_id, event)
                            SELECT :organization, 9, 1, n, now() - n * interval '1 second', gen_random_uuid(), 'model.chat',
                                   md5((n % 50)::text)::uuid, 'models/m', 'success', md5(n::text), repeat('x', 500)
                            FROM generate_series(1, :count) AS n
                            """)
                                    .bind("organization", organization)
                                    .bind("count", count)
                                    .execute());
            try (Connection connection = DriverManager.getConnection(database.ownerJdbcUrl());
                    Statement statement = connection.createStatement()) {
                statement.execute("ANALYZE audit_events");
            }
        }

        private String plan(AuditQuery query) {
            Map<String, Object> parameters = new HashMap<>(Map.of("limit", 101));
            String sql =
                    AuditStore.sql(query, query.actor() == null ? null : organization, query.resource(), parameters);
            return database.database()
                    .inOrganization(
                            organization,
                            handle -> String.join(
                                    "\n",
                                    handle.createQuery("EXPLAIN " + sql)
                                            .bindMap(parameters)
                                            .mapTo(String.class)
                                            .list()));
        }

        @Test
        void shouldRefuseQueriesThatCouldFindNothing() {
            assertInvalid(() -> query(TestingEvents.START, TestingEvents.START, null, null, null, null, null, null));
            assertInvalid(() -> query(null, null, "au*th", null, null, null, null, null));
            assertInvalid(() -> query(null, null, null, "", null, null, null, null));
            assertInvalid(() -> query(null, null, null, "a\u0000", null, null, null, null));
            assertInvalid(() -> AuditQuery.all().limit(0));
            assertInvalid(() -> AuditQuery.all().limit(1_001));
        }

        private void assertInvalid(ThrowingCallable call) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }

    @Nested
    class Protection {
        @Test
        void shouldNotShowOneTenantTheEventsOfAnother() {
            UUID organization = TestingDatabase.newOrganization();
            write(TestingEvents.at(organization, TestingEvents.START));

            assertThat(log.query(TestingDatabase.newOrganization(), AuditQuery.all())
                            .events())
                    .isEmpty();
            assertThat(count("")).isZero();
        }

        private int count(String condition) {
            return database.database()
                    .unscoped(handle -> handle.createQuery("SELECT count(*) FROM audit_events " + condition)
                            .mapTo(Integer.class)
                            .one());
        }

        @Test
        void shouldNotLetATenantWriteIntoAnothersLog() {
            UUID organization = TestingDatabase.newOrganization();
            UUID other = TestingDatabase.newOrganization();

            assertThatThrownBy(() -> database.database()
                            .inOrganization(
                                    organization,
                                    handle -> handle.createUpdate("""
                                    INSERT INTO audit_events (organization_id, shard, batch, leaf, occurred_at, id,
                                                              event_type, resource, result, event)
                                    VALUES (:organization, 1, 1, 0, now(), :organization, 'x', '', 'success', '{}')
                                    """)
                                            .bind("organization", other)
                                            .execute()))
                    .hasMessageContaining("row-level security");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE audit_events SET result = 'success'",
                    "DELETE FROM audit_events",
                    "TRUNCATE audit_events",
                    "ALTER TABLE audit_events DISABLE TRIGGER ALL",
                    "DROP TABLE audit_events"
                })
        void shouldRefuseTheApplicationEveryChange(String statement) {
            UUID organization = TestingDatabase.newOrganization();
            write(TestingEvents.at(organization, TestingEvents.START));

            assertThatThrownBy(
                            () -> database.database().inOrganization(organization, handle -> handle.execute(statement)))
                    .hasMessageMatching("(?s).*(permission denied|must be owner).*");
            assertThat(log.query(organization, AuditQuery.all()).events()).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE audit_events SET result = 'success'",
                    "DELETE FROM audit_events",
                    "TRUNCATE audit_events"
                })
        void shouldRefuseEvenTheOwnerAndTheSuperuserEveryChange(String change) throws SQLException {
            write(TestingEvents.at(TestingDatabase.newOrganization(), TestingEvents.START));

            for (String url : List.of(database.ownerJdbcUrl(), database.superuserJdbcUrl())) {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement()) {
                    assertThatThrownBy(() -> statement.execute(change))
                            .hasMessageContaining("never changed or deleted");
                }
            }
        }
    }
}
