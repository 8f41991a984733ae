package dev.gantry.registry;

import static dev.gantry.registry.TestingCallers.admin;
import static dev.gantry.registry.TestingCallers.developer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.identity.Caller;
import dev.gantry.testing.TestingDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryTablesTest {
    private final TestingRegistry registry = new TestingRegistry();
    private final UUID organization = TestingDatabase.newOrganization();

    @BeforeAll
    void fill() {
        Caller ana = developer(organization, "ana");
        registry.assets().put(admin(organization), AssetKind.PATTERN, "shared/x", "x", new Precondition.None());
        registry.sessions().append(ana, "talk", "q", "a");
    }

    @AfterAll
    void close() {
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"assets", "asset_versions", "sessions", "session_messages"})
    void shouldShowRowsToTheirOrganizationOnly(String table) {
        String count = "SELECT count(*) FROM " + table;
        List<Long> counts = List.of(
                registry.testing()
                        .database()
                        .inOrganization(
                                organization,
                                handle -> handle.createQuery(count)
                                        .mapTo(Long.class)
                                        .one()),
                registry.testing()
                        .database()
                        .inOrganization(
                                TestingDatabase.newOrganization(),
                                handle -> handle.createQuery(count)
                                        .mapTo(Long.class)
                                        .one()),
                registry.testing()
                        .database()
                        .unscoped(handle ->
                                handle.createQuery(count).mapTo(Long.class).one()));

        assertThat(counts.getFirst()).isPositive();
        assertThat(counts.subList(1, 3)).containsOnly(0L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE asset_versions SET content = 'y'",
                "DELETE FROM asset_versions",
                "TRUNCATE asset_versions",
                "DELETE FROM assets",
                "UPDATE assets SET organization_id = gen_random_uuid()"
            })
    void shouldLetNobodyRewriteHistory(String statement) {
        assertThatThrownBy(() ->
                        registry.testing().database().inOrganization(organization, handle -> handle.execute(statement)))
                .hasMessageMatching("(?s).*(permission denied|row-level security).*");
    }
}
