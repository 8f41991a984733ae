package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSettingsTest {
    @Test
    void shouldReadTheShapeOfTheFixOpsOverlay() {
        ConnectionTarget target = new DatabaseSettings(
                        Optional.empty(),
                        Optional.of("db.example"),
                        5432,
                        "fixops",
                        Optional.of("fixops"),
                        Optional.of(Secret.of("pw")),
                        Optional.empty(),
                        Optional.empty(),
                        "require",
                        Optional.empty(),
                        20,
                        40,
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        Optional.empty())
                .target();

        assertThat(target.jdbcUrl())
                .isEqualTo("jdbc:postgresql://db.example:5432/fixops?currentSchema=gantry,public&sslmode=require");
        assertThat(target.owner()).isEqualTo(new ConnectionTarget.Login("fixops", Secret.of("pw")));
        assertThat(target.application()).isEqualTo(target.owner());
        assertThat(target.pool().size()).isEqualTo(20);
        assertThat(target.pool().overflow()).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://fixops:p@postgres:5432/fixops | postgres:5432/fixops | sslmode=prefer | fixops | p",
                "postgres://me:a%40b%2Fc+d@h/x?sslmode=require | h/x | sslmode=require | me | a@b/c+d",
                "postgresql://u:p@[::1]:5433/db | [::1]:5433/db | sslmode=prefer | u | p",
                "postgresql://u:p@a:1,b:2/db?connect_timeout=5 | a:1,b:2/db | connectTimeout=5&sslmode=prefer | u | p",
                "postgresql://h/db?user=me&password=x%25y | h/db | sslmode=prefer | me | x%y",
                "postgresql://me:p@/ | localhost/me | sslmode=prefer | me | p",
                "postgresql://me:p@h:1/a%20b | h:1/a+b | sslmode=prefer | me | p",
            })
    void shouldReadAddresses(String url, String address, String properties, String user, String password) {
        ConnectionTarget target = withUrl(url).target();

        assertThat(target.jdbcUrl())
                .isEqualTo("jdbc:postgresql://" + address + "?currentSchema=gantry,public&" + properties);
        assertThat(target.owner().user()).isEqualTo(user);
        assertThat(target.owner().password().reveal()).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:secret@h/db",
                "postgresql:u:secret@h",
                "postgresql://u:secret@h/db?sslmode=always",
                "postgresql://u:secret@h/db?ssl_mode=require",
                "postgresql://u:secret%zz@h/db",
                "h:5432",
            })
    void shouldRefuseOtherAddressesWithoutQuotingThem(String url) {
        assertThatThrownBy(() -> withUrl(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldNameTheNearestMode() {
        assertThatThrownBy(() -> DatabaseAddress.requireSslMode("verify_full"))
                .hasMessageContaining("must be one of disable, allow, prefer, require, verify-ca, verify-full")
                .hasMessageContaining("did you mean 'verify-full'?");
    }

    @Test
    void shouldCheckCertificatesByTheGivenAuthorityOrThoseOfTheJdk() {
        assertThat(DatabaseAddress.sslProperties("verify-full", Optional.of("/etc/ca.pem")))
                .containsEntry("sslrootcert", "/etc/ca.pem")
                .doesNotContainKey("sslfactory");
        assertThat(DatabaseAddress.sslProperties("verify-full", Optional.empty()))
                .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        assertThat(DatabaseAddress.sslProperties("require", Optional.empty())).containsOnlyKeys("sslmode");
    }

    @Test
    void shouldUseADatabaseOfItsOwnWithoutSettings() {
        assertThat(DatabaseSettings.embedded().isEmbedded()).isTrue();
        assertThat(withUrl("postgresql://u:p@h/db").isEmbedded()).isFalse();
    }

    @Test
    void shouldRefuseWhatDoesNotFitTogether() {
        assertThatThrownBy(() -> settings(Optional.of("h"), Optional.empty(), Optional.empty(), 5, 5))
                .hasMessageContaining("host without user");
        assertThatThrownBy(() -> settings(Optional.empty(), Optional.empty(), Optional.empty(), 0, 0))
                .hasMessageContaining("at least one connection");
        assertThatThrownBy(() -> settings(Optional.of("h"), Optional.of("u"), Optional.of(Secret.of("p")), 5, 5))
                .hasMessageContaining("application_password without application_user");
    }

    private static DatabaseSettings withUrl(String url) {
        return new DatabaseSettings(
                Optional.of(Secret.of(url)),
                Optional.empty(),
                5432,
                "gantry",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "prefer",
                Optional.<Path>empty(),
                5,
                15,
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Optional.empty());
    }

    private static DatabaseSettings settings(
            Optional<String> host,
            Optional<String> user,
            Optional<Secret> applicationPassword,
            int poolSize,
            int maxOverflow) {
        return new DatabaseSettings(
                Optional.empty(),
                host,
                5432,
                "gantry",
                user,
                Optional.empty(),
                Optional.empty(),
                applicationPassword,
                "prefer",
                Optional.empty(),
                poolSize,
                maxOverflow,
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Optional.empty());
    }
}
