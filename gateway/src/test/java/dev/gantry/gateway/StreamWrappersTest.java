package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A provider's stream is let go at once only if it learns, through all that lies between, that the client was cut off. */
class StreamWrappersTest {
    private final TestingExchange exchange = new TestingExchange();
    private final LateStream late = new LateStream(exchange, Map.of());
    private final ClientStream stream = counted(late);

    private static ClientStream counted(ClientStream client) {
        TestingRoutes routes = TestingRoutes.of("");
        return new CountedStream(
                client, TestingGuard.answers().of(routes.prompt("lonely", true)).begin());
    }

    private void cut() {
        exchange.cut(new GantryException(ErrorCode.UNAUTHENTICATED, "The key was revoked"));
    }

    @Test
    void shouldTellThatTheClientWasCutOff() {
        late.open();
        assertThat(stream.isCut()).isFalse();
        cut();
        assertThat(stream.isGone()).isTrue();
        assertThat(stream.isCut()).isTrue();
    }

    @Test
    void shouldTellItBeforeTheFirstBytesToo() {
        cut();
        assertThat(stream.isCut()).isTrue();
        assertThat(exchange.committed()).as("no head went out").isFalse();
    }

    @Test
    void shouldNotTakeALeavingClientForOneThatWasCutOff() {
        late.open();
        exchange.client.leave();
        assertThat(stream.isGone()).isTrue();
        assertThat(stream.isCut()).isFalse();
    }
}
