package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.metering.Model;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetPage;
import dev.gantry.registry.AssetQuery;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Precondition;
import dev.gantry.registry.Registry;
import dev.gantry.registry.SessionMessage;
import dev.gantry.registry.SessionPage;
import dev.gantry.registry.SessionSummary;
import dev.gantry.registry.ShortNames;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The REST interface of Fabric below {@code /compat/fabric}, for its own clients: the registry, sessions and models as they
 * know them. What is written goes into the caller's own namespace unless the name says another. Everything is authenticated,
 * limited and, where it changes something, audited like the rest.
 */
final class FabricApi implements InboundHandler {
    static final String PATH = "/compat/fabric/";

    private static final int NAMES_MAX = 20_000;
    private static final Map<String, AssetKind> KINDS =
            Map.of("patterns", AssetKind.PATTERN, "contexts", AssetKind.CONTEXT);

    private final Foundation base;
    private final RateAdmission limits;
    private final Router router;
    private final Registry registry;
    private final FabricChat chat;
    private final Duration commitTimeout;

    FabricApi(
            Foundation base,
            RateAdmission limits,
            Router router,
            Registry registry,
            FabricChat chat,
            Duration commitTimeout) {
        this.base = base;
        this.limits = limits;
        this.router = router;
        this.registry = registry;
        this.chat = chat;
        this.commitTimeout = commitTimeout;
    }

    @Override
    public void serve(Inbound inbound) {
        if (inbound.path().equals(FabricChat.PATH) && inbound.method().equals("POST")) {
            chat.serve(inbound);
            return;
        }
        AuditEntry entry = base.audit().open(inbound.origin(PATH, base.clock()));
        try {
            Caller caller = entry.by(base.identity().authenticate(inbound.credentials()));
            List<String> path = path(inbound);
            boolean changes = !inbound.method().equals("GET") && !isApplication(inbound, path);
            if (changes) {
                entry.about(
                        (path.getFirst().equals("contexts")
                                        ? "context"
                                        : path.getFirst().equals("sessions") ? "session" : "pattern")
                                + "." + (inbound.method().equals("DELETE") ? "delete" : "update"),
                        String.join("/", path),
                        inbound.method().toLowerCase(Locale.ROOT));
            }
            ApiReply reply = ApiPipeline.limited(limits, caller, () -> answer(caller, inbound, path));
            if (changes) {
                entry.succeed().await(commitTimeout);
            }
            ApiPipeline.send(inbound.exchange(), reply);
        } catch (GantryException refusal) {
            refuse(inbound, entry, refusal);
        } catch (Throwable crash) {
            refuse(inbound, entry, ApiPipeline.crashed(inbound, crash));
        }
    }

    /** Whether a pattern is only filled in with values. */
    private static boolean isApplication(Inbound inbound, List<String> path) {
        return inbound.method().equals("POST")
                && path.size() > 2
                && path.getFirst().equals("patterns")
                && path.getLast().equals("apply");
    }

    private static void refuse(Inbound inbound, AuditEntry entry, GantryException refusal) {
        ApiPipeline.record(entry, refusal, inbound);
        inbound.exchange()
                .send(
                        ErrorStatus.of(refusal.code()),
                        "application/json",
                        ApiPipeline.errorHeaders(refusal),
                        Buffer.buffer(Json.write(FabricFormat.error(refusal))));
    }

