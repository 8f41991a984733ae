package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrganizationsTest {
    @TempDir
    Path directory;

    private TestingIdentity testing;
    private Organizations organizations;
    private Caller operator;

    @BeforeEach
    void open() throws Exception {
        testing = TestingIdentity.open(directory);
        organizations = testing.identity().organizations();
        operator = testing.administrator();
    }

    @AfterEach
    void close() {
        testing.close();
    }

    private Caller found(String name) {
        return testing.authenticate(key(organizations.create(operator, name, "boss@" + name + ".example")));
    }

    private static String key(NewOrganization made) {
        return made.key().text().reveal();
    }

    @Test
    void shouldNotBeFoundedByWhatPassesSoonerThanItsKey() {
        Instant soon = testing.now().plusSeconds(60);
        Instant former = testing.now().minus(PassingProof.RECENT).minusSeconds(60);

        assertRefused(
                ErrorCode.PERMISSION_DENIED,
                () -> organizations.create(
                        operator.provenBy(new PassingProof(soon, false, null)), "acme", "boss@acme.example"));
        assertRefused(
                ErrorCode.RECENT_SIGN_IN_REQUIRED,
                () -> organizations.create(
                        operator.provenBy(new PassingProof(soon, true, former)), "acme", "boss@acme.example"));
        assertThat(organizations.idOf("acme")).isEmpty();
    }

    @Test
    void shouldFoundAnOrganizationWhoseFirstUserMayDoEverythingInItAndSeesNothingElse() {
        Caller boss = found("acme");
        assertThat(boss.principal()).isEqualTo("boss@acme.example");
        assertThat(boss.rights().everything()).isTrue();
        assertThat(boss.team()).isEqualTo("default");
        assertThat(boss.organization()).isNotEqualTo(operator.organization());
        assertThat(testing.identity().organization(boss).name()).isEqualTo("acme");
        assertThat(testing.identity()
                        .users()
                        .list(boss, PrincipalQuery.ALL, PageRequest.FIRST)
                        .items())
                .extracting(Principal::name)
                .containsExactly("boss@acme.example");
        testing.identity().users().create(boss, PrincipalKind.USER, "admin@localhost", "");
    }

    @Test
    void shouldRefuseNamesThatAreTakenOrNone() {
        found("acme");
        assertRefused(ErrorCode.CONFLICT, () -> organizations.create(operator, "ACME", "other@acme.example"));
        assertRefused(ErrorCode.CONFLICT, () -> organizations.create(operator, "default", "x@y.example"));
        assertThatThrownBy(() -> organizations.create(operator, "other", "x@y.example"))
                .hasMessageContaining("metrics");
        assertThatThrownBy(() -> organizations.create(operator, "a b", "x@y.example"))
                .hasMessageContaining("cannot be the name of an organization");
        assertThatThrownBy(() -> organizations.create(operator, "b", "nobody"))
                .hasMessageContaining("not an e-mail address");
        assertThat(names()).containsExactly("default", "acme");
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        String cursor = null;
        do {
            Page<Organization> page = organizations.list(new PageRequest(1, cursor));
            page.items().forEach(organization -> names.add(organization.name()));
            cursor = page.nextCursor();
        } while (cursor != null);
        return names;
    }

    @Test
    void shouldStopAndResumeEveryKeyOfOneOrganizationAndOfNoOther() {
        NewOrganization made = organizations.create(operator, "acme", "boss@acme.example");
        found("beta");
        testing.authenticate(key(made));
        assertThat(organizations.suspend(operator, "acme").status()).isEqualTo(OrganizationStatus.SUSPENDED);
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key(made)));
        assertThat(organizations.show("beta").status()).isEqualTo(OrganizationStatus.ACTIVE);
        assertThat(organizations.show(made.organization().id().toString()).status())
                .isEqualTo(OrganizationStatus.SUSPENDED);
        assertThat(organizations.resume(operator, "acme").status()).isEqualTo(OrganizationStatus.ACTIVE);
        assertThat(testing.authenticate(key(made)).principal()).isEqualTo("boss@acme.example");
    }

    @Test
    void shouldNotBeResumedByWhatPassesSooner() {
        NewOrganization made = organizations.create(operator, "acme", "boss@acme.example");
        Instant former = testing.now().minus(PassingProof.RECENT).minusSeconds(60);
        Caller late = operator.provenBy(new PassingProof(testing.now().plusSeconds(3_600), true, former));

        organizations.resume(late, "acme");
        organizations.suspend(late, "acme");
        assertRefused(ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> organizations.resume(late, "acme"));

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key(made)));
        assertThat(organizations.resume(operator, "acme").status()).isEqualTo(OrganizationStatus.ACTIVE);
    }

    @Test
    void shouldCloseOnlyWhatWasSuspendedAndThenForGood() {
        NewOrganization made = organizations.create(operator, "acme", "boss@acme.example");
        assertRefused(ErrorCode.CONFLICT, () -> organizations.close(operator, "acme"));
        organizations.suspend(operator, "acme");
        assertThat(organizations.close(operator, "acme").status()).isEqualTo(OrganizationStatus.CLOSED);
        assertRefused(ErrorCode.CONFLICT, () -> organizations.resume(operator, "acme"));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key(made)));
        assertRefused(ErrorCode.CONFLICT, () -> organizations.create(operator, "acme", "new@acme.example"));
    }

    @Test
    void shouldTellWorkThatWaitsWhetherASuspensionMayEnd() {
        NewOrganization made = organizations.create(operator, "acme", "boss@acme.example");
        Caller boss = testing.authenticate(key(made));
        organizations.suspend(operator, "acme");
        assertThatThrownBy(() -> onBehalf(boss)).isInstanceOfSatisfying(GantryException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.ORGANIZATION_SUSPENDED);
            assertThat(refusal.code().retriable()).isTrue();
            assertThat(refusal.retryAfter()).isPresent();
        });
        organizations.resume(operator, "acme");
        assertThat(onBehalf(boss).principal()).isEqualTo("boss@acme.example");
        organizations.suspend(operator, "acme");
        organizations.close(operator, "acme");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> onBehalf(boss));
    }

    private Caller onBehalf(Caller caller) {
        return testing.identity().onBehalf(caller.organization(), caller.principalId(), caller.keyId());
    }

    @Test
    void shouldNotLetTheOperatorStopItself() {
        assertRefused(ErrorCode.CONFLICT, () -> organizations.suspend(operator, "default"));
        assertRefused(ErrorCode.CONFLICT, () -> organizations.close(operator, "default"));
        assertRefused(ErrorCode.NOT_FOUND, () -> organizations.suspend(operator, "nobody"));
        assertThat(testing.identity().organization(operator).status()).isEqualTo(OrganizationStatus.ACTIVE);
    }
}
