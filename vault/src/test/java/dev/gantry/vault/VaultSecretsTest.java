package dev.gantry.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.Configuration;
import dev.gantry.config.Setting;
import dev.gantry.config.UnavailableSecretException;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultSecretsTest {
    /** A section that needs a secret. */
    record Mail(@Setting("Password") Optional<Secret> password) {}

    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(1), Duration.ofMillis(1));

    @TempDir
    Path directory;

    private final VaultStub stub = new VaultStub();
    private final AtomicLong nanos = new AtomicLong();
    private final Map<String, String> environment = new HashMap<>();
    private String token = "";

    @BeforeEach
    void begin() {
        token = stub.issue(0, false);
        environment.put("TOKEN", token);
        environment.put("SECRET_ID", VaultStub.SECRET_ID);
        stub.secret("secret/data/gantry", "mail", "hunter2", "other", "x");
        stub.secret("secret/data/single", "anything", "hunter3");
    }

    @AfterEach
    void end() {
        stub.close();
    }

    private final ConfigSchema schema = ConfigSchema.builder()
            .section("mail", Mail.class, "Mail")
            .secretStore(
                    "vault",
                    "secret_management",
                    SecretManagementSettings.class,
                    "Secrets",
                    settings -> VaultSecrets.open(settings, PAUSES, nanos::get))
            .check(VaultSecrets::check)
            .build();

    private Configuration load(String settings, String reference) {
        return load("secret_management: {provider: vault, address: '%s', timeout: 2s, %s}\nmail: {password: '%s'}\n"
                .formatted(stub.address(), settings, reference));
    }

    private Configuration load(String yaml) {
        try {
            Files.writeString(directory.resolve("gantry.yaml"), yaml);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return ConfigLoader.load(directory, false, environment, schema);
    }

    private String refusal(String settings, String reference) {
        try {
            load(settings, reference);
        } catch (GantryException refusal) {
            return String.valueOf(refusal.getMessage()).replace(directory + "/", "");
        }
        throw new AssertionError("It was accepted");
    }

    private static String password(Configuration configuration) {
        return configuration.get("mail", Mail.class).password().orElseThrow().reveal();
    }

    private static VaultSecrets vault(Configuration configuration) {
        return (VaultSecrets) configuration.secrets().store().orElseThrow();
    }

    /** Lets time pass, for the stub and for Gantry, and does what is due then. */
    private void pass(Configuration configuration, long seconds) {
        stub.pass(seconds);
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        vault(configuration).tend();
    }

    private static String inVault(Configuration configuration, String reference) throws UnavailableSecretException {
        return vault(configuration).read(reference);
    }

    @Test
    void shouldTakeTheGuidesSectionAsItIsPrintedButForItsAddress() throws Exception {
        String printed = Files.readString(Path.of(
                        getClass().getResource("/guides/secret_management.yaml").toURI()))
                .replace("https://vault.company.com", stub.address().toString());
        Path pod = Files.writeString(directory.resolve("pod"), VaultStub.POD_TOKEN + "\n");
        stub.secret("secret/data/ai-excellence/encryption", "key", "k1");
        stub.secret("secret/data/ai-excellence/federation", "value", "k2", "note", "n");

        Configuration configuration = load(
                printed + "  kubernetes_token_file: " + pod + "\nmail: {password: '${vault:federation_api_key}'}\n");

        assertThat(password(configuration)).isEqualTo("k2");
        assertThat(stub.requests())
                .containsExactly(
                        "POST /v1/auth/kubernetes/login",
                        "GET /v1/secret/data/ai-excellence/federation",
                        "GET /v1/secret/data/ai-excellence/encryption");
    }

    @Test
    void shouldRefuseToStartWithoutASecretThatIsNamed() {
        assertThat(refusal("token: '${TOKEN}', secrets: {lost: secret/data/lost}", "${vault:secret/data/gantry#mail}"))
                .startsWith("gantry.yaml:1: secret_management.secrets.lost: Vault at " + stub.address()
                        + " has nothing there: secret/data/lost; a path of version 2 has data/ after its mount");
    }

    @ParameterizedTest
    @CsvSource({
        "secret/data/gantry#mail, hunter2",
        "own#mail, hunter2",
        "secret/data/single, hunter3",
        "short, hunter3",
    })
    void shouldReadAFieldOfAPathOrOfANamedOne(String reference, String expected) {
        Configuration configuration = load(
                "token: '${TOKEN}', secrets: {own: secret/data/gantry, short: secret/data/single}",
                "${vault:" + reference + "}");

        assertThat(password(configuration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret/data/gantry#nail | has no field 'nail'; it has mail, other",
                "secret/data/gantry | has no field 'value'; it has mail, other; name one as in secret/data/gantry#field",
                "secret/data/lost#x | has nothing there: secret/data/lost; a path of version 2 has data/",
                "secret/gantry#x | has nothing there: secret/gantry; a path of version 2 has data/",
                "forbidden/data/x#y | refuses (1 error occurred: * permission denied): forbidden/data/x; allow the policy",
                "kv/old#x | is of version 1 of the key-value engine; set kv_version: 1",
                "database/creds/app#password | makes this secret anew for each reader",
                "onw#mail | is no name of secret_management.secrets, and no path such as secret/data/gantry (did you mean",
                "secret/data/../sys#x | is no path in Vault",
                "v1/secret/data/gantry#x | is no path in Vault",
                "/secret/data/gantry#x | is no path in Vault",
                "secret/data/a?b=c#x | is no path in Vault",
                "secret/data/gantry#a#b | reads path#field",
                "secret/data/empty#x | is empty, or no single value",
            })
    void shouldSayOfEveryReferenceWhatIsWrongAndWhere(String reference, String problem) {
        stub.secret("kv/old", "x", "y");
        stub.secret("database/creds/app", "password", "y");
        stub.secret("secret/data/empty", "x", "");

        assertThat(refusal("token: '${TOKEN}', secrets: {own: secret/data/gantry}", "${vault:" + reference + "}"))
                .startsWith("gantry.yaml:2: mail.password: ")
                .contains(problem)
                .doesNotContain(token);
    }

    @Test
    void shouldReadVersionOneOfTheEngine() {
        stub.secret("kv/old", "x", "y");

        assertThat(password(load("token: '${TOKEN}', kv_version: 1", "${vault:kv/old#x}")))
                .isEqualTo("y");
    }

    @Test
    void shouldSendTheNamespace() {
        stub.namespace("teams/ai");

        assertThat(password(load("token: '${TOKEN}', namespace: teams/ai", "${vault:secret/data/gantry#mail}")))
                .isEqualTo("hunter2");
        assertThat(refusal("token: '${TOKEN}'", "${vault:secret/data/gantry#mail}"))
                .contains("no handler for route");
    }

    @Nested
    class SigningIn {
        @Test
        void shouldSignInByRoleAndEndTheTokenThatItGot() {
            int before = stub.tokens();
            Configuration configuration = load(
                    "auth_method: approle, role_id: " + VaultStub.ROLE_ID + ", secret_id: '${SECRET_ID}'",
                    "${vault:secret/data/gantry#mail}");

            assertThat(password(configuration)).isEqualTo("hunter2");
            assertThat(stub.tokens()).isEqualTo(before + 1);
            configuration.secrets().close();
            assertThat(stub.tokens()).isEqualTo(before);
        }

        @Test
        void shouldLeaveATokenAloneThatSomebodyElseGot() {
            Configuration configuration = load("token: '${TOKEN}'", "${vault:secret/data/gantry#mail}");

            configuration.secrets().close();

            assertThat(stub.requests()).noneMatch(request -> request.endsWith("revoke-self"));
        }

        @Test
        void shouldSayWhyItCannotSignInAndShowNoSecret() {
            environment.put("SECRET_ID", "wrong-secret-id");
            assertThat(refusal("auth_method: approle, role_id: r, secret_id: '${SECRET_ID}'", "${vault:own#x}"))
                    .contains("gantry.yaml:1: secret_management: Vault at ")
                    .contains("(invalid role or secret ID) to sign in at auth/approle/login; check auth_mount")
                    .doesNotContain("wrong-secret-id");

            environment.put("TOKEN", "hvs.unknown");
            assertThat(refusal("token: '${TOKEN}'", "${vault:own#x}"))
                    .contains("refuses (permission denied) the token; it has expired, or was revoked")
                    .doesNotContain("hvs.unknown");

            assertThat(refusal("auth_method: kubernetes, kubernetes_token_file: /nowhere/token", "${vault:own#x}"))
                    .contains("/nowhere/token cannot be read");
        }

        @Test
        void shouldNotRepeatWhatACarelessProxySendsBack() {
            stub.echo("refused: " + VaultStub.SECRET_ID);
            assertThat(refusal(
                            "auth_method: approle, role_id: r, secret_id: '${SECRET_ID}'",
                            "${vault:secret/data/gantry#mail}"))
                    .contains("did not understand the request to sign in")
                    .doesNotContain(VaultStub.SECRET_ID);
        }
    }

    @Nested
    class Away {
        @Test
        void shouldTryAgainAFewTimes() {
            stub.seal(2);

            assertThat(password(load("token: '${TOKEN}'", "${vault:secret/data/gantry#mail}")))
                    .isEqualTo("hunter2");
        }

        @Test
        void shouldNotStartWhileVaultIsSealed() {
            stub.seal(100);

            assertThat(refusal("token: '${TOKEN}'", "${vault:secret/data/gantry#mail}"))
                    .contains("gantry.yaml:1: secret_management: ")
                    .contains("is sealed, or being maintained; unseal it (Vault is sealed)")
                    .contains("gantry.yaml:2: mail.password: ");
            assertThat(stub.requests()).hasSize(3);
        }

        @Test
        void shouldNotStartWhenNothingAnswers() {
            stub.close();

            assertThat(refusal("token: '${TOKEN}'", "${vault:secret/data/gantry#mail}"))
                    .contains("cannot be reached: nothing answers at its address");
        }

        @Test
        void shouldKeepWhatItReadAndSaySoUntilVaultIsBack() throws Exception {
            Configuration configuration =
                    load("token: '${TOKEN}', refresh_interval: 60s", "${vault:secret/data/gantry#mail}");
            stub.secret("secret/data/gantry", "mail", "renewed");
            stub.seal(1_000);

            pass(configuration, 61);
            assertThat(inVault(configuration, "secret/data/gantry#mail")).isEqualTo("hunter2");
            assertThat(vault(configuration).trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("is sealed"));
            pass(configuration, 10);
            assertThat(vault(configuration).staleSeconds()).isEqualTo(10);

            stub.seal(0);
            pass(configuration, 1);
            assertThat(inVault(configuration, "secret/data/gantry#mail")).isEqualTo("renewed");
            assertThat(vault(configuration).trouble()).isEmpty();
            assertThat(vault(configuration).staleSeconds()).isZero();
        }

        @Test
        void shouldKeepASecretThatWasDeletedAndGoOnWithTheOthers() throws Exception {
            Configuration configuration = load(
                    "token: '${TOKEN}', refresh_interval: 60s, secrets: {other: secret/data/single}",
                    "${vault:secret/data/gantry#mail}");
            stub.delete("secret/data/gantry");
            stub.secret("secret/data/single", "anything", "renewed");

            pass(configuration, 61);

            assertThat(inVault(configuration, "secret/data/gantry#mail")).isEqualTo("hunter2");
            assertThat(inVault(configuration, "other")).isEqualTo("renewed");
            assertThat(vault(configuration).trouble())
                    .hasValueSatisfying(why -> assertThat(why).endsWith("has nothing there: secret/data/gantry"));
        }
    }

    @Nested
    class Tokens {
        private Configuration byRole() {
            return load(
                    "auth_method: approle, role_id: " + VaultStub.ROLE_ID
                            + ", secret_id: '${SECRET_ID}', refresh_interval: 1d",
                    "${vault:secret/data/gantry#mail}");
        }

        private List<String> since(int first) {
            return stub.requests().subList(first, stub.requests().size());
        }

        @Test
        void shouldRenewATokenWhenTwoThirdsOfItsTimeAreOver() {
            stub.leases(900, true);
            Configuration configuration = byRole();
            int before = stub.requests().size();

            pass(configuration, 590);
            assertThat(since(before)).isEmpty();
            pass(configuration, 20);
            assertThat(since(before)).containsExactly("POST /v1/auth/token/renew-self");
            pass(configuration, 590);
            assertThat(since(before)).hasSize(1);
            pass(configuration, 20);
            assertThat(since(before)).hasSize(2);
        }

        @Test
        void shouldSignInAnewWhenATokenCannotBeRenewed() {
            stub.leases(900, false);
            Configuration configuration = byRole();
            int before = stub.requests().size();

            pass(configuration, 610);

            assertThat(since(before)).containsExactly("POST /v1/auth/approle/login");
        }

        @Test
        void shouldSignInAnewWhenATokenNearsTheEndOfItsLongestLife() {
            stub.leases(900, true);
            Configuration configuration = byRole();
            stub.leases(300, true);
            int before = stub.requests().size();

            pass(configuration, 610);

            assertThat(since(before)).containsExactly("POST /v1/auth/token/renew-self", "POST /v1/auth/approle/login");
        }

        @Test
        void shouldSignInAnewWhenItsTokenWasRevoked() throws Exception {
            stub.leases(900_000, true);
            Configuration configuration = byRole();
            stub.revokeAll();
            stub.secret("secret/data/gantry", "mail", "renewed");

            pass(configuration, 86_401);

            assertThat(inVault(configuration, "secret/data/gantry#mail")).isEqualTo("renewed");
            assertThat(vault(configuration).trouble()).isEmpty();
        }

        @Test
        void shouldRenewATokenThatSomebodyElseGot() {
            environment.put("TOKEN", stub.issue(900, true));
            Configuration configuration =
                    load("token: '${TOKEN}', refresh_interval: 1d", "${vault:secret/data/gantry#mail}");
            int before = stub.requests().size();

            pass(configuration, 610);

            assertThat(since(before)).containsExactly("POST /v1/auth/token/renew-self");
        }

        @Test
        void shouldTakeAFreshTokenFromItsFileWhenTheOneBeforeHasExpired() throws Exception {
            Path file = Files.writeString(directory.resolve("token"), stub.issue(900, false));
            Configuration configuration =
                    load("token: 'file:token', refresh_interval: 600s", "${vault:secret/data/gantry#mail}");
            pass(configuration, 901);
            assertThat(vault(configuration).trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("it has expired, or was revoked"));

            Files.writeString(file, stub.issue(900, false));
            configuration.secrets().look();
            configuration.secrets().look();
            pass(configuration, 1);
            assertThat(vault(configuration).trouble()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "provider: vault, token: '${TOKEN}'",
                "provider: vault, address: 'http://vault.example.com', token: '${TOKEN}'",
                "provider: vault, address: 'https://user@vault.example.com', token: '${TOKEN}'",
                "provider: vault, address: 'https://vault.example.com'",
                "provider: vault, address: 'https://vault.example.com', auth_method: approle",
                "provider: vault, address: 'https://vault.example.com', token: '${TOKEN}', auth_mount: '../x'",
                "provider: vault, address: 'https://vault.example.com', token: '${TOKEN}', secrets: {a: b}",
                "provider: vault, address: 'https://vault.example.com', token: '${TOKEN}', secrets: {'a b': secret/b}",
                "provider: vault, address: 'https://vault.example.com', token: '${TOKEN}', ca_file: /nowhere/ca.pem",
                "provider: keepass",
                "secrets: {a: secret/b}",
            })
    void shouldRefuseSettingsThatCannotWork(String settings) {
        assertThatThrownBy(() -> load("secret_management: {" + settings + "}"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("gantry.yaml:1: secret_management");
    }

    @Test
    void shouldNotAskAVaultThatOnlyTheEnvironmentNames() {
        environment.put("VAULT_ADDR", stub.address().toString());
        environment.put("VAULT_TOKEN", token);

        load("mail: {}");

        assertThat(stub.requests()).isEmpty();
    }
}
