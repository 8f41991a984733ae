package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of the guides, as they are printed. */
class GuideKeysTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();

    @TempDir
    Path temporary;

    private TestingDirectory directory;

    @BeforeEach
    void open() {
        directory = new TestingDirectory(temporary);
    }

    @Test
    void shouldAcceptRolesAndAssignmentsAsPrinted() {
        TestingSettings.Access access =
                directory.guide("rbac.yaml").load(SCHEMA).get(TestingSettings.Access.class);

        assertThat(access.roles().keySet()).containsExactly("admin", "developer", "analyst", "viewer");
        assertThat(access.permissions("viewer"))
                .containsExactly("patterns:read", "patterns:execute:summarize", "patterns:execute:extract_*");
        assertThat(access.permissions("admin")).contains("stitches:*", "config:*");
        assertThat(access.roleAssignments())
                .containsExactly(
                        new TestingSettings.Assignment(Optional.of("admin@company.com"), Optional.empty(), "admin"),
                        new TestingSettings.Assignment(Optional.empty(), Optional.of("engineering"), "developer"),
                        new TestingSettings.Assignment(Optional.empty(), Optional.of("research"), "analyst"));
    }

    @Test
    void shouldAcceptTheDatabaseSectionsAsPrinted() {
        TestingSettings.Database database =
                directory.guide("pooling.overlay.yml").load(SCHEMA).get("database", TestingSettings.Database.class);

        assertThat(database.poolTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(database.poolRecycle()).isEqualTo(Duration.ofHours(1));
        assertThat(database.maxOverflow()).isEqualTo(40);
    }

    @Test
    void shouldNameTheLinesOfProvidersThatAModuleDoesNotKnow() {
        directory.guide("security.yaml").variable("OKTA_CLIENT_ID", "x");

        assertThat(directory.check(SCHEMA))
                .containsExactly(
                        "security.yaml:8: authentication.providers[1].type: must be one of api_key, anonymous, not 'jwt'",
                        "security.yaml:13: authentication.providers[2].type: must be one of api_key, anonymous, not"
                                + " 'oauth2'");
    }

    @Test
    void shouldAcceptTheDatabaseAndTheRateLimitsAndRefuseTheRestOfTheFixOpsOverlay() {
        directory
                .guide("fixops.overlay.yml")
                .variable("DB_HOST", "db")
                .variable("DB_USER", "app")
                .variable("DB_PASSWORD", "pw")
                .variable("REDIS_HOST", "redis")
                .variable("REDIS_PASSWORD", "pw");

        assertThat(directory.check(SCHEMA))
                .extracting(problem -> problem.split(": ")[1] + ": " + problem.split(": ")[2])
                .containsExactly(
                        "mode: is not supported yet",
                        "reachability_analysis.enabled: is not supported yet",
                        "reachability_analysis.enable_design_time: is not supported yet",
                        "reachability_analysis.enable_runtime: is not supported yet",
                        "reachability_analysis.enable_discrepancy_detection: is not supported yet",
                        "reachability_analysis.min_confidence_threshold: is not supported yet",
                        "reachability_analysis.multi_tenancy: is not supported yet",
                        "reachability_analysis.job_queue: is not supported yet",
                        "reachability_analysis.storage: is not supported yet",
                        "reachability_analysis.monitoring: is not supported yet",
                        "compliance: is not supported yet");
    }

    @ParameterizedTest
    @CsvSource({"governance.yaml, data_governance", "metrics.yaml, metrics"})
    void shouldRefuseSectionsWhoseFeatureComesLater(String file, String section) {
        assertThat(directory.guide(file).onlyProblem(SCHEMA))
                .startsWith(file + ":2: " + section + ": is not supported yet: ")
                .endsWith(" comes with a later version; remove it to start");
    }

    @Test
    void shouldSayThatAnEnvironmentVariableIsNotUsedYet() {
        ConfigSchema schema = TestingSettings.guides()
                .laterVariable("GANTRY_LATER", "something else")
                .build();

        assertThat(directory.variable("GANTRY_LATER", "yes").load(schema).notices())
                .containsExactly(
                        "The environment variable GANTRY_LATER is set and not used: something else comes with a later"
                                + " version");
        assertThat(new TestingDirectory(temporary).load(schema).notices()).isEmpty();
    }

    @Test
    void shouldNotLetAKeyBeBothThereAndLater() {
        ConfigSchema.Builder builder = TestingSettings.guides().section("mode", TestingSettings.Tls.class, "Mode");

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mode is declared as later");
    }
}
