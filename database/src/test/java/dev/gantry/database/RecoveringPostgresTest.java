package dev.gantry.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A node that starts before its database is ready. */
class RecoveringPostgresTest {
    @Test
    void shouldWaitForAServerThatRecovers() throws IOException {
        ConnectionTarget target = SharedPostgres.newDatabase();
        try (TestingProxy proxy = TestingProxy.before(target)) {
            proxy.recover(3);
            try (Database database = Database.open(proxy.through(target))) {
                assertThat(proxy.refusalsLeft()).isZero();
                assertThat(database.isReady()).isTrue();
            }
        }
    }
}
