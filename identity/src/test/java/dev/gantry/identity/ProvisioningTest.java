package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Provisioning.GroupData;
import dev.gantry.identity.Provisioning.UserData;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Ids;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvisioningTest {
    private static final String JANE = "jane@example.com";

    private TestingIdentity testing;
    private Caller provider;
    private Provisioning provisioning;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() throws Exception {
        RoleBook book = new RoleBook(new RolesSettings(
                Map.of(),
                List.of(
                        new RoleAssignmentSettings(Optional.of("boss@example.com"), Optional.empty(), "developer"),
                        new RoleAssignmentSettings(Optional.empty(), Optional.of("operators"), "developer"))));
        testing = TestingIdentity.open(book, directory);
        provider = testing.user("provider@example.com", "users:provision");
        provisioning = testing.identity().provisioning();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private ProvisionedUser create(String name) {
        return provisioning.createUser(provider, new UserData(name, "Jane Doe", true, "ext-1", "{}"));
    }

    private List<String> names(UserQuery query) {
        return provisioning.users(provider, query, new Slice(null, 0, 50)).stream()
                .map(each -> each.principal().name())
                .toList();
    }

    @Nested
    class Deleting {
        private final List<String> left = new ArrayList<>();
        private ProvisionedUser jane;
        private String key;

        @BeforeEach
        void makeJane() {
            testing.identity().whenSomebodyLeaves((handle, id, forGood) -> left.add(id + " " + forGood));
            jane = create(JANE);
            testing.identity().roles().assignToUser(testing.administrator(), "developer", JANE);
            testing.identity().teams().create(testing.administrator(), "blue", "");
            testing.identity().teams().addMember(testing.administrator(), "blue", JANE);
            provisioning.createGroup(
                    provider,
                    new GroupData("crew", null, Set.of(jane.principal().id())));
            key = testing.key(JANE, null).text().reveal();
            assertThat(testing.authenticate(key).may(Permission.of("patterns", "execute")))
                    .isTrue();
        }

        private UUID id() {
            return jane.principal().id();
        }

        @Test
        void shouldEndKeysRolesAndMembershipsForGood() {
            provisioning.deleteUser(provider, id());

            assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
            assertThat(provisioning.user(provider, id())).isEmpty();
            assertThat(left).containsExactly(id() + " true");
            PrincipalDetails details = testing.identity().users().show(testing.administrator(), id().toString());
            assertThat(details.principal().active()).isFalse();
            assertThat(details.principal().displayName()).isEqualTo(JANE + " (deleted)");
            assertThat(details.roles()).isEmpty();
            assertThat(details.teams()).isEmpty();
            assertThat(details.groups()).isEmpty();
        }

        @Test
        void shouldMakeAnotherOneOfTheSameName() {
            provisioning.deleteUser(provider, id());
            ProvisionedUser fresh = create(JANE);

            assertThat(fresh.principal().id()).isNotEqualTo(id());
            assertThat(fresh.version()).isEqualTo(1);
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
            PrincipalDetails details = testing.identity().users().show(testing.administrator(), JANE);
            assertThat(details.principal().id()).isEqualTo(fresh.principal().id());
            assertThat(details.roles()).isEmpty();
            assertThat(details.teams()).isEmpty();
            assertThat(details.groups()).isEmpty();
            assertThat(testing.identity()
                            .keys()
                            .list(testing.administrator(), KeyQuery.of(JANE), PageRequest.FIRST)
                            .items())
                    .isEmpty();
            provisioning.deleteUser(provider, fresh.principal().id());
            assertThat(create(JANE).principal().id())
                    .isNotIn(id(), fresh.principal().id());
        }

        /** Those that were deleted before a deletion ended everything kept their name. */
        @Test
        void shouldNotReviveSomebodyWhoKeptTheName() {
            testing.database()
                    .<Integer>inOrganization(
                            testing.administrator().organization(),
                            handle -> handle.execute(
                                            "UPDATE principals SET active = false WHERE principal_id = ?", id())
                                    + handle.execute(
                                            "UPDATE provisioned SET deleted_at = now() WHERE resource_id = ?", id()));

            ProvisionedUser fresh = create(JANE);

            assertThat(fresh.principal().id()).isNotEqualTo(id());
            assertThat(left).contains(id() + " true");
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
        }

        @Test
        void shouldNotLetAnAdministratorBringADeletedOneBack() {
            provisioning.deleteUser(provider, id());
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> testing.identity()
                            .users()
                            .update(testing.administrator(), id().toString(), new PrincipalChange(JANE, null, true)));
        }

        @Test
        void shouldNotMakeADeletedOneAnewForATokenThatLivesOn() {
            provisioning.deleteUser(provider, id());
            UUID organization = provider.organization();
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> testing.database()
                            .inOrganization(
                                    organization,
                                    handle -> testing.identity()
                                            .directoryAccounts()
                                            .make(handle, JANE, "", "jane-1")));
            create(JANE);
            assertThat(testing.identity().users().findActive(organization, JANE))
                    .isPresent();
        }

        @Test
        void shouldStopAtAdministrators() {
            testing.identity().roles().assignToUser(testing.administrator(), "admin", JANE);
            testing.identity().roles().assignToUser(testing.administrator(), "owner", JANE);
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> provisioning.deleteUser(provider, id()));
            assertThat(testing.authenticate(key).principal()).isEqualTo(JANE);
        }

        @Test
        void shouldEndWhatIsOpenWhenSomebodyIsDeactivated() {
            provisioning.changeUser(provider, id(), null, old -> new UserData(JANE, "Jane Doe", false, "ext-1", "{}"));
            assertThat(left).containsExactly(id() + " false");
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
            provisioning.changeUser(provider, id(), null, old -> new UserData(JANE, "Jane Doe", true, "ext-1", "{}"));
            assertThat(testing.authenticate(key).principal())
                    .as("keys are kept for who comes back")
                    .isEqualTo(JANE);
        }
    }

    /** Whoever steals a session must not stay for ever by what they write over SCIM. */
    @Nested
    class WithASessionOfLongAgo {
        private Caller late;

        @BeforeEach
        void comeWithASession() {
            Instant former = testing.now().minus(PassingProof.RECENT).minusSeconds(60);
            late = testing.administrator()
                    .provenBy(new PassingProof(testing.now().plusSeconds(3_600), true, former));
        }

        private UUID group(String name, Set<UUID> members) {
            return provisioning
                    .createGroup(provider, new GroupData(name, null, members))
                    .group()
                    .id();
        }

        private void change(Caller caller, UUID group, GroupData data) {
            provisioning.changeGroup(caller, group, null, old -> data);
        }

        @Test
        void shouldLetNobodyIntoAGroupThatHasRoles() {
            UUID jane = create(JANE).principal().id();
            UUID crew = group("crew", Set.of());
            UUID plain = group("plain", Set.of());
            testing.identity().roles().assignToGroup(testing.administrator(), "developer", "crew");

            GroupData withJane = new GroupData("crew", null, Set.of(jane));
            assertRefused(ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> change(late, crew, withJane));
            change(late, plain, new GroupData("plain", null, Set.of(jane)));
            change(provider, crew, withJane);
            change(late, crew, new GroupData("crew", null, Set.of()));
        }

        @Test
        void shouldGiveNobodyANameThatHasRoles() {
            UUID jane = create(JANE).principal().id();
            UUID crew = group("crew", Set.of(jane));
            UUID empty = group("empty", Set.of());

            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> change(late, crew, new GroupData("operators", null, Set.of(jane))));
            change(late, empty, new GroupData("operators", null, Set.of()));
            UserData boss = new UserData("boss@example.com", "", true, null, "{}");
            assertRefused(ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> provisioning.createUser(late, boss));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> provisioning.changeUser(late, jane, null, old -> boss));
            Users users = testing.identity().users();
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> users.create(late, PrincipalKind.USER, "boss@example.com", ""));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> users.update(late, JANE, new PrincipalChange("boss@example.com", null, null)));
            users.update(late, JANE, new PrincipalChange("joan@example.com", null, null));
            provisioning.createUser(provider, boss);
        }

        /** Under an address of their own at a provider that is trusted, thieves would be let into the account. */
        @Test
        void shouldRenameNobodyWhoHasRoles() {
            UUID jane = create(JANE).principal().id();
            testing.identity().roles().assignToUser(testing.administrator(), "developer", JANE);
            UUID joan = create("joan@example.com").principal().id();
            UUID crew = group("crew", Set.of(joan));
            testing.identity().roles().assignToGroup(testing.administrator(), "developer", "crew");
            Users users = testing.identity().users();

            for (UUID each : List.of(jane, joan)) {
                UserData renamed = new UserData("thief@example.com", "", true, null, "{}");
                assertRefused(
                        ErrorCode.RECENT_SIGN_IN_REQUIRED,
                        () -> provisioning.changeUser(late, each, null, old -> renamed));
                assertRefused(
                        ErrorCode.RECENT_SIGN_IN_REQUIRED,
                        () -> users.update(
                                late, each.toString(), new PrincipalChange("thief@example.com", null, null)));
                users.update(late, each.toString(), new PrincipalChange(null, "Another", null));
            }
            change(provider, crew, new GroupData("crew", null, Set.of()));
            users.update(testing.administrator(), JANE, new PrincipalChange("jane.roe@example.com", null, null));
        }

        @Test
        void shouldBringNobodyBack() {
            UUID jane = create(JANE).principal().id();
            Users users = testing.identity().users();
            Teams teams = testing.identity().teams();
            teams.create(late, "blue", "");
            users.deactivate(late, JANE);
            teams.deactivate(late, "blue");

            UserData active = new UserData(JANE, "Jane", true, "ext-1", "{}");
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> provisioning.changeUser(late, jane, null, old -> active));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> users.update(late, JANE, new PrincipalChange(null, null, true)));
            assertRefused(ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> teams.update(late, "blue", null, true));

            users.update(late, JANE, new PrincipalChange(null, "Jane Roe", null));
            teams.update(late, "blue", "closed", null);
            provisioning.changeUser(provider, jane, null, old -> active);
            teams.update(testing.administrator(), "blue", null, true);
            users.update(late, JANE, new PrincipalChange(null, null, true));
        }
    }

    /** A patch may take a while, in which nobody else waits for it. */
    @Nested
    class WhileOthersChange {
        @Test
        void shouldAskAnewWhatBecomesOfAGroup() {
            UUID jane = create(JANE).principal().id();
            UUID joan = create("joan@example.com").principal().id();
            UUID crew = provisioning
                    .createGroup(provider, new GroupData("crew", null, Set.of()))
                    .group()
                    .id();
            int[] asked = new int[1];

            ProvisionedGroup changed = provisioning.changeGroup(provider, crew, null, old -> {
                if (asked[0]++ == 0) {
                    testing.identity().groups().addMember(testing.administrator(), "crew", "joan@example.com");
                }
                Set<UUID> members =
                        old.members().stream().map(ProvisionedGroup.Member::id).collect(Collectors.toSet());
                members.add(jane);
                return new GroupData("crew", null, members);
            });

            assertThat(asked[0]).isEqualTo(2);
            assertThat(changed.members())
                    .extracting(ProvisionedGroup.Member::id)
                    .containsExactlyInAnyOrder(jane, joan);
        }

        @Test
        void shouldNotChangeWhatTheProviderHasNotSeen() {
            ProvisionedUser jane = create(JANE);
            UUID id = jane.principal().id();
            UserData data = new UserData(JANE, "Of the provider", true, "ext-1", "{}");

            assertRefused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> provisioning.changeUser(provider, id, jane.version(), old -> {
                        provisioning.changeUser(
                                provider, id, null, other -> new UserData(JANE, "Else", true, null, "{}"));
                        return data;
                    }));

            assertThat(testing.identity()
                            .users()
                            .show(provider, JANE)
                            .principal()
                            .displayName())
                    .isEqualTo("Else");
        }

        @Test
        void shouldGiveUpWhereOthersNeverStop() {
            UUID id = create(JANE).principal().id();
            int[] asked = new int[1];

            assertRefused(
                    ErrorCode.OVERLOADED,
                    () -> provisioning.changeUser(provider, id, null, old -> {
                        testing.identity()
                                .users()
                                .update(
                                        testing.administrator(),
                                        JANE,
                                        new PrincipalChange(null, "Name " + asked[0]++, null));
                        return new UserData(JANE, "Of the provider", true, "ext-1", "{}");
                    }));
        }
    }

    @Nested
    class Listing {
        private static final int MANY = 10_000;

        @BeforeEach
        void makeMany() {
            testing.database()
                    .<Integer>inOrganization(
                            provider.organization(), handle -> handle.execute("""
                            INSERT INTO principals (principal_id, organization_id, kind, name, display_name, active, created_at)
                            SELECT gen_random_uuid(), gantry_organization(), 'user', 'u' || n || '@example.com', 'User ' || n,
                                n % 10 <> 0, now()
                            FROM generate_series(1, ?) n""", MANY) + handle.execute("""
                                    INSERT INTO provisioned (organization_id, resource_id, external_id, attributes, version,
                                        updated_at)
                                    SELECT gantry_organization(), principal_id, 'x-' || name, jsonb_build_object('emails',
                                        jsonb_build_array(jsonb_build_object('type', 'work', 'value', 'Mail.' || name))), 1, now()
                                    FROM principals WHERE name LIKE 'u%@example.com'"""));
        }

        @Test
        void shouldPageThroughAllOfThemWithoutGapsOrRepetitions() {
            int total = provisioning.countUsers(provider, UserQuery.ALL);
            assertThat(total).isEqualTo(MANY + 2);
            Set<UUID> seen = new HashSet<>();
            for (int skip = 0; skip < total; skip += 1_000) {
                List<ProvisionedUser> page = provisioning.users(provider, UserQuery.ALL, new Slice(null, skip, 1_000));
                assertThat(page).hasSize(Math.min(1_000, total - skip));
                page.forEach(each -> seen.add(each.principal().id()));
            }
            assertThat(seen).hasSize(total);
            assertThat(provisioning.users(provider, UserQuery.ALL, new Slice(null, total, 10)))
                    .isEmpty();
        }

        @Test
        void shouldFindByWhatProvidersAskFor() {
            assertThat(names(new UserQuery(null, "U77@Example.com", null, null, null, null)))
                    .containsExactly("u77@example.com");
            assertThat(names(new UserQuery(null, null, "x-u78@example.com", null, null, null)))
                    .containsExactly("u78@example.com");
            assertThat(names(new UserQuery(null, null, "X-U78@example.com", null, null, null)))
                    .isEmpty();
            assertThat(names(new UserQuery(null, null, null, "user 79", null, null)))
                    .containsExactly("u79@example.com");
            assertThat(names(new UserQuery(null, null, null, null, "mail.U80@example.com", null)))
                    .containsExactly("u80@example.com");
            assertThat(names(new UserQuery(null, "u80@example.com", null, null, null, true)))
                    .isEmpty();
            assertThat(provisioning.countUsers(provider, new UserQuery(null, null, null, null, null, false)))
                    .isEqualTo(MANY / 10);
            assertThat(names(new UserQuery(Ids.next(), null, null, null, null, null)))
                    .isEmpty();
        }

        @Test
        void shouldKeepAGroupOfAllOfThem() {
            Set<UUID> everybody = provisioning.users(provider, UserQuery.ALL, new Slice(null, 0, MANY)).stream()
                    .map(each -> each.principal().id())
                    .collect(Collectors.toSet());
            ProvisionedGroup group = provisioning.createGroup(provider, new GroupData("Everybody", "g-1", everybody));
            assertThat(group.members()).hasSize(MANY);
            UUID one = everybody.iterator().next();

            assertThat(provisioning.groups(
                            provider,
                            new GroupQuery(group.group().id(), "everybody", "g-1", one),
                            false,
                            new Slice(null, 0, 10)))
                    .singleElement()
                    .satisfies(found -> assertThat(found.members()).isEmpty());
            assertThat(provisioning.countGroups(provider, new GroupQuery(null, null, null, Ids.next())))
                    .isZero();
            ProvisionedGroup smaller = provisioning.changeGroup(
                    provider, group.group().id(), null, old -> new GroupData("Everybody", "g-1", Set.of(one)));
            assertThat(smaller.members())
                    .extracting(ProvisionedGroup.Member::id)
                    .containsExactly(one);
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    () -> provisioning.changeGroup(
                            provider,
                            group.group().id(),
                            null,
                            old -> new GroupData("Everybody", "g-1", Set.of(one, Ids.next()))));
        }
    }
}
