package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Ids;
import dev.gantry.metering.UsageLedger;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private final TestingDatabase testing = TestingDatabase.open("metering");
    private final TestingRoutes routes = TestingRoutes.of("");
    private final Settlement settlement = new Settlement(routes.router, new UsageLedger(testing.database()));

    @AfterEach
    void close() {
        testing.close();
    }

    private void answer() {
        Answered answered = routes.ask("lonely");
        Ask ask = answered.route().ask();
        settlement.record(ask, settlement.settle(answered)).await(Eventually.PATIENCE);
    }

    private long lines() {
        return testing.database()
                .inOrganization(
                        TestingRoutes.ORGANIZATION,
                        handle -> handle.createQuery("SELECT count(*) FROM usage")
                                .mapTo(Long.class)
                                .one());
    }

    @Test
    void shouldCountWorkOnceThatIsDoneTwice() {
        routes.executionId = Ids.next();
        answer();
        answer();
        assertThat(lines()).isEqualTo(1);

        routes.executionId = Ids.next();
        answer();
        assertThat(lines()).isEqualTo(2);
    }

    @Test
    void shouldCountEveryExecutionOfAllOther() {
        answer();
        answer();
        assertThat(lines()).isEqualTo(2);
    }

    @Test
    void shouldCountWhatAFailedAttemptConsumedApartFromTheAnswer() {
        routes.executionId = Ids.next();
        routes.one.dies();
        answer();
        assertThat(routes.executionId).isNotNull();
        answer();
        assertThat(lines()).isEqualTo(2);
        routes.one.fails(1, Failure.REJECTED);
        answer();
        assertThat(lines()).as("nothing was consumed").isEqualTo(2);
    }
}
