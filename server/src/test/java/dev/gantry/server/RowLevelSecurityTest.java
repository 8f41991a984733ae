package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.testing.RowLevelSecurityCheck;
import dev.gantry.testing.TestingDatabase;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowLevelSecurityTest {
    /**
     * Hashes over all organizations, which of them wrote when, and how far they are verified (docs/audit.md); the nodes that run; identifiers of what is
     * due; hashes of what counts once or failed when signing in. */
    private static final Set<String> OF_NO_ORGANIZATION = Set.of(
            "audit_chains",
            "audit_inbox",
            "audit_log",
            "audit_log_nodes",
            "audit_checkpoints",
            "audit_sinks",
            "audit_verification",
            "job_tasks",
            "master_keys",
            "master_key_nodes",
            "quota_nodes",
            "signin_used",
            "signin_failures");

    @Test
    void shouldHideEveryTableFromOtherTenantsAndFromNone() {
        try (TestingDatabase database = TestingDatabase.open(Foundation.MIGRATIONS.toArray(String[]::new))) {
            Set<String> checked = new RowLevelSecurityCheck(database.superuserJdbcUrl(), OF_NO_ORGANIZATION).verify();
            assertThat(checked)
                    .contains(
                            "api_keys", "assets", "audit_events", "audit_events_other", "usage", "idempotent_requests");
        }
    }
}
