package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Ids;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationTest {
    private static final RolesSettings CONFIGURED = new RolesSettings(
            Map.of(
                    "auditor", new RoleSettings(List.of("audit:read")),
                    "operator", new RoleSettings(List.of("clusters:*", "backups:*"))),
            List.of(
                    new RoleAssignmentSettings(Optional.of("boss@example.com"), Optional.empty(), "operator"),
                    new RoleAssignmentSettings(Optional.empty(), Optional.of("Ops Team"), "operator"),
                    new RoleAssignmentSettings(Optional.of("ci-bot"), Optional.empty(), "auditor")));

    @TempDir
    Path directory;

    private TestingIdentity testing;
    private Identity identity;
    private Caller administrator;

    @BeforeEach
    void open() throws Exception {
        testing = TestingIdentity.open(new RoleBook(CONFIGURED), directory);
        identity = testing.identity();
        administrator = testing.administrator();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private Principal user(String name) {
        return identity.users().create(administrator, PrincipalKind.USER, name, "");
    }

    private Caller acting(String name) {
        return testing.authenticate(testing.key(name, null).text().reveal());
    }

    @Nested
    class People {
        @Test
        void shouldKnowAUserByAddressInAnyCaseAndById() {
            Principal made =
                    identity.users().create(administrator, PrincipalKind.USER, " Alice@Example.COM ", "Alice Ünger");
            assertThat(made.name()).isEqualTo("alice@example.com");
            assertThat(identity.users().show(administrator, "ALICE@example.com").principal())
                    .isEqualTo(made);
            assertThat(identity.users()
                            .show(administrator, made.id().toString())
                            .principal())
                    .isEqualTo(made);
            assertRefused(ErrorCode.CONFLICT, () -> user("alice@EXAMPLE.com"));
            assertRefused(ErrorCode.NOT_FOUND, () -> identity.users().show(administrator, "bob@example.com"));
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    () -> identity.users().show(administrator, Ids.next().toString()));
        }

        @Test
        void shouldListByKindAndState() {
            user("a@example.com");
            user("b@example.com");
            identity.users().create(administrator, PrincipalKind.SERVICE_ACCOUNT, "robot", "");
            identity.users().deactivate(administrator, "b@example.com");
            assertThat(identity.users()
                            .list(administrator, new PrincipalQuery(PrincipalKind.USER, true, null), PageRequest.FIRST)
                            .items())
                    .extracting(Principal::name)
                    .containsExactly("admin@localhost", "a@example.com");
            assertThat(identity.users()
                            .list(administrator, PrincipalQuery.of(PrincipalKind.SERVICE_ACCOUNT), PageRequest.FIRST)
                            .items())
                    .extracting(Principal::name)
                    .containsExactly("robot");
            Page<Principal> page = identity.users().list(administrator, PrincipalQuery.ALL, new PageRequest(3, null));
            assertThat(page.items()).hasSize(3);
            assertThat(identity.users()
                            .list(administrator, PrincipalQuery.ALL, new PageRequest(3, page.nextCursor()))
                            .items())
                    .hasSize(1);
        }

        @Test
        void shouldFindByAPartOfTheNameOrTheDisplayName() {
            user("ann.miller@example.com");
            user("bob@example.com");
            identity.users().create(administrator, PrincipalKind.USER, "c_1@example.com", "Cora MILLER");
            assertThat(found("Miller")).containsExactlyInAnyOrder("ann.miller@example.com", "c_1@example.com");
            assertThat(found("B@EX")).containsExactly("bob@example.com");
            // What means something in patterns of SQL means itself.
            assertThat(found("_")).containsExactly("c_1@example.com");
            assertThat(found("%")).isEmpty();
        }

        private List<String> found(String text) {
            return identity
                    .users()
                    .list(administrator, new PrincipalQuery(null, null, text), PageRequest.FIRST)
                    .items()
                    .stream()
                    .map(Principal::name)
                    .toList();
        }

        @Test
        void shouldRefuseImpossibleNames() {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> user("no address"));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> identity.users().create(administrator, PrincipalKind.SERVICE_ACCOUNT, "a@b.c", ""));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> identity.users().create(administrator, PrincipalKind.USER, "a@b.c", "tab\there"));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> identity.teams().create(administrator, "shared", ""));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> identity.groups().create(administrator, " ", ""));
        }

        @Test
        void shouldBoundPages() {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new PageRequest(0, null));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new PageRequest(201, null));
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new PageRequest(10, "'; DROP TABLE"));
        }

        @Test
        void shouldShowWhatSomebodyBelongsToAndMayDo() {
            user("a@example.com");
            identity.teams().create(administrator, "blue", "");
            identity.teams().addMember(administrator, "blue", "a@example.com");
            identity.groups().create(administrator, "Ops Team", "");
            identity.groups().addMember(administrator, "Ops Team", "a@example.com");
            identity.roles().assignToUser(administrator, "viewer", "a@example.com");
            PrincipalDetails details = identity.users().show(administrator, "a@example.com");
            assertThat(details.teams()).containsExactly("blue");
            assertThat(details.groups()).containsExactly("Ops Team");
            assertThat(details.roles()).containsExactly("operator", "viewer");
            assertThat(details.permissions()).contains("clusters:*", "patterns:execute:extract_*");
        }

        @Test
        void shouldChangeOnlyWhatIsGiven() {
            user("a@example.com");
            Principal renamed = identity.users()
                    .update(administrator, "a@example.com", new PrincipalChange("Z@example.com", null, null));
            assertThat(renamed.name()).isEqualTo("z@example.com");
            assertThat(renamed.active()).isTrue();
            Principal named =
                    identity.users().update(administrator, "z@example.com", new PrincipalChange(null, "Zoe", null));
            assertThat(named.displayName()).isEqualTo("Zoe");
            assertRefused(
                    ErrorCode.CONFLICT,
                    () -> identity.users()
                            .update(
                                    administrator,
                                    "z@example.com",
                                    new PrincipalChange("admin@localhost", null, null)));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> identity.users()
                            .update(administrator, "z@example.com", new PrincipalChange("robot", null, null)));
        }
    }

    @Nested
    class TeamsAndGroups {
        @Test
        void shouldKeepTeamNamesForever() {
            Team team = identity.teams().create(administrator, "Blue", "The blue ones");
            assertThat(team.name()).isEqualTo("blue");
            assertThat(identity.teams().deactivate(administrator, "BLUE").active())
                    .isFalse();
            assertRefused(ErrorCode.CONFLICT, () -> identity.teams().create(administrator, "blue", ""));
            assertThat(identity.teams().update(administrator, team.id().toString(), "Back", true))
                    .isEqualTo(new Team(team.id(), "blue", "Back", true, team.createdAt()));
            assertThat(identity.teams().show(administrator, "blue").description())
                    .isEqualTo("Back");
        }

        @Test
        void shouldAddAndRemoveMembersOnce() {
            user("a@example.com");
            identity.teams().create(administrator, "blue", "");
            identity.teams().addMember(administrator, "blue", "a@example.com");
            assertRefused(ErrorCode.CONFLICT, () -> identity.teams().addMember(administrator, "blue", "a@example.com"));
            assertThat(identity.teams()
                            .members(administrator, "blue", PageRequest.FIRST)
                            .items())
                    .extracting(Principal::name)
                    .containsExactly("a@example.com");
            identity.teams().removeMember(administrator, "blue", "a@example.com");
            assertRefused(
                    ErrorCode.NOT_FOUND, () -> identity.teams().removeMember(administrator, "blue", "a@example.com"));
            assertRefused(ErrorCode.NOT_FOUND, () -> identity.teams().addMember(administrator, "red", "a@example.com"));
        }

        @Test
        void shouldGiveAGroupsRolesToItsMembersUntilItIsDeleted() {
            user("a@example.com");
            identity.groups().create(administrator, "research", "");
            identity.roles().assignToGroup(administrator, "analyst", "research");
            identity.groups().addMember(administrator, "research", "a@example.com");
            Permission permission = Permission.of("patterns", "execute", "shared", "analysis/x");
            String key = testing.key("a@example.com", null).text().reveal();
            assertThat(testing.authenticate(key).may(permission)).isTrue();
            identity.groups().removeMember(administrator, "research", "a@example.com");
            assertThat(testing.authenticate(key).may(permission)).isFalse();
            identity.groups().addMember(administrator, "research", "a@example.com");
            assertThat(testing.authenticate(key).may(permission)).isTrue();
            identity.groups().delete(administrator, "research");
            assertThat(testing.authenticate(key).may(permission)).isFalse();
            assertRefused(ErrorCode.NOT_FOUND, () -> identity.groups().show(administrator, "research"));
            assertThat(identity.roles()
                            .assignments(administrator, PageRequest.FIRST)
                            .items())
                    .extracting(RoleAssignment::role)
                    .containsExactly("owner");
        }
    }

    @Nested
    class RolesOfTheOrganization {
        @Test
        void shouldListRolesOfEveryOrigin() {
            identity.roles().create(administrator, "qa", "Quality", List.of("patterns:read"));
            assertThat(identity.roles().list(administrator))
                    .extracting(Role::name, Role::origin)
                    .contains(
                            tuple("viewer", Role.Origin.BUILT_IN),
                            tuple("auditor", Role.Origin.CONFIGURATION),
                            tuple("qa", Role.Origin.ORGANIZATION));
            assertThatThrownBy(() -> identity.roles().show(administrator, "viewr"))
                    .hasMessageContaining("did you mean 'viewer'?");
        }

        @Test
        void shouldNotTouchRolesOfTheConfigurationOrBuiltInOnes() {
            for (String name : List.of("viewer", "auditor", "owner")) {
                assertRefused(
                        ErrorCode.CONFLICT,
                        () -> identity.roles().create(administrator, name, "", List.of("patterns:read")));
                assertRefused(
                        ErrorCode.CONFLICT,
                        () -> identity.roles().update(administrator, name, "", List.of("patterns:read")));
                assertRefused(ErrorCode.CONFLICT, () -> identity.roles().delete(administrator, name));
            }
        }

        @Test
        void shouldDeleteARoleOnlyWhenNobodyHasIt() {
            user("a@example.com");
            identity.roles().create(administrator, "qa", "", List.of("patterns:read"));
            RoleAssignment assignment = identity.roles().assignToUser(administrator, "qa", "a@example.com");
            assertRefused(
                    ErrorCode.CONFLICT, () -> identity.roles().assignToUser(administrator, "qa", "a@example.com"));
            assertRefused(ErrorCode.CONFLICT, () -> identity.roles().delete(administrator, "qa"));
            identity.roles().unassign(administrator, Objects.requireNonNull(assignment.id()));
            identity.roles().delete(administrator, "qa");
            assertRefused(ErrorCode.NOT_FOUND, () -> identity.roles().show(administrator, "qa"));
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    () -> identity.roles().unassign(administrator, Objects.requireNonNull(assignment.id())));
        }

        @Test
        void shouldApplyAChangedRoleToWhoHasIt() {
            Caller user = testing.user("a@example.com", "patterns:read");
            identity.roles()
                    .update(administrator, "role-of-a-at-example.com", "", List.of("patterns:read", "memory:read"));
            assertThat(acting(user.principal()).may(Permission.of("memory", "read")))
                    .isTrue();
        }

        @Test
        void shouldHonourAssignmentsOfTheConfiguration() {
            identity.users().create(administrator, PrincipalKind.SERVICE_ACCOUNT, "ci-bot", "");
            assertThat(acting("ci-bot").may(Permission.of("audit", "read"))).isTrue();
            assertThat(identity.roles().configuredAssignments())
                    .extracting(RoleAssignment::role)
                    .containsExactly("operator", "operator", "auditor");
        }
    }

    @Nested
    class Escalating {
        private Caller manager() {
            return testing.user("manager@example.com", "users:*", "keys:*", "patterns:read");
        }

        @Test
        void shouldAssignOnlyRolesWithinOnesOwnRights() {
            Caller manager = manager();
            user("a@example.com");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.roles().assignToUser(manager, "owner", "manager@example.com"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.roles().assignToUser(manager, "developer", "a@example.com"));
            identity.roles().create(manager, "reader", "", List.of("patterns:read"));
            identity.roles().assignToUser(manager, "reader", "a@example.com");
            identity.groups().create(manager, "g", "");
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> identity.roles().assignToGroup(manager, "admin", "g"));
        }

        @Test
        void shouldNameWhatIsMissing() {
            assertThatThrownBy(() -> identity.roles().create(manager(), "x", "", List.of("patterns:*", "users:read")))
                    .hasMessageContaining("patterns:*")
                    .hasMessageNotContaining("users:read");
        }

        @Test
        void shouldEditOnlyRolesWithinOnesOwnRights() {
            Caller manager = manager();
            identity.roles().create(administrator, "strong", "", List.of("patterns:*"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.roles().update(manager, "strong", "", List.of("patterns:read")));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> identity.roles().delete(manager, "strong"));
            identity.roles().create(manager, "weak", "", List.of("patterns:read"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> identity.roles().update(manager, "weak", "", List.of("*")));
        }

        @Test
        void shouldNotJoinAStrongerGroup() {
            Caller manager = manager();
            identity.groups().create(administrator, "strong", "");
            identity.roles().assignToGroup(administrator, "developer", "strong");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.groups().addMember(manager, "strong", "manager@example.com"));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> identity.groups().delete(manager, "strong"));
            identity.groups().create(manager, "Ops Team", "");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.groups().addMember(manager, "Ops Team", "manager@example.com"));
        }

        @Test
        void shouldNotTakeANameToWhichTheConfigurationTiesRoles() {
            Caller manager = manager();
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.users().create(manager, PrincipalKind.USER, "boss@example.com", ""));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.users()
                            .update(
                                    manager,
                                    "manager@example.com",
                                    new PrincipalChange("Boss@example.com", null, null)));
        }

        @Test
        void shouldNotBringDownAStrongerOne() {
            Caller manager = manager();
            Caller strong = testing.user("strong@example.com", "patterns:*");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> identity.users().deactivate(manager, "strong@example.com"));
            UUID assignment = identity.roles().assignments(administrator, PageRequest.FIRST).items().stream()
                    .filter(each -> strong.principal().equals(each.user()))
                    .map(RoleAssignment::id)
                    .findFirst()
                    .orElseThrow();
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> identity.roles().unassign(manager, assignment));
            user("equal@example.com");
            assertThat(identity.users().deactivate(manager, "equal@example.com").active())
                    .isFalse();
        }

        @Test
        void shouldCountOnlyWhatTheUsedKeyMayDo() {
            Caller restricted = testing.withKey(administrator, List.of("users:*"));
            user("a@example.com");
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> identity.roles().assignToUser(restricted, "viewer", "a@example.com"));
        }
    }

    @Nested
    class TheLastAdministrator {
        @Test
        void shouldStayActive() {
            assertRefused(ErrorCode.CONFLICT, () -> identity.users().deactivate(administrator, "admin@localhost"));
            assertThat(identity.users()
                            .show(administrator, "admin@localhost")
                            .principal()
                            .active())
                    .isTrue();
        }

        @Test
        void shouldKeepTheRole() {
            UUID assignment = Objects.requireNonNull(identity.roles()
                    .assignments(administrator, PageRequest.FIRST)
                    .items()
                    .getFirst()
                    .id());
            assertRefused(ErrorCode.CONFLICT, () -> identity.roles().unassign(administrator, assignment));
            user("second@example.com");
            identity.groups().create(administrator, "admins", "");
            identity.roles().assignToGroup(administrator, "admin", "admins");
            assertRefused(ErrorCode.CONFLICT, () -> identity.roles().unassign(administrator, assignment));
            identity.groups().addMember(administrator, "admins", "second@example.com");
            identity.roles().unassign(administrator, assignment);
            Caller second = acting("second@example.com");
            assertRefused(
                    ErrorCode.CONFLICT, () -> identity.groups().removeMember(second, "admins", "second@example.com"));
            assertRefused(ErrorCode.CONFLICT, () -> identity.groups().delete(second, "admins"));
        }

        @Test
        void shouldNotBeAServiceAccount() {
            identity.users().create(administrator, PrincipalKind.SERVICE_ACCOUNT, "robot", "");
            identity.roles().assignToUser(administrator, "owner", "robot");
            assertRefused(ErrorCode.CONFLICT, () -> identity.users().deactivate(administrator, "admin@localhost"));
        }

        @Test
        void shouldKeepARoleOfTheOrganizationThatGrantsEverything() {
            user("second@example.com");
            identity.roles().create(administrator, "boss", "", List.of("*"));
            identity.roles().assignToUser(administrator, "boss", "second@example.com");
            identity.users().deactivate(administrator, "admin@localhost");
            Caller second = acting("second@example.com");
            assertRefused(ErrorCode.CONFLICT, () -> identity.roles().update(second, "boss", "", List.of("patterns:*")));
        }

        @Test
        void shouldRemainWhenTwoAdministratorsRemoveEachOther() throws Exception {
            user("second@example.com");
            identity.roles().assignToUser(administrator, "owner", "second@example.com");
            Caller second = acting("second@example.com");
            List<Callable<Principal>> removals = List.of(
                    () -> identity.users().deactivate(administrator, "second@example.com"),
                    () -> identity.users().deactivate(second, "admin@localhost"));
            List<Throwable> failures = new ArrayList<>();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Principal> removal : executor.invokeAll(removals)) {
                    try {
                        removal.get();
                    } catch (ExecutionException failure) {
                        failures.add(failure.getCause());
                    }
                }
            }
            assertThat(failures).hasSize(1);
            assertRefused(ErrorCode.CONFLICT, () -> {
                throw failures.getFirst();
            });
        }
    }
}