    private static List<String> path(Inbound inbound) {
        try {
            List<String> parts = new ArrayList<>();
            for (String part : inbound.path().substring(PATH.length()).split("/")) {
                parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
            if (parts.isEmpty()) {
                throw unknown();
            }
            return parts;
        } catch (IllegalArgumentException malformed) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "The path is not encoded as an address must be", malformed);
        }
    }

    private ApiReply answer(Caller caller, Inbound inbound, List<String> path) {
        AssetKind kind = KINDS.get(path.getFirst());
        List<String> rest = path.subList(1, path.size());
        String method = inbound.method();
        if (kind != null && !rest.isEmpty()) {
            return assets(caller, inbound, kind, rest);
        }
        if (path.getFirst().equals("sessions") && !rest.isEmpty()) {
            return sessions(caller, inbound, rest);
        }
        if (method.equals("GET") && path.equals(List.of("models", "names"))) {
            return models(caller);
        }
        if (method.equals("GET") && path.equals(List.of("strategies"))) {
            return strategies(caller);
        }
        throw unknown();
    }

    private ApiReply assets(Caller caller, Inbound inbound, AssetKind kind, List<String> rest) {
        String name = String.join("/", rest);
        String after = String.join("/", rest.subList(1, rest.size()));
        return switch (inbound.method()) {
            case "GET" ->
                name.equals("names")
                        ? ApiReply.ok(array(names(caller, kind)))
                        : rest.size() > 1 && rest.getFirst().equals("exists")
                                ? ApiReply.ok(BooleanNode.valueOf(exists(caller, kind, after)))
                                : ApiReply.ok(view(kind, registry.assets().get(caller, kind, name), null));
            case "POST" ->
                rest.size() > 1 && rest.getLast().equals("apply") && kind == AssetKind.PATTERN
                        ? apply(caller, inbound, String.join("/", rest.subList(0, rest.size() - 1)))
                        : put(caller, kind, name, new String(inbound.requireBody(), StandardCharsets.UTF_8));
            case "DELETE" -> {
                registry.assets().delete(caller, kind, name, new Precondition.Exists());
                yield done();
            }
            case "PUT" -> {
                if (rest.size() != 3 || !rest.getFirst().equals("rename")) {
                    throw unknown();
                }
                yield rename(caller, kind, rest.get(1), rest.get(2));
            }
            default ->
                throw new GantryException(ErrorCode.METHOD_NOT_ALLOWED, inbound.method() + " is not possible here");
        };
    }

    /** The new name gets the text; the old one is deleted, and keeps its versions on record. */
    private ApiReply rename(Caller caller, AssetKind kind, String before, String after) {
        registry.assets().rename(caller, kind, before, after);
        return done();
    }

    private ApiReply put(Caller caller, AssetKind kind, String name, String content) {
        registry.assets().put(caller, kind, name, content, new Precondition.None());
        return done();
    }

    private ApiReply apply(Caller caller, Inbound inbound, String name) {
        JsonFields body = JsonFields.of(Json.readObject(inbound.requireJsonBody()));
        String input = body.text("input");
        AssembledPrompt prompt = registry.assembler()
                .assemble(
                        caller,
                        new ExecutionRequest(
                                name,
                                input == null ? "" : input,
                                null,
                                FabricChat.variables(body),
                                false,
                                null,
                                null,
                                null,
                                false,
                                null,
                                null,
                                null,
                                null,
                                null));
        return ApiReply.ok(view(AssetKind.PATTERN, prompt.pattern(), prompt.system()));
    }

    private Set<String> names(Caller caller, AssetKind kind) {
        Set<AssetName> all = all(caller, kind);
        Set<String> names = new TreeSet<>();
        all.forEach(name -> names.add(ShortNames.of(caller, name, all)));
        return names;
    }

    private Set<AssetName> all(Caller caller, AssetKind kind) {
        Set<AssetName> all = new LinkedHashSet<>();
        String cursor = null;
        do {
            AssetPage page = registry.assets()
                    .list(caller, new AssetQuery(kind, null, List.of(), null, null, cursor, AssetQuery.LIMIT_MAX));
            page.assets().forEach(asset -> all.add(asset.name()));
            cursor = page.nextCursor();
        } while (cursor != null && all.size() < NAMES_MAX);
        return all;
    }

    private boolean exists(Caller caller, AssetKind kind, String name) {
        try {
            registry.assets().get(caller, kind, name);
            return true;
        } catch (GantryException refused) {
            if (refused.code().kind() == ErrorCode.Kind.CALLER) {
                return false;
            }
            throw refused;
        }
    }

    private static ObjectNode view(AssetKind kind, AssetVersion asset, @Nullable String text) {
        ObjectNode view = Json.object().put("Name", asset.name().path());
        String content = text == null ? asset.body() : text;
        return kind == AssetKind.CONTEXT
                ? view.put("Content", content)
                : view.put("Description", asset.description()).put("Pattern", content);
    }

    private ApiReply sessions(Caller caller, Inbound inbound, List<String> rest) {
        String name = String.join("/", rest);
        return switch (inbound.method()) {
            case "GET" -> {
                if (name.equals("names")) {
                    yield ApiReply.ok(array(sessionNames(caller)));
                }
                if (rest.size() == 2 && rest.getFirst().equals("exists")) {
                    yield ApiReply.ok(BooleanNode.valueOf(sessionNames(caller).contains(rest.getLast())));
                }
                ObjectNode view = Json.object().put("Name", name);
                ArrayNode messages = view.putArray("Messages");
                for (SessionMessage message : registry.sessions().get(caller, name)) {
                    messages.addObject()
                            .put("role", message.speaker().name().toLowerCase(Locale.ROOT))
                            .put("content", message.text());
                }
                yield ApiReply.ok(view);
            }
            case "DELETE" -> {
                registry.sessions().delete(caller, name);
                yield done();
            }
            default ->
                throw new GantryException(
                        ErrorCode.METHOD_NOT_ALLOWED,
                        "Sessions are written by what is said in them (sessionName of /chat)");
        };
    }

    private Set<String> sessionNames(Caller caller) {
        Set<String> names = new TreeSet<>();
        String after = null;
        do {
            SessionPage page = registry.sessions().list(caller, after, 500);
            page.sessions().stream().map(SessionSummary::name).forEach(names::add);
            after = page.nextAfter();
        } while (after != null && names.size() < NAMES_MAX);
        return names;
    }

    private ApiReply models(Caller caller) {
        Map<String, List<String>> vendors = new TreeMap<>();
        ObjectNode body = Json.object();
        ArrayNode names = body.putArray("models");
        for (Model model : ModelsRoute.usable(router, caller)) {
            names.add(model.name());
            vendors.computeIfAbsent(model.provider(), _ -> new ArrayList<>()).add(model.name());
        }
        ObjectNode groups = body.putObject("vendors");
        vendors.forEach((vendor, models) -> models.forEach(groups.withArrayProperty(vendor)::add));
        return ApiReply.ok(body);
    }

    private ApiReply strategies(Caller caller) {
        ArrayNode list = Json.mapper().createArrayNode();
        Set<AssetName> all = all(caller, AssetKind.STRATEGY);
        Map<String, AssetName> named = new TreeMap<>();
        all.forEach(name -> named.put(ShortNames.of(caller, name, all), name));
        named.forEach((shown, name) -> strategy(caller, name)
                .ifPresent(strategy -> list.addObject()
                        .put("name", shown)
                        .put("description", strategy.description())
                        .put("prompt", strategy.body())));
        return ApiReply.ok(list);
    }

    /** Returns a strategy that was listed, unless it has gone meanwhile. */
    private Optional<AssetVersion> strategy(Caller caller, AssetName name) {
        try {
            return Optional.of(registry.assets().get(caller, AssetKind.STRATEGY, name.toString()));
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.NOT_FOUND || refused.code() == ErrorCode.PERMISSION_DENIED) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private static ArrayNode array(Set<String> names) {
        ArrayNode array = Json.mapper().createArrayNode();
        names.forEach(array::add);
        return array;
    }

    private static ApiReply done() {
        return ApiReply.ok(Json.object());
    }

    private static GantryException unknown() {
        return new GantryException(
                ErrorCode.UNKNOWN_ENDPOINT,
                "There is no such path of Fabric here; there are patterns, contexts, sessions, models/names, strategies and"
                        + " chat. Keys and providers are configured, and not by clients");
    }
}
