package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Ask;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.Guarded;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Plan;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Router;
import dev.gantry.gateway.Settled;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.quota.Admittance;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Registry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request to run a pattern. Used by one thread. */
final class ExecuteAsk implements Ask {
    private final Origin origin;
    private final Credentials credentials;
    private final Supplier<byte[]> body;
    private final boolean wantsEvents;
    private final Exchange exchange;
    private final RateAdmission limits;
    private final Router router;
    private final Registry registry;
    private final ReplyFormat format;
    private @Nullable ExecutionRequest request;
    private @Nullable AssembledPrompt assembled;

    /**
     * A request.
     *
     * @param body the JSON of the request, read when the caller is known
     * @param wantsEvents whether the answer is wanted as a stream, whatever the body says
     */
    ExecuteAsk(
            Origin origin,
            Credentials credentials,
            Supplier<byte[]> body,
            boolean wantsEvents,
            Exchange exchange,
            RateAdmission limits,
            Router router,
            Registry registry,
            ReplyFormat format) {
        this.origin = origin;
        this.credentials = credentials;
        this.body = body;
        this.wantsEvents = wantsEvents;
        this.exchange = exchange;
        this.limits = limits;
        this.router = router;
        this.registry = registry;
        this.format = format;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public Prompt prepare(Caller caller) {
        ExecutionRequest read = ExecutionRequest.parse(Json.readObject(body.get()));
        AssembledPrompt prompt = registry.assembler().assemble(caller, read);
        request = read;
        assembled = prompt;
        AssetName name = prompt.pattern().name();
        ChatRequest conversation = prompt.chat()
                .withModel(prompt.model() == null ? router.defaultModel() : prompt.model())
                .withStream(read.stream() || wantsEvents);
        return new Prompt.Composed(
                conversation,
                new Prompt.Subject(
                        read.dryRun() ? "pattern.dry_run" : "pattern.execute",
                        name.toString(),
                        prompt.pattern().version(),
                        List.of(Permission.of("patterns", "execute", name.namespace(), name.path())),
                        read.model() != null),
                prompt.warnings());
    }

    @Override
    public boolean wantsPreview() {
        return request != null && request.dryRun();
    }

    /** Counts as a request of the caller, like any other operation that asks no model. */
    @Override
    public Preview preview(Caller caller, Plan plan, Guard.Preview passed) {
        ExecutionRequest read = Objects.requireNonNull(request, "prepared before");
        AssembledPrompt prompt = Objects.requireNonNull(assembled, "prepared before");
        Admittance admittance = limits.admit(caller);
        try {
            ObjectNode body = ExecutePreview.describe(router, caller, read.model() != null, prompt, plan, passed);
            return new Preview(Buffer.buffer(Json.write(body)), admittance.headers());
        } finally {
            admittance.settle(0);
        }
    }

    @Override
    public ReplyFormat format() {
        return format;
    }

    @Override
    public Exchange exchange() {
        return exchange;
    }

    /** Adds the exchange to the caller's session, before the caller learns that the answer is complete. */
    @Override
    public void answered(Settled settled, @Nullable ChatAnswer answer, Guarded guarded) {
        ExecutionRequest read = request;
        AssembledPrompt prompt = assembled;
        if (read != null && prompt != null && prompt.session() != null && answer != null) {
            registry.sessions()
                    .append(
                            settled.caller(),
                            prompt.session(),
                            guarded.stored(read.input()),
                            guarded.stored(answer.text()));
        }
    }
}
