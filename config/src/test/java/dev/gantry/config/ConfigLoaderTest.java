package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();

    @TempDir
    Path temporary;

    private TestingDirectory directory;

    @BeforeEach
    void open() {
        directory = new TestingDirectory(temporary);
    }

    private TestingSettings.Server server(String text) {
        return directory.file("gantry.yaml", text).load(SCHEMA).get("server", TestingSettings.Server.class);
    }

    private String problem(String text) {
        return directory.file("gantry.yaml", text).onlyProblem(SCHEMA);
    }

    @Nested
    class Binding {
        @Test
        void shouldTakeDefaultsWhereNothingIsGiven() {
            TestingSettings.Server server = directory.load(SCHEMA).get("server", TestingSettings.Server.class);

            assertThat(server.host()).isEqualTo("127.0.0.1");
            assertThat(server.port()).isEqualTo(7420);
            assertThat(server.tls()).isEmpty();
            assertThat(server.bodySizeMax()).isEqualTo(new DataSize(32 << 20));
            assertThat(server.idleTimeout()).isEqualTo(Duration.ofSeconds(75));
            assertThat(server.sampling()).isEqualTo(0.25);
            assertThat(server.allowedOrigins()).isEmpty();
            assertThat(server.methods()).containsExactly("GET", "POST");
            assertThat(server.headers()).isEmpty();
            assertThat(server.note()).isNull();
        }

        @Test
        void shouldBindEveryTypeThatSettingsUse() {
            TestingSettings.Server server = server("""
                    server:
                      host: 0.0.0.0
                      port: "8443"
                      tls: {certificate: tls/server.pem, key: /etc/gantry/key.pem}
                      body_size_max: 10MB
                      idle_timeout: 1h
                      session_timeout: 3600
                      verbose: true
                      sampling: 0.5
                      allowed_origins: [https://app.example, 'https://b.example:8443/x']
                      methods:
                        - GET
                      headers:
                        X-Frame: deny
                        1: one
                      note: 007
                    """);

            assertThat(server)
                    .isEqualTo(new TestingSettings.Server(
                            "0.0.0.0",
                            8443,
                            Optional.of(new TestingSettings.Tls(
                                    temporary.resolve("tls/server.pem"), Path.of("/etc/gantry/key.pem"))),
                            new DataSize(10_000_000),
                            Duration.ofHours(1),
                            Duration.ofHours(1),
                            true,
                            0.5,
                            List.of(URI.create("https://app.example"), URI.create("https://b.example:8443/x")),
                            List.of("GET"),
                            Map.of("X-Frame", "deny", "1", "one"),
                            "007"));
        }

        @Test
        void shouldKeepTheOrderAndTheNamesOfMaps() {
            TestingSettings.Models models =
                    directory.file("models.yaml", """
                            models:
                              gpt-4.1:
                                {provider: openai, context_tokens: 1047576, prices: {input: 2.00, output: 8}}
                              "claude opus": {provider: anthropic, context_tokens: 200000, prices: {}}
                            """).load(SCHEMA).get(TestingSettings.Models.class);

            assertThat(models.models().keySet()).containsExactly("gpt-4.1", "claude opus");
            assertThat(models.prices("gpt-4.1").input()).isEqualTo(new BigDecimal("2.00"));
            assertThat(models.prices("claude opus").output()).isEqualByComparingTo("0");
        }

        @Test
        void shouldTreatACommentedOutSectionAsAbsent() {
            assertThat(server("""
                            server:
                              # port: 1
                            """).port()).isEqualTo(7420);
        }

        @Test
        void shouldReadAnAliasWhereverItIsUsed() {
            TestingSettings.Access access =
                    directory.file("rbac.yaml", """
                            roles:
                              reader: {permissions: &read [patterns:read, 'models:*']}
                              other: {permissions: *read}
                            """).load(SCHEMA).get(TestingSettings.Access.class);

            assertThat(access.permissions("other")).containsExactly("patterns:read", "models:*");
        }

        @Test
        void shouldRefuseToHandOutASectionUnderAnotherType() {
            Configuration configuration = directory.load(SCHEMA);

            assertThatThrownBy(() -> configuration.get("server", TestingSettings.Tls.class))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> configuration.get(TestingSettings.Tls.class))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Mistakes {
        @Test
        void shouldNameTheNearestKey() {
            assertThat(problem("""
                            server:
                              prot: 80
                            """))
                    .isEqualTo(
                            "gantry.yaml:2: server.prot: is not a setting; correct or remove it (did you mean 'port'?)");
        }

        @Test
        void shouldNameTheNearestSection() {
            assertThat(problem("servr: {port: 80}"))
                    .isEqualTo("gantry.yaml:1: servr: is not a setting; correct or remove it (did you mean 'server'?)");
        }

        @Test
        void shouldReportEveryMistakeInTheOrderOfTheLines() {
            directory.file("gantry.yaml", """
                    server:
                      port: many
                      hots: x
                      verbose: yes
                    nonsense: 1
                    """);

            assertThat(directory.check(SCHEMA))
                    .containsExactly(
                            "gantry.yaml:2: server.port: must be a whole number from 0 to 65535, not 'many'",
                            "gantry.yaml:3: server.hots: is not a setting; correct or remove it (did you mean 'host'?)",
                            "gantry.yaml:4: server.verbose: must be true or false, not 'yes'",
                            "gantry.yaml:5: nonsense: is not a setting; correct or remove it");
        }

        @Test
        void shouldThrowOneExceptionThatHoldsAllMistakes() {
            directory.file("gantry.yaml", "server: {port: 70000, hots: x}");

            assertThatThrownBy(() -> directory.load(SCHEMA))
                    .asInstanceOf(type(GantryException.class))
                    .satisfies(exception -> {
                        assertThat(exception.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                        assertThat(exception.getMessage().lines()).hasSize(2);
                        assertThat(exception.errors())
                                .extracting(GantryException.FieldError::pointer)
                                .containsExactlyInAnyOrder("server.port", "server.hots");
                    });
        }

        @Test
        void shouldBoundWhatItReports() {
            StringBuilder text = new StringBuilder();
            for (int index = 0; index < 5_000; index++) {
                text.append("unknown").append(index).append(": 1\n");
            }
            directory.file("gantry.yaml", text.toString());

            assertThat(directory.check(SCHEMA)).hasSize(Problems.KEPT_MAX);
            assertThatThrownBy(() -> directory.load(SCHEMA)).hasMessageEndingWith("… and 4900 more");
        }

        @Test
        void shouldNameTheLineOfTheMappingThatLacksAKey() {
            assertThat(problem("""
                            server:
                              tls:
                                certificate: a.pem
                            """))
                    .isEqualTo("gantry.yaml:3: server.tls.key: is required and missing; give it a value (path)");
        }

        @Test
        void shouldRefuseAKeyWithoutValue() {
            assertThat(problem("""
                            server:
                              port:
                            """))
                    .isEqualTo(
                            "gantry.yaml:2: server.port: has no value; give it one (whole number from 0 to 65535) or remove"
                                    + " the key");
        }

        @Test
        void shouldSayWhatFormAValueMustHave() {
            assertThat(problem("server: 8080")).contains("gantry.yaml:1: server: must be a mapping");
            assertThat(problem("server: {methods: GET}"))
                    .contains("server.methods: must be a list; begin each item with '- '");
            assertThat(problem("server: {port: [80]}")).contains("server.port: must be a single value: whole number");
            assertThat(problem("server: {headers: [a]}")).contains("server.headers: must be a mapping");
            assertThat(problem("server: {methods: [GET, [POST]]}"))
                    .contains("server.methods[1]: must be a single value: text");
        }

        @Test
        void shouldSayThatAReferenceInBracesNeedsQuotes() {
            assertThat(problem("database: {host: ${DB_HOST}}"))
                    .isEqualTo("gantry.yaml:1: a list or map in brackets goes on without ',' here; in brackets, a text"
                            + " with brackets or braces, such as ${NAME}, needs quotes");
        }

        @Test
        void shouldReportWhatARecordRefuses() {
            assertThat(problem("""
                            role_assignments:
                              - user: a@b.example
                                role: admin
                              - role: admin
                            """)).isEqualTo("gantry.yaml:4: role_assignments[1]: names either a user or a group");
            assertThat(problem("""
                            database:
                              host: db
                            """)).isEqualTo("gantry.yaml:2: database: names a host and no user; add 'user'");
        }

        @Test
        void shouldReportARuleOverSeveralSections() {
            ConfigSchema schema = TestingSettings.guides()
                    .check((configuration, complaints) -> {
                        TestingSettings.Access access = configuration.get(TestingSettings.Access.class);
                        for (int index = 0; index < access.roleAssignments().size(); index++) {
                            if (!access.roles()
                                    .containsKey(
                                            access.roleAssignments().get(index).role())) {
                                complaints.add("role_assignments[" + index + "].role", "names no role; define it");
                            }
                        }
                    })
                    .build();
            directory.file("rbac.yaml", """
                    roles: {admin: {permissions: ['*:*']}}
                    role_assignments:
                      - {user: a@b.example, role: admin}
                      - user: b@b.example
                        role: admn
                    """);

            assertThat(directory.onlyProblem(schema))
                    .isEqualTo("rbac.yaml:5: role_assignments[1].role: names no role; define it");
            assertThatThrownBy(() -> directory.load(schema)).isInstanceOf(GantryException.class);
        }

        @Test
        void shouldFindThePlaceOfANameWithDotsForARule() {
            ConfigSchema schema = TestingSettings.guides()
                    .check((_, complaints) -> complaints.add("models.gpt-4.1.provider", "is not there"))
                    .build();
            directory.file("models.yaml", "models:\n  gpt-4.1:\n    context_tokens: 1\n    provider: x\n");

            assertThat(directory.onlyProblem(schema)).isEqualTo("models.yaml:4: models.gpt-4.1.provider: is not there");
        }

        @Test
        void shouldNotLetAFileSteerTheTerminal() {
            assertThat(problem("\"a\\e[2Jb\\n\": 1"))
                    .isEqualTo("gantry.yaml:1: \"a?[2Jb\\n\": is not a setting; correct or remove it");
            assertThat(problem("server: {port: \"\\e[2J\"}")).endsWith(", not '?[2J'");
        }

        @Test
        void shouldRefuseRetiredKeysWithTheirReplacement() {
            ConfigSchema schema = TestingSettings.guides()
                    .retired("server.listen", "use server.host and server.port")
                    .build();

            assertThat(directory.file("gantry.yaml", "server: {listen: 80}").onlyProblem(schema))
                    .isEqualTo("gantry.yaml:1: server.listen: is no longer a setting; use server.host and server.port");
        }

        @Test
        void shouldRefuseAnUnknownKindWithTheKnownOnes() {
            assertThat(problem("""
                            authentication:
                              providers:
                                - type: api_keys
                            """))
                    .isEqualTo("gantry.yaml:3: authentication.providers[0].type: must be one of api_key, anonymous, not"
                            + " 'api_keys' (did you mean 'api_key'?)");
            assertThat(problem("authentication: {providers: [{header: X}]}"))
                    .isEqualTo(
                            "gantry.yaml:1: authentication.providers[0].type: is required; one of api_key, anonymous");
            assertThat(problem("authentication: {providers: [{type: api_key, role: admin}]}"))
                    .contains("authentication.providers[0].role: is not a setting");
        }
    }

    @Nested
    class SeveralFiles {
        @Test
        void shouldReadSectionsFromAnyFile() {
            Configuration configuration = directory
                    .file("gantry.yaml", "server: {port: 1}")
                    .file("anything.overlay.yml", "database: {pool_size: 2}")
                    .load(SCHEMA);

            assertThat(configuration.get("server", TestingSettings.Server.class).port())
                    .isEqualTo(1);
            assertThat(configuration
                            .get("database", TestingSettings.Database.class)
                            .poolSize())
                    .isEqualTo(2);
            assertThat(configuration.files())
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly("anything.overlay.yml", "gantry.yaml");
        }

        @Test
        void shouldRefuseASectionThatIsGivenTwiceNamingBothPlaces() {
            directory.file("gantry.yaml", """
                            server: {port: 1}
                            database: {pool_size: 2}
                            """).file("database.yaml", "\ndatabase: {pool_size: 3}");

            assertThat(directory.onlyProblem(SCHEMA))
                    .isEqualTo("gantry.yaml:2: database: is given here and in database.yaml:2; keep one of them");
        }

        @Test
        void shouldNotLookAtHiddenFilesOtherEndingsOrSubdirectories() throws IOException {
            Files.createDirectory(temporary.resolve("..2026_11_21"));
            Files.createDirectory(temporary.resolve("more"));
            directory
                    .file(".hidden.yaml", "nonsense: 1")
                    .file("notes.txt", "nonsense: 1")
                    .file("more/gantry.yaml", "nonsense: 1");

            assertThat(directory.load(SCHEMA).files()).isEmpty();
        }

        @Test
        void shouldFollowTheLinksOfAMountedConfigMap() throws IOException {
            Files.createDirectory(temporary.resolve("..2026_11_21"));
            directory.file("..2026_11_21/gantry.yaml", "server: {port: 81}");
            Files.createSymbolicLink(temporary.resolve("..data"), Path.of("..2026_11_21"));
            Files.createSymbolicLink(temporary.resolve("gantry.yaml"), Path.of("..data/gantry.yaml"));

            assertThat(directory
                            .load(SCHEMA)
                            .get("server", TestingSettings.Server.class)
                            .port())
                    .isEqualTo(81);
        }

        @Test
        void shouldReadAConfigurationThatIsPartOfTheProgram() {
            assertThat(ConfigLoader.loadText("built-in.yaml", "server: {port: 82}", SCHEMA)
                            .get("server", TestingSettings.Server.class)
                            .port())
                    .isEqualTo(82);
            assertThatThrownBy(() -> ConfigLoader.loadText("built-in.yaml", "server: {port: x, prt: 1}\n--- ", SCHEMA))
                    .hasMessageStartingWith("built-in.yaml:2: a second document");
            assertThatThrownBy(() -> ConfigLoader.loadText("built-in.yaml", "server: {port: x, prt: 1}", SCHEMA))
                    .hasMessageContaining("built-in.yaml:1: server.port: ")
                    .hasMessageContaining("built-in.yaml:1: server.prt: ");
        }

        @Test
        void shouldAcceptAMissingDirectoryOnlyWhereItIsOptional() {
            Path missing = temporary.resolve("missing");

            assertThat(ConfigLoader.load(missing, true, Map.of(), SCHEMA).files())
                    .isEmpty();
            assertThat(ConfigLoader.check(missing, false, Map.of(), SCHEMA))
                    .extracting(Problem::toString)
                    .containsExactly(missing + ": cannot be read: it does not exist");
        }
    }
}
