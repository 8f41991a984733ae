package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.identity.ProvisionedGroup;
import dev.gantry.identity.ProvisionedUser;
import dev.gantry.identity.Provisioning;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.scim.ScimException;
import dev.gantry.scim.ScimPatch;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * SCIM 2.0 under {@code /scim/v2}: identity providers keep users and groups of the organization in step whose service
 * account's key they bring. Every change is audited; bodies, pages and filters are bounded. Thread-safe.
 */
final class ScimRoute implements InboundHandler {
    static final String BASE = "/scim/v2/";

    private static final String MEDIA_TYPE = "application/scim+json";
    private static final Permission NEEDED = Permission.of("users", "provision");

    private final Identity identity;
    private final ScimLists lists;
    private final RateAdmission limits;
    private final AuditTrail audit;
    private final Clock clock;
    private final Duration commitTimeout;

    ScimRoute(Identity identity, RateAdmission limits, AuditTrail audit, Clock clock, Duration commitTimeout) {
        this.identity = identity;
        this.lists = new ScimLists(identity.provisioning());
        this.limits = limits;
        this.audit = audit;
        this.clock = clock;
        this.commitTimeout = commitTimeout;
    }

    @Override
    public void serve(Inbound inbound) {
        AuditEntry entry = audit.open(inbound.origin(BASE, clock));
        String path = inbound.path().substring(BASE.length());
        String kind = path.startsWith("Groups") ? "group" : "user";
        entry.about("scim." + kind + "." + verb(inbound.method()), "scim/" + path, verb(inbound.method()));
        try {
            Caller caller = entry.by(identity.authenticate(inbound.credentials()));
            caller.require(NEEDED);
            ApiReply reply = ApiPipeline.limited(limits, caller, () -> act(caller, inbound, path, entry));
            if (!inbound.method().equals("GET")) {
                entry.succeed().await(commitTimeout);
            }
            Buffer body = reply.body() == null ? Buffer.buffer() : Buffer.buffer(Json.write(reply.body()));
            inbound.exchange().send(reply.status(), MEDIA_TYPE, reply.headers(), body);
        } catch (ScimException refusal) {
            entry.detail("scim_type", new AuditDetail.Text(refusal.scimType()));
            refuse(
                    inbound,
                    entry,
                    new GantryException(ErrorCode.INVALID_REQUEST, refusal.getMessage()),
                    refusal.status(),
                    refusal.scimType());
        } catch (GantryException refusal) {
            refuse(inbound, entry, refusal, ErrorStatus.of(refusal.code()), scimType(refusal.code()));
        } catch (Throwable crash) {
            GantryException failure = ApiPipeline.crashed(inbound, crash);
            refuse(inbound, entry, failure, 500, "");
        }
    }

    private static String verb(String method) {
        return switch (method) {
            case "POST" -> "create";
            case "PUT" -> "replace";
            case "PATCH" -> "update";
            case "DELETE" -> "delete";
            default -> "read";
        };
    }

    private static String scimType(ErrorCode code) {
        return switch (code) {
            case CONFLICT -> "uniqueness";
            case INVALID_REQUEST -> "invalidValue";
            default -> "";
        };
    }

    private void refuse(Inbound inbound, AuditEntry entry, GantryException refusal, int status, String scimType) {
        ApiPipeline.record(entry, refusal, inbound);
        ObjectNode body = Json.object();
        body.putArray("schemas").add("urn:ietf:params:scim:api:messages:2.0:Error");
        body.put("status", Integer.toString(status)).put("detail", refusal.getMessage());
        if (!scimType.isEmpty()) {
            body.put("scimType", scimType);
        }
        Map<String, String> headers = ApiPipeline.errorHeaders(refusal);
        if (status == 401) {
            headers.put("WWW-Authenticate", "Bearer realm=\"gantry\"");
        }
        inbound.exchange().send(status, MEDIA_TYPE, headers, Buffer.buffer(Json.write(body)));
    }

    private ApiReply act(Caller caller, Inbound inbound, String path, AuditEntry entry) {
        String[] parts = path.split("/", -1);
        String id = parts.length > 1 ? parts[1] : "";
        if (parts.length > 2) {
            throw unknown();
        }
        return switch (parts[0]) {
            case "Users" -> users(caller, inbound, id, entry);
            case "Groups" -> groups(caller, inbound, id, entry);
            case "ServiceProviderConfig" -> about(inbound, ScimSchemas.configuration(ScimLists.COUNT_MAX));
            case "ResourceTypes" -> described(inbound, ScimSchemas.resourceTypes(), id);
            case "Schemas" -> described(inbound, ScimSchemas.schemas(), id);
            case "Bulk" -> throw ScimException.of(501, "Bulk operations are not offered; see ServiceProviderConfig");
            default -> throw unknown();
        };
    }

    private static ApiReply about(Inbound inbound, ObjectNode body) {
        if (!inbound.method().equals("GET")) {
            throw wrongMethod(inbound);
        }
        return ApiReply.ok(body);
    }

    private static ApiReply described(Inbound inbound, ArrayNode all, String id) {
        if (id.isEmpty()) {
            return about(inbound, ScimLists.list(all, all.size(), 1));
        }
        for (var each : all) {
            if (each.path("id").asText().equalsIgnoreCase(id) && each instanceof ObjectNode found) {
                return about(inbound, found);
            }
        }
        throw unknown();
    }

