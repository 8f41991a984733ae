package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.AccessExplanation.Grant;
import dev.gantry.kernel.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessExplainerTest {
    private static final RolesSettings CONFIGURED = new RolesSettings(
            Map.of("auditor", new RoleSettings(List.of("audit:read"))),
            List.of(new RoleAssignmentSettings(Optional.empty(), Optional.of("risk"), "auditor")));

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
        identity.users().create(administrator, PrincipalKind.USER, "ann@example.com", "Ann");
        identity.roles().create(administrator, "analysts", "", List.of("patterns:execute:analysis/*", "patterns:read"));
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private AccessExplanation explain(String permission) {
        return identity.users().explain(administrator, "ann@example.com", permission);
    }

    @Test
    void shouldSayThatSomebodyWithoutRolesMayDoNothing() {
        AccessExplanation found = explain("patterns:read");

        assertThat(found.allowed()).isFalse();
        assertThat(found.reason()).contains("has no role");
        assertThat(found.grants()).isEmpty();
    }

    @Test
    void shouldNameEveryWayInWhichAPermissionComes() {
        identity.groups().create(administrator, "risk", "");
        identity.groups().addMember(administrator, "risk", "ann@example.com");
        identity.roles().assignToUser(administrator, "analysts", "ann@example.com");
        identity.roles().assignToGroup(administrator, "analysts", "risk");

        assertThat(explain("patterns:execute:analysis/market").grants())
                .containsExactlyInAnyOrder(
                        new Grant("patterns:execute:analysis/*", "analysts", Role.Origin.ORGANIZATION, null),
                        new Grant("patterns:execute:analysis/*", "analysts", Role.Origin.ORGANIZATION, "risk"));
        AccessExplanation audit = explain("audit:read");
        assertThat(audit.allowed()).isTrue();
        assertThat(audit.grants())
                .containsExactly(new Grant("audit:read", "auditor", Role.Origin.CONFIGURATION, "risk"));
        assertThat(audit.reason()).contains("auditor").contains("group risk");
    }

    @Test
    void shouldShowWhatIsNearAndDoesNotSuffice() {
        identity.roles().assignToUser(administrator, "analysts", "ann@example.com");

        AccessExplanation found = explain("patterns:execute:shared/summarize");

        assertThat(found.allowed()).isFalse();
        assertThat(found.reason()).contains("No role").contains("patterns:execute:shared/summarize");
        assertThat(found.near()).containsExactly("patterns:execute:analysis/*", "patterns:read");
    }

    @Test
    void shouldTellAGrantFromAVisibleNamespace() {
        identity.teams().create(administrator, "blue", "");
        identity.roles().assignToUser(administrator, "analysts", "ann@example.com");

        AccessExplanation outside = explain("patterns:execute:blue/analysis/market");
        identity.teams().addMember(administrator, "blue", "ann@example.com");
        AccessExplanation inside = explain("patterns:execute:blue/analysis/market");

        assertThat(outside.allowed()).isFalse();
        assertThat(outside.grants()).isNotEmpty();
        assertThat(outside.reason()).contains("no member");
        assertThat(inside.allowed()).isTrue();
    }

    @Test
    void shouldAgreeWithWhatTheCallerMayDo() {
        identity.roles().assignToUser(administrator, "analysts", "ann@example.com");
        Caller ann = testing.authenticate(identity.keys()
                .create(administrator, new KeyRequest("k", "ann@example.com", null, null, null, null))
                .text()
                .reveal());

        for (String text : List.of(
                "patterns:read",
                "patterns:execute",
                "patterns:execute:analysis/x",
                "patterns:execute:x",
                "runs:read")) {
            assertThat(explain(text).allowed()).as(text).isEqualTo(ann.may(AccessExplainer.parse(text)));
        }
    }

    @Test
    void shouldSayThatAKeyIsNarrowed() {
        Caller narrowed = testing.withKey(administrator, List.of("patterns:read"));

        AccessExplanation found =
                identity.users().explain(narrowed, narrowed.principalId().toString(), "audit:read");

        assertThat(found.allowed()).isFalse();
        assertThat(found.reason()).contains("key");
    }

    @Test
    void shouldSayThatADeactivatedOneMayDoNothing() {
        identity.roles().assignToUser(administrator, "analysts", "ann@example.com");
        identity.users().deactivate(administrator, "ann@example.com");

        assertThat(explain("patterns:read").allowed()).isFalse();
        assertThat(explain("patterns:read").reason()).contains("deactivated");
    }

    @Test
    void shouldRefuseWhatIsNoSinglePermission() {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> explain("patterns:*"));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> explain("*"));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> explain("patterns:execute:a/*"));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> explain("pattern:read"));
        assertRefused(
                ErrorCode.NOT_FOUND, () -> identity.users().explain(administrator, "nobody@example.com", "audit:read"));
    }
}
