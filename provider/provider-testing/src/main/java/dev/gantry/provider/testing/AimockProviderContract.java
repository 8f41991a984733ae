package dev.gantry.provider.testing;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.UpstreamHttp;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract against a mock that others wrote, so that our idea of an interface is not only our own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
public abstract class AimockProviderContract extends ChatProviderContract {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final UpstreamHttp http = new UpstreamHttp(vertx);
    private @Nullable Aimock aimock;
    private @Nullable ChatProvider provider;

    /** Makes the provider under test. */
    protected abstract ChatProvider provider(URI address, UpstreamHttp client);

    @BeforeAll
    final void open() throws IOException, InterruptedException {
        Aimock started = Aimock.start();
        aimock = started;
        provider = provider(started.address(), http);
    }

    @AfterAll
    final void close() {
        if (provider != null) {
            provider.close();
        }
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        if (aimock != null) {
            aimock.close();
        }
    }

    @Override
    protected final ChatProvider provider() {
        return Objects.requireNonNull(provider);
    }

    @Override
    protected String model() {
        return "some-model";
    }

    @Override
    protected String jsonModel() {
        return "answers-in-json";
    }

    @Override
    protected boolean expectToolCall(String arguments) {
        return true;
    }

    @Override
    protected boolean expectJson(String json) {
        return true;
    }
}
