package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Json;
import dev.gantry.testing.RowLevelSecurityCheck;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How runs lie in the database. */
class RunStorageTest {
    private static TestingRuns node;

    @BeforeAll
    static void open() {
        node = new TestingRuns();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void shouldStoreNothingReadableAndKeepLargeOutputsOutside() throws Exception {
        String secret = "secret-" + "s".repeat(10_000);
        UUID run = node.start(Flows.workflow("steps.a.output.echo", Flows.pattern("a", "inputs.x")), secret);

        RunView view = node.over(run);

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", secret));
        long readable = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("""
                                SELECT count(*) FROM run_steps s JOIN runs r ON r.id = s.run_id
                                WHERE r.id = :run AND (encode(coalesce(s.output, ''), 'escape') LIKE '%secret-%'
                                    OR encode(r.inputs, 'escape') LIKE '%secret-%')
                                """)
                                .bind("run", run)
                                .mapTo(Long.class)
                                .one());
        String reference = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("SELECT output_ref FROM run_steps WHERE run_id = :run")
                                .bind("run", run)
                                .mapTo(String.class)
                                .one());
        assertThat(readable).isZero();
        assertThat(reference).contains(run.toString());
    }

    @Test
    void shouldKeepOrganizationsApart() {
        assertThat(new RowLevelSecurityCheck(
                                node.database.superuserJdbcUrl(),
                                Set.of("job_tasks", "master_keys", "master_key_nodes"))
                        .verify())
                .contains("runs", "run_steps", "run_events", "run_journal", "run_cache");
    }
}