    private ApiReply users(Caller caller, Inbound inbound, String id, AuditEntry entry) {
        Provisioning people = identity.provisioning();
        if (id.isEmpty()) {
            return switch (inbound.method()) {
                case "GET" -> lists.users(caller, query(inbound));
                case "POST" -> createUser(caller, inbound, entry);
                default -> throw wrongMethod(inbound);
            };
        }
        UUID user = parse(id);
        return switch (inbound.method()) {
            case "GET" -> shown(inbound, ScimViews.of(people.user(caller, user).orElseThrow(ScimRoute::missing)));
            case "PUT" -> {
                ObjectNode whole = body(inbound);
                yield changed(caller, inbound, user, entry, present -> whole);
            }
            case "PATCH" -> {
                ObjectNode patch = body(inbound);
                yield changed(caller, inbound, user, entry, present -> ScimPatch.apply(ScimViews.of(present), patch));
            }
            case "DELETE" -> {
                people.user(caller, user)
                        .ifPresent(present ->
                                ScimNotes.deleted(entry, identity.users().show(caller, user.toString())));
                people.deleteUser(caller, user);
                yield ApiReply.noContent();
            }
            default -> throw wrongMethod(inbound);
        };
    }

    private ApiReply createUser(Caller caller, Inbound inbound, AuditEntry entry) {
        Provisioning.UserData data = ScimViews.user(body(inbound), true);
        ScimNotes.user(entry, null, data);
        entry.object(data.name().replace('/', '_'));
        ProvisionedUser made = identity.provisioning().createUser(caller, data);
        entry.object(made.principal().id() + "/" + made.principal().name());
        return created(ScimViews.of(made));
    }

    private ApiReply changed(
            Caller caller, Inbound inbound, UUID user, AuditEntry entry, Function<ProvisionedUser, ObjectNode> change) {
        return ok(ScimViews.of(identity.provisioning().changeUser(caller, user, version(inbound), present -> {
            entry.object(present.principal().name());
            Provisioning.UserData data =
                    ScimViews.user(change.apply(present), present.principal().active());
            ScimNotes.user(entry, present.principal(), data);
            return data;
        })));
    }

    private ApiReply groups(Caller caller, Inbound inbound, String id, AuditEntry entry) {
        Provisioning people = identity.provisioning();
        if (id.isEmpty()) {
            return switch (inbound.method()) {
                case "GET" -> lists.groups(caller, query(inbound));
                case "POST" -> createGroup(caller, inbound, entry);
                default -> throw wrongMethod(inbound);
            };
        }
        UUID group = parse(id);
        return switch (inbound.method()) {
            case "GET" ->
                shown(
                        inbound,
                        ScimViews.of(people.group(caller, group, ScimLists.isShown("members", query(inbound)))
                                .orElseThrow(ScimRoute::missing)));
            case "PUT" -> {
                ObjectNode whole = body(inbound);
                yield changedGroup(caller, inbound, group, entry, present -> whole);
            }
            case "PATCH" -> {
                ObjectNode patch = body(inbound);
                yield changedGroup(
                        caller, inbound, group, entry, present -> ScimPatch.apply(ScimViews.of(present), patch));
            }
            case "DELETE" -> {
                people.group(caller, group, true).ifPresent(present -> ScimNotes.deleted(entry, present));
                people.deleteGroup(caller, group);
                yield ApiReply.noContent();
            }
            default -> throw wrongMethod(inbound);
        };
    }

    private ApiReply createGroup(Caller caller, Inbound inbound, AuditEntry entry) {
        Provisioning.GroupData data = ScimViews.group(body(inbound));
        ScimNotes.group(entry, null, data);
        ProvisionedGroup made = identity.provisioning().createGroup(caller, data);
        entry.object(made.group().id().toString());
        return created(ScimViews.of(made));
    }

    private ApiReply changedGroup(
            Caller caller,
            Inbound inbound,
            UUID group,
            AuditEntry entry,
            Function<ProvisionedGroup, ObjectNode> change) {
        return ok(ScimViews.of(identity.provisioning().changeGroup(caller, group, version(inbound), present -> {
            Provisioning.GroupData data = ScimViews.group(change.apply(present));
            ScimNotes.group(entry, present, data);
            return data;
        })));
    }

    private static ApiReply shown(Inbound inbound, ObjectNode body) {
        // The entity tag is taken from the whole resource.
        ApiReply reply = ok(body);
        ScimLists.shown(query(inbound), body);
        return reply;
    }

    private static ApiReply ok(ObjectNode body) {
        return ApiReply.ok(body)
                .withHeader("ETag", body.path("meta").path("version").asText());
    }

    private static ApiReply created(ObjectNode body) {
        return ApiReply.created(body, body.path("meta").path("location").asText())
                .withHeader("ETag", body.path("meta").path("version").asText());
    }

    private static ObjectNode body(Inbound inbound) {
        ObjectNode body = Json.readObject(inbound.requireBody());
        JsonFields.of(body).refuseUnstorable();
        return body;
    }

    private static @Nullable Long version(Inbound inbound) {
        String tag = inbound.headers().get("If-Match");
        if (tag == null || tag.strip().equals("*")) {
            return null;
        }
        String digits = tag.replaceFirst("^W/", "").replace("\"", "").strip();
        return digits.matches("\\d{1,18}") ? Long.valueOf(digits) : Long.valueOf(-1);
    }

    private static UUID parse(String id) {
        try {
            return Ids.parse("id", id);
        } catch (GantryException noId) {
            throw missing();
        }
    }

    private static Map<String, String> query(Inbound inbound) {
        Map<String, String> query = new HashMap<>();
        String text = inbound.query();
        for (String pair : text == null ? new String[0] : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw ScimException.invalidValue("The query is not encoded as it should be");
        }
    }

    private static ScimException missing() {
        return ScimException.of(404, "There is no such resource");
    }

    private static ScimException unknown() {
        return ScimException.of(404, "There is no such endpoint; /scim/v2/ResourceTypes lists what there is");
    }

    private static ScimException wrongMethod(Inbound inbound) {
        return ScimException.of(405, inbound.method() + " is not possible here");
    }
}
