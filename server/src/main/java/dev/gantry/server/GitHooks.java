package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gitsync.GitSource;
import dev.gantry.gitsync.GitSources;
import dev.gantry.gitsync.WebhookCall;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.Map;

/** {@code POST /hooks/git/NAME}: a host of repositories says that something was pushed. */
final class GitHooks implements InboundHandler {
    static final String PATH = "/hooks/git/";

    private final GitSources sources;
    private final AuditTrail audit;
    private final Clock clock;

    GitHooks(GitSources sources, AuditTrail audit, Clock clock) {
        this.sources = sources;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public void serve(Inbound inbound) {
        AuditEntry entry = audit.open(inbound.origin(PATH + "{source}", clock));
        try {
            if (!inbound.method().equals("POST")) {
                throw new GantryException(ErrorCode.METHOD_NOT_ALLOWED, inbound.method() + " is not possible here");
            }
            GitSource source = sources.hook(
                    inbound.path().substring(PATH.length()),
                    new WebhookCall(inbound.headers()::get, inbound.requireBody()));
            entry.about("git.hook", "git/" + source.name(), "sync");
            entry.detail("source", AuditDetail.of(source.name()));
            entry.succeed();
            Buffer body = Buffer.buffer(Json.write(Json.object().put("accepted", true)));
            inbound.exchange().send(202, "application/json", Map.of(), body);
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            ApiPipeline.sendProblem(inbound, refusal);
        }
    }
}
