package dev.gantry.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.Setting;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.TestingAuthority;
import dev.gantry.testing.TestingAuthority.Issued;
import dev.gantry.testing.TestingAuthority.Wish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Vault over TLS with an authority of its own, and what it may answer besides secrets. */
class VaultTroubleTest {
    /** A section that needs a secret. */
    record Mail(@Setting("Password") Optional<Secret> password) {}

    private static final TestingAuthority AUTHORITY = TestingAuthority.of("vault");
    private static final Issued SHOWN = AUTHORITY.issue(Wish.server("ip:127.0.0.1"));
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(1), Duration.ofMillis(1));

    @TempDir
    Path directory;

    private VaultStub stub;
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void begin() throws Exception {
        stub = new VaultStub(showing(SHOWN));
        stub.secret("secret/data/gantry", "mail", "hunter2");
        Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    }

    @AfterEach
    void end() {
        stub.close();
    }

    private static SSLContext showing(Issued issued) throws Exception {
        char[] password = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry("vault", issued.key(), password, issued.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private Configuration load(String settings) throws Exception {
        ConfigSchema schema = ConfigSchema.builder()
                .section("mail", Mail.class, "Mail")
                .secretStore(
                        "vault",
                        "secret_management",
                        SecretManagementSettings.class,
                        "Secrets",
                        chosen -> VaultSecrets.open(chosen, PAUSES, nanos::get))
                .check(VaultSecrets::check)
                .build();
        Files.writeString(directory.resolve("gantry.yaml"), """
                secret_management: {provider: vault, address: '%s', timeout: 1s, refresh_interval: 60s, auth_method: approle,
                  role_id: %s, secret_id: '${SECRET_ID}', %s}
                mail: {password: '${vault:secret/data/gantry#mail}'}
                """.formatted(stub.address(), VaultStub.ROLE_ID, settings));
        return ConfigLoader.load(directory, false, Map.of("SECRET_ID", VaultStub.SECRET_ID), schema);
    }

    private Configuration load() throws Exception {
        return load("ca_file: '" + directory.resolve("ca.pem") + "'");
    }

    private static VaultSecrets vault(Configuration configuration) {
        return (VaultSecrets) configuration.secrets().store().orElseThrow();
    }

    private static String password(Configuration configuration) {
        return configuration.get("mail", Mail.class).password().orElseThrow().reveal();
    }

    private void pass(Configuration configuration, long seconds) {
        stub.pass(seconds);
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        vault(configuration).tend();
    }

    @Test
    void shouldTrustTheAuthorityThatIsNamedAndRenewItsLeaseOverTls() throws Exception {
        assertThat(stub.address().getScheme()).isEqualTo("https");
        stub.leases(90, true);
        Configuration configuration = load();
        assertThat(password(configuration)).isEqualTo("hunter2");
        stub.secret("secret/data/gantry", "mail", "renewed");
        pass(configuration, 61);
        assertThat(vault(configuration).read("secret/data/gantry#mail")).isEqualTo("renewed");
        assertThat(stub.requests()).contains("POST /v1/auth/token/renew-self");
        vault(configuration).close();
        assertThat(stub.requests().getLast()).isEqualTo("POST /v1/auth/token/revoke-self");
    }

    @Test
    void shouldTrustNobodyElse() throws Exception {
        Path other = Files.writeString(
                directory.resolve("other.pem"),
                TestingAuthority.of("somebody else").pem());
        for (String settings : List.of("ca_file: '" + other + "'", "kv_version: 2")) {
            assertThatThrownBy(() -> load(settings))
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining("set ca_file to the authority of its certificate");
        }
        assertThat(stub.requests()).as("nothing was told to it").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500, 502})
    void shouldGoOnWithWhatItReadWhateverVaultAnswers(int status) throws Exception {
        Configuration configuration = load();
        stub.refuseWith(status);
        stub.secret("secret/data/gantry", "mail", "renewed");
        pass(configuration, 61);
        pass(configuration, 31);
        assertThat(vault(configuration).read("secret/data/gantry#mail")).isEqualTo("hunter2");
        assertThat(vault(configuration).trouble()).isPresent();
        stub.refuseWith(0);
        pass(configuration, 31);
        assertThat(vault(configuration).read("secret/data/gantry#mail")).isEqualTo("renewed");
        assertThat(vault(configuration).trouble()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500, 502})
    void shouldNotStartWithoutASecret(int status) {
        stub.refuseWith(status);
        assertThatThrownBy(this::load)
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("mail.password")
                .hasMessageNotContaining(VaultStub.SECRET_ID);
    }

    @Test
    void shouldNotWaitForAVaultThatIsSlow() throws Exception {
        Configuration configuration = load();
        stub.delay(Duration.ofSeconds(20));
        pass(configuration, 61);
        assertThat(vault(configuration).read("secret/data/gantry#mail")).isEqualTo("hunter2");
        assertThat(vault(configuration).trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("answer"));
    }
}
