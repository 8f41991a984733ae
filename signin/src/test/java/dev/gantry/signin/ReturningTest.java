package dev.gantry.signin;

import static dev.gantry.signin.TestingProvider.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.ProvisionedUser;
import dev.gantry.identity.Provisioning;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who was deleted, and comes again; and who is the same person by two providers. */
class ReturningTest {
    private static TestingProvider company;
    private static TestingProvider twin;
    private static TestingProvider stranger;
    private static TestingSignIn world;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        company = TestingProvider.start();
        twin = TestingProvider.start();
        stranger = TestingProvider.start();
        world = TestingSignIn.open(
                new AuthenticationSettings(
                        List.of(
                                jwt(company, "company", List.of()),
                                jwt(twin, "twin", List.of("company")),
                                jwt(stranger, "stranger", List.of("twin"))),
                        SessionSettings.defaults()),
                directory);
        world.identity().groups().create(world.administrator(), "engineering", "");
    }

    @AfterAll
    static void close() {
        world.close();
        company.close();
        twin.close();
        stranger.close();
    }

    private static AuthenticationSettings.Jwt jwt(TestingProvider provider, String name, List<String> samePeopleAs) {
        return new AuthenticationSettings.Jwt(
                provider.issuer(),
                TestingProvider.CLIENT,
                provider.keysAddress(),
                name,
                List.of("RS256"),
                Duration.ofSeconds(60),
                new Directory("default", true, true, samePeopleAs, MappingSettings.defaults()));
    }

    /** A token of a verified address that is newer than all before. */
    private static ObjectNode next(TestingProvider provider, String subject, String address) {
        world.pass(Duration.ofSeconds(1));
        return provider.claims(world.now())
                .put("sub", subject)
                .put("email", address)
                .put("email_verified", true);
    }

    private static Caller present(ObjectNode claims) {
        return world.authenticate(sign(claims));
    }

    private static void assertRefused(ObjectNode claims, String words) {
        assertThatThrownBy(() -> present(claims))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .hasMessageContaining(words);
    }

    private static Provisioning scim() {
        return world.identity().provisioning();
    }

    private static ProvisionedUser provision(String address, @Nullable String externalId, boolean active) {
        return scim().createUser(
                        world.administrator(), new Provisioning.UserData(address, "", active, externalId, "{}"));
    }

    @Nested
    class Deleted {
        @Test
        void shouldNotComeBackUnderAnotherAddress() {
            Caller dora = present(next(company, "dora-1", "dora@example.com"));
            scim().deleteUser(world.administrator(), dora.principalId());
            assertRefused(next(company, "dora-1", "dora@example.com"), "deleted");
            assertRefused(next(company, "dora-1", "dora.new@example.com"), "deleted");
            assertThat(present(next(company, "dora-2", "dora.two@example.com")).principal())
                    .as("somebody else of the provider")
                    .isEqualTo("dora.two@example.com");
        }

        @Test
        void shouldComeBackIntoTheAccountThatWasMadeForThemAnew() {
            Caller former = present(next(company, "emil-1", "emil@example.com"));
            scim().deleteUser(world.administrator(), former.principalId());
            UUID anew =
                    provision("emil.new@example.com", null, true).principal().id();
            Caller emil = present(next(company, "emil-1", "emil.new@example.com"));
            assertThat(emil.principalId()).isEqualTo(anew).isNotEqualTo(former.principalId());
            assertThat(present(next(company, "emil-1", "elsewhere@example.com")).principalId())
                    .as("tied to it from now on")
                    .isEqualTo(anew);
        }

        /** An address is given to another person, and a token of the former one lives on. */
        @Test
        void shouldNotGetTheAccountOfWhoHasTheAddressNext() {
            Caller former = present(next(company, "alice-old", "alice.next@example.com"));
            ObjectNode livesOn = next(company, "alice-old", "alice.next@example.com");
            ObjectNode neverShown = next(company, "alice-older", "alice.next@example.com");
            scim().deleteUser(world.administrator(), former.principalId());
            world.pass(Duration.ofMinutes(3));
            UUID anew =
                    provision("alice.next@example.com", null, true).principal().id();
            assertRefused(livesOn, "was made after");
            assertRefused(neverShown, "was made after");
            assertThat(present(next(company, "alice-new", "alice.next@example.com"))
                            .principalId())
                    .isEqualTo(anew);
        }

        @Test
        void shouldBeKnownByWhatTheProviderCalledThemThoughTheyNeverSignedIn() {
            ProvisionedUser fred = provision("fred@example.com", "fred-1", true);
            assertRefused(next(company, "fred-1", "fred.other@example.com"), "provisioned here under another address");
            scim().deleteUser(world.administrator(), fred.principal().id());
            assertRefused(next(company, "fred-1", "fred.other@example.com"), "deleted");
        }

        @Test
        void shouldStayOutAsLongAsTheyAreDeactivated() {
            ProvisionedUser gitta = provision("gitta@example.com", "gitta-1", false);
            for (String address : List.of("gitta@example.com", "gitta.other@example.com")) {
                assertThatThrownBy(() -> present(next(company, "gitta-1", address)))
                        .isInstanceOf(GantryException.class);
            }
            scim().changeUser(
                            world.administrator(),
                            gitta.principal().id(),
                            null,
                            old -> new Provisioning.UserData("gitta@example.com", "", true, "gitta-1", "{}"));
            assertThat(present(next(company, "gitta-1", "gitta@example.com")).principal())
                    .isEqualTo("gitta@example.com");
        }
    }

    @Nested
    class AtTheSameTime {
        @Test
        void shouldNotWaitForEachOther() throws Exception {
            Caller hanna = present(next(company, "hanna-1", "hanna@example.com"));
            ObjectNode claims = next(company, "hanna-1", "hanna@example.com");
            claims.putArray("groups").add("engineering");
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Caller> signIn = world.database().inOrganization(hanna.organization(), handle -> {
                    // As whoever deletes somebody: the organization first, then what is theirs.
                    handle.createQuery("SELECT organization_id FROM organizations FOR UPDATE")
                            .mapTo(UUID.class)
                            .one();
                    Future<Caller> begun = threads.submit(() -> present(claims));
                    awaitSomebodyWaiting();
                    handle.execute(
                            "UPDATE external_accounts SET departed = departed WHERE principal_id = ?",
                            hanna.principalId());
                    return begun;
                });
                assertThat(Eventually.get(signIn).principalId()).isEqualTo(hanna.principalId());
            }
        }

        private static void awaitSomebodyWaiting() {
            Eventually.holds(
                    "somebody waits for the organization",
                    () -> world.database().<Boolean>unscoped(AtTheSameTime::isSomebodyWaiting));
        }

        private static boolean isSomebodyWaiting(Handle handle) {
            return handle.createQuery("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
                    .mapTo(Boolean.class)
                    .one();
        }

        @Test
        void shouldEndWithNobodySignedInWhoIsDeleted() throws Exception {
            CyclicBarrier start = new CyclicBarrier(3);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int round = 0; round < 8; round++) {
                    String subject = "race-" + round;
                    String address = subject + "@example.com";
                    Caller known = present(next(company, subject, address));
                    List<Future<?>> running = new ArrayList<>();
                    for (String group : List.of("engineering", "none")) {
                        ObjectNode claims = next(company, subject, address);
                        claims.putArray("groups").add(group);
                        running.add(threads.submit(() -> {
                            start.await();
                            return arrive(claims);
                        }));
                    }
                    running.add(threads.submit(() -> {
                        start.await();
                        scim().deleteUser(world.administrator(), known.principalId());
                        return "deleted";
                    }));
                    for (Future<?> one : running) {
                        Eventually.get(one);
                    }
                    assertRefused(next(company, subject, address), "deleted");
                    assertThat(sessionsOf(known)).isZero();
                }
            }
        }

        /** Signs in by a session, as browsers do; returns how it ended if that is one of the ways in which it may. */
        private static String arrive(ObjectNode claims) {
            ExternalPerson person = SignIn.person("company", company.issuer(), claims, MappingSettings.defaults());
            try {
                world.signIn()
                        .complete(
                                new ProviderLogin(person, null, null, Assurance.UNKNOWN, null),
                                jwt(company, "company", List.of()).users(),
                                TestingSignIn.CLIENT);
                return "signed in";
            } catch (GantryException refusal) {
                assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                return "refused";
            }
        }

        private static int sessionsOf(Caller caller) {
            return world.database()
                    .<Integer>inOrganization(
                            caller.organization(),
                            handle -> handle.createQuery(
                                            "SELECT count(*) FROM signin_sessions WHERE principal_id = :id")
                                    .bind("id", caller.principalId())
                                    .mapTo(Integer.class)
                                    .one());
        }
    }

    @Nested
    class SamePeople {
        @Test
        void shouldShareAnAccountWhereTheOperatorSaysThatTheyAreTheSame() {
            Caller ida = present(next(company, "ida-1", "ida@example.com"));
            assertRefused(next(stranger, "ida-s", "ida@example.com"), "users.same_people_as");
            assertThat(present(next(twin, "ida-t", "ida@example.com")).principalId())
                    .isEqualTo(ida.principalId());
            assertThat(present(next(company, "ida-1", "ida@example.com")).principalId())
                    .as("still by the first")
                    .isEqualTo(ida.principalId());
            assertRefused(next(stranger, "ida-s", "ida@example.com"), "belongs to somebody else");
        }

        @Test
        void shouldNotShareByAnAddressThatIsNotVerified() {
            present(next(company, "jule-1", "jule@example.com"));
            ObjectNode unsaid = next(twin, "jule-t", "jule@example.com");
            unsaid.remove("email_verified");
            assertRefused(unsaid, "does not say that the address is verified");
        }

        @Test
        void shouldEndBothWithTheAccount() {
            Caller kurt = present(next(company, "kurt-1", "kurt@example.com"));
            present(next(twin, "kurt-t", "kurt@example.com"));
            scim().deleteUser(world.administrator(), kurt.principalId());
            assertRefused(next(company, "kurt-1", "kurt.a@example.com"), "deleted");
            assertRefused(next(twin, "kurt-t", "kurt.b@example.com"), "deleted");
        }

        @Test
        void shouldRefuseARuleThatNobodyCouldFollow() {
            assertThatThrownBy(
                            () -> new Directory("default", true, false, List.of("company"), MappingSettings.defaults()))
                    .hasMessageContaining("trust_addresses");
            assertThatThrownBy(() -> new AuthenticationSettings(
                            List.of(jwt(company, "company", List.of("nobody"))), SessionSettings.defaults()))
                    .hasMessageContaining("'nobody', which is no other provider");
            assertThatThrownBy(() -> new AuthenticationSettings(
                            List.of(jwt(company, "company", List.of("company"))), SessionSettings.defaults()))
                    .hasMessageContaining("'company', which is no other provider");
        }
    }
}
