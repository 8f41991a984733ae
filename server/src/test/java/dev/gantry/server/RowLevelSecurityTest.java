package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.testing.RowLevelSecurityCheck;
import dev.gantry.testing.TestingDatabase;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowLevelSecurityTest {
    @Test
    void shouldHideEveryTableFromOtherTenantsAndFromNone() {
        try (TestingDatabase database = TestingDatabase.open(Foundation.MIGRATIONS.toArray(String[]::new))) {
            Set<String> checked = new RowLevelSecurityCheck(database.superuserJdbcUrl(), Set.of()).verify();
            assertThat(checked).contains("api_keys", "assets", "audit_events", "usage", "idempotent_requests");
        }
    }
}
