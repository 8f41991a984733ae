package dev.gantry.signin;

import static dev.gantry.signin.TestingProvider.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Group;
import dev.gantry.identity.RoleAssignmentSettings;
import dev.gantry.identity.RoleBook;
import dev.gantry.identity.RolesSettings;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who somebody is here of whom a provider speaks, and what they are a member of. */
class DirectoryTest {
    private static final String ENTRA_GROUP = "6f2d3a51-9d0b-4c57-8a38-2f4f0f6b1c11";

    private static TestingProvider plain;
    private static TestingProvider trusted;
    private static TestingProvider more;
    private static TestingSignIn world;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        plain = TestingProvider.start();
        trusted = TestingProvider.start();
        more = TestingProvider.start();
        RoleBook roles = new RoleBook(new RolesSettings(
                Map.of(),
                List.of(
                        new RoleAssignmentSettings(Optional.of("chief@example.com"), Optional.empty(), "owner"),
                        new RoleAssignmentSettings(Optional.empty(), Optional.of("bosses"), "owner"))));
        world = TestingSignIn.open(settings("plain"), roles, directory);
        for (String group : List.of("engineering", "reviewers", "given")) {
            world.identity().groups().create(world.administrator(), group, "");
        }
    }

    @AfterAll
    static void close() {
        world.close();
        plain.close();
        trusted.close();
        more.close();
    }

    private static AuthenticationSettings settings(String nameOfPlain) {
        return new AuthenticationSettings(
                List.of(jwt(plain, nameOfPlain, false), jwt(trusted, "trusted", true), jwt(more, "more", true)),
                SessionSettings.defaults());
    }

    private static AuthenticationSettings.Jwt jwt(TestingProvider provider, String name, boolean trustAddresses) {
        MappingSettings mapping = new MappingSettings(
                "email",
                Optional.empty(),
                "name",
                "groups",
                Optional.empty(),
                Optional.empty(),
                Map.of(ENTRA_GROUP, "engineering"),
                Map.of("eng", "default"),
                List.of());
        return new AuthenticationSettings.Jwt(
                provider.issuer(),
                TestingProvider.CLIENT,
                provider.keysAddress(),
                name,
                List.of("RS256"),
                Duration.ofSeconds(60),
                new Directory("default", true, trustAddresses, List.of(), mapping));
    }

    private static ObjectNode claims(TestingProvider provider, String user) {
        return provider.claims(world.now()).put("sub", user + "-1").put("email", user + "@example.com");
    }

    /** A token that is newer than all before. */
    private static ObjectNode next(String user, String... groups) {
        world.pass(Duration.ofSeconds(1));
        ObjectNode claims = claims(plain, user);
        ArrayNode array = claims.putArray("groups");
        for (String group : groups) {
            array.add(group);
        }
        return claims;
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

    private static List<String> groups(String user) {
        return world.identity()
                .users()
                .show(world.administrator(), user + "@example.com")
                .groups();
    }

    @Nested
    class Addresses {
        @Test
        void shouldNotHandOverAnAccountByAnAddressThatAnybodyMayClaim() {
            world.user("carol@example.com");
            ObjectNode claims = claims(plain, "carol");
            assertRefused(claims, "users.trust_addresses");
            assertRefused(claims.put("email_verified", true), "users.trust_addresses");
            ObjectNode unsaid = claims(trusted, "carol");
            assertRefused(unsaid, "does not say that the address is verified");
            assertRefused(unsaid.put("email_verified", false), "not verified");
            assertRefused(unsaid.put("email_verified", "yes"), "not verified");
            Caller carol = present(unsaid.put("email_verified", true));
            assertThat(carol.principal()).isEqualTo("carol@example.com");
            assertThat(present(claims(trusted, "carol").put("jti", "again")).principalId())
                    .as("once tied, the subject counts")
                    .isEqualTo(carol.principalId());
        }

        @Test
        void shouldNotHandOverAnAccountThatAnotherIssuerVouchesFor() {
            present(claims(trusted, "erin").put("email_verified", true));
            assertRefused(claims(more, "erin").put("email_verified", true), "belongs to somebody else");
        }

        @Test
        void shouldNotGiveRolesOfTheConfigurationToAnAddressThatAnybodyMayClaim() {
            assertRefused(claims(plain, "chief").put("email_verified", true), "gives roles to 'chief@example.com'");
            assertThat(present(claims(trusted, "chief").put("email_verified", true))
                            .rights()
                            .describe()
                            .getFirst())
                    .contains("*");
        }

        @Test
        void shouldKnowPeopleByIssuerWhateverTheProviderIsCalled() {
            Caller before = present(next("frank", "eng"));
            Caller after = world.otherNode(settings("renamed")).authenticate(sign(next("frank")), false);
            assertThat(after.principalId()).isEqualTo(before.principalId());
            assertThat(before.teams()).containsExactly("default");
            assertThat(after.teams()).as("by the same source").isEmpty();
        }

        @Test
        void shouldNotTakeTheNameOfSomebodyByOneProtocolForASubjectOfAnother() {
            Caller victim = present(next("grace"));
            String issuer = plain.issuer().toString();
            assertThat(bySaml(issuer, "grace-1", "mallory").principalId()).isNotEqualTo(victim.principalId());
            present(next("heidi"));
            world.database()
                    .<Integer>inOrganization(
                            victim.organization(),
                            handle -> handle.execute(
                                    "UPDATE external_accounts SET issuer = 'provider:plain' WHERE subject = 'heidi-1'"));
            assertThat(bySaml(issuer, "heidi-1", "trudy").principal()).isEqualTo("trudy@example.com");
            assertThat(present(next("heidi")).principal()).isEqualTo("heidi@example.com");
        }

        private static Caller bySaml(String issuer, String subject, String user) {
            ExternalPerson person = new ExternalPerson(
                    "plain",
                    ExternalPerson.samlIssuer(issuer, Optional.empty()),
                    subject,
                    user + "@example.com",
                    true,
                    "",
                    null,
                    List.of(),
                    world.now());
            Directory directory = jwt(plain, "plain", false).users();
            return world.signIn()
                    .complete(
                            new ProviderLogin(person, null, null, Assurance.UNKNOWN, null),
                            directory,
                            TestingSignIn.CLIENT)
                    .session()
                    .caller();
        }
    }

    @Nested
    class Memberships {
        @Test
        void shouldMoveSomebodyBetweenGroupsAndTeams() {
            Caller in = present(next("mover", "engineering", "eng", "unknown to us"));
            assertThat(in.teams()).containsExactly("default");
            assertThat(groups("mover")).containsExactly("engineering");
            Caller out = present(next("mover"));
            assertThat(out.teams()).isEmpty();
            assertThat(groups("mover")).isEmpty();
        }

        @Test
        void shouldNotBringBackWhatANewerTokenTookAway() {
            ObjectNode old = next("olga", "engineering", "eng");
            present(old);
            ObjectNode newest = next("olga", "reviewers");
            present(newest);
            assertThat(present(old.put("jti", "late")).teams()).isEmpty();
            assertThat(groups("olga")).containsExactly("reviewers");
            ObjectNode sameTime = newest.deepCopy().put("jti", "same second");
            sameTime.putArray("groups").add("engineering");
            present(sameTime);
            assertThat(groups("olga"))
                    .as("which of the two came last nobody knows")
                    .containsExactly("reviewers");
            ObjectNode timeless = next("olga", "engineering");
            timeless.remove("iat");
            present(timeless);
            assertThat(groups("olga")).containsExactly("reviewers");
        }

        @Test
        void shouldLeaveAloneWhatAnAdministratorGave() {
            present(next("gina"));
            world.identity().groups().addMember(world.administrator(), "given", "gina@example.com");
            world.identity().teams().addMember(world.administrator(), "default", "gina@example.com");
            present(next("gina", "given", "eng"));
            present(next("gina"));
            assertThat(groups("gina")).containsExactly("given");
            assertThat(present(next("gina")).teams()).containsExactly("default");
        }

        @Test
        void shouldGoByTheMembershipsThatThereAre() {
            ObjectNode claims = next("hugo", "reviewers");
            present(claims);
            world.identity().groups().removeMember(world.administrator(), "reviewers", "hugo@example.com");
            assertThat(groups("hugo")).isEmpty();
            present(claims);
            assertThat(groups("hugo")).as("the provider decides on its own").containsExactly("reviewers");
            world.identity().groups().removeMember(world.administrator(), "reviewers", "hugo@example.com");
            world.identity().groups().addMember(world.administrator(), "reviewers", "hugo@example.com");
            present(next("hugo"));
            assertThat(groups("hugo")).as("an administrator gave it anew").containsExactly("reviewers");
        }

        @Test
        void shouldNotTakeAGroupOfTheProviderForOneOfOurIds() {
            Group reviewers = world.identity().groups().show(world.administrator(), "reviewers");
            present(next("ivan", reviewers.id().toString(), ENTRA_GROUP));
            assertThat(groups("ivan")).as("by the rule of the configuration").containsExactly("engineering");
        }

        @Test
        void shouldNotTakeTooManyGroupsForNone() {
            present(next("jana", "engineering"));
            ObjectNode claims = next("jana");
            claims.remove("groups");
            claims.putObject("_claim_names").put("groups", "src1");
            assertRefused(claims, "too many");
            assertThat(groups("jana")).containsExactly("engineering");
        }

        @Test
        void shouldNotTakeAwayTheLastAdministrator(@TempDir Path directory) throws Exception {
            try (TestingSignIn own = TestingSignIn.open(
                    settings("plain"),
                    new RoleBook(new RolesSettings(
                            Map.of(),
                            List.of(new RoleAssignmentSettings(Optional.empty(), Optional.of("bosses"), "owner")))),
                    directory)) {
                own.authenticate(sign(next("boss", "bosses", "eng")));
                own.identity().users().deactivate(own.administrator(), "admin@localhost");
                ObjectNode without = next("boss");
                Caller boss = own.authenticate(sign(without));
                assertThat(boss.rights().describe().getFirst()).contains("*");
                assertThat(boss.teams()).as("the rest is done").isEmpty();
                assertThat(own.keptAdministrators()).containsExactly("boss@example.com in [bosses] by plain");
                own.authenticate(sign(without.put("jti", "again")));
                assertThat(own.keptAdministrators())
                        .as("told once for each that the provider says")
                        .hasSize(1);
                own.authenticate(sign(next("deputy", "bosses")));
                assertThat(own.authenticate(sign(next("boss"))).rights().describe())
                        .containsExactly(List.of());
                assertThat(own.keptAdministrators()).hasSize(1);
            }
        }
    }
}
