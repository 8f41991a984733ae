package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.config.Durations;
import dev.gantry.identity.ApiKey;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.IssuedKey;
import dev.gantry.identity.KeyQuery;
import dev.gantry.identity.KeyRequest;
import dev.gantry.identity.Permission;
import dev.gantry.identity.RoleAssignment;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.JsonFields;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on API keys, roles and who has them. */
final class AccessApi {
    private final Identity identity;

    AccessApi(Identity identity) {
        this.identity = identity;
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        keys(handlers);
        roles(handlers);
        handlers.put("explainAccess", this::explain);
        return handlers;
    }

    private void keys(Map<String, ApiHandler> handlers) {
        handlers.put(
                "listKeys",
                (caller, request) -> IdentityViews.page(
                        identity.keys().list(caller, query(request), IdentityViews.page(request)), IdentityViews::of));
        handlers.put("createKey", this::createKey);
        handlers.put(
                "getKey",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.keys().show(caller, request.id("key")))));
        handlers.put(
                "rotateKey",
                (caller, request) -> ApiReply.ok(issued(
                        identity.keys().rotate(caller, request.id("key"), duration(request.fields(), "overlap")))));
        handlers.put(
                "retireKeySecret",
                (caller, request) -> ApiReply.ok(IdentityViews.of(
                        identity.keys().retireSecret(caller, request.id("key"), request.id("secret")))));
        handlers.put(
                "revokeKey",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.keys().revoke(caller, request.id("key")))));
    }

    private static KeyQuery query(ApiRequest request) {
        String state = request.query("state");
        boolean revokedToo = "true".equals(request.query("revoked"));
        return new KeyQuery(
                request.query("principal"),
                request.query("team"),
                request.query("project"),
                request.query("search"),
                state != null
                        ? KeyQuery.State.valueOf(state.toUpperCase(Locale.ROOT))
                        : revokedToo ? KeyQuery.State.ANY : null);
    }

    private ApiReply createKey(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String owner = fields.text("principal");
        request.noteObject(owner == null ? caller.principal() : owner);
        IssuedKey issued = identity.keys()
                .create(
                        caller,
                        new KeyRequest(
                                fields.requireText("name"),
                                owner,
                                fields.text("team"),
                                fields.text("project"),
                                fields.has("permissions") ? fields.texts("permissions") : null,
                                instant(fields, "expires_at")));
        ApiKey key = issued.key();
        request.noteObject(key.id().toString(), key.principal());
        request.note("expires_at", AuditDetail.of(String.valueOf(key.expiresAt() == null ? "never" : key.expiresAt())));
        request.note("restricted", AuditDetail.of(key.permissions() != null));
        if (key.permissions() != null) {
            request.note("permissions", key.permissions());
        }
        return ApiReply.created(issued(issued), "/api/v1/keys/" + key.id());
    }

    /** The only place where the text of a key leaves the server. */
    private static ObjectNode issued(IssuedKey issued) {
        return IdentityViews.of(issued.key()).put("key", issued.text().reveal());
    }

    private void roles(Map<String, ApiHandler> handlers) {
        handlers.put(
                "listRoles",
                (caller, request) -> ApiReply.page(
                        identity.roles().list(caller).stream()
                                .map(IdentityViews::of)
                                .toList(),
                        null));
        handlers.put(
                "getRole",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.roles().show(caller, request.path("role")))));
        handlers.put("createRole", (caller, request) -> {
            JsonFields fields = request.fields();
            request.noteObject(fields.requireText("name"));
            request.note("permissions", fields.texts("permissions"));
            var role = identity.roles()
                    .create(caller, fields.requireText("name"), orEmpty(fields), fields.texts("permissions"));
            return ApiReply.created(IdentityViews.of(role), "/api/v1/roles/" + role.name());
        });
        handlers.put("updateRole", (caller, request) -> {
            JsonFields fields = request.fields();
            List<String> after = fields.texts("permissions");
            List<String> before =
                    identity.roles().show(caller, request.path("role")).permissions();
            request.note("permissions_added", without(after, before));
            request.note("permissions_removed", without(before, after));
            return ApiReply.ok(
                    IdentityViews.of(identity.roles().update(caller, request.path("role"), orEmpty(fields), after)));
        });
        handlers.put("deleteRole", (caller, request) -> {
            request.note(
                    "permissions_removed",
                    identity.roles().show(caller, request.path("role")).permissions());
            identity.roles().delete(caller, request.path("role"));
            return ApiReply.noContent();
        });
        handlers.put(
                "listRoleAssignments",
                (caller, request) -> IdentityViews.page(
                        identity.roles().assignments(caller, IdentityViews.page(request)), IdentityViews::of));
        handlers.put("createRoleAssignment", this::assign);
        handlers.put("deleteRoleAssignment", (caller, request) -> {
            note(request, identity.roles().unassign(caller, Ids.parse("assignment", request.path("assignment"))));
            return ApiReply.noContent();
        });
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(each -> !others.contains(each)).distinct().toList();
    }

    private ApiReply assign(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String role = fields.requireText("role");
        String user = fields.text("user");
        String group = fields.text("group");
        if ((user == null) == (group == null)) {
            throw fields.invalid("user", "or 'group' must be given, and not both");
        }
        request.note("role", AuditDetail.of(role));
        if (user != null) {
            request.noteObject(user);
        } else {
            request.note("group", AuditDetail.of(fields.requireText("group")));
        }
        RoleAssignment assignment = user != null
                ? identity.roles().assignToUser(caller, role, user)
                : identity.roles().assignToGroup(caller, role, fields.requireText("group"));
        note(request, assignment);
        return ApiReply.created(IdentityViews.of(assignment), "/api/v1/role-assignments/" + assignment.id());
    }

    /** Which role, and whose. */
    private static void note(ApiRequest request, RoleAssignment assignment) {
        List<String> object = new ArrayList<>();
        if (!request.path().containsKey("assignment")) {
            object.add(String.valueOf(assignment.id()));
        }
        if (assignment.user() != null) {
            object.add(assignment.user());
        }
        request.noteObject(object.toArray(String[]::new));
        request.note("role", AuditDetail.of(assignment.role()));
        if (assignment.group() != null) {
            request.note("group", AuditDetail.of(assignment.group()));
        }
    }

    /** About oneself everybody may ask; about others, who may see them. */
    private ApiReply explain(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String principal = fields.text("principal");
        if (principal != null) {
            caller.require(Permission.of("users", "read"));
        }
        return ApiReply.ok(IdentityViews.of(identity.users()
                .explain(
                        caller,
                        principal == null ? caller.principalId().toString() : principal,
                        fields.requireText("permission"))));
    }

    private static String orEmpty(JsonFields fields) {
        String text = fields.text("description");
        return text == null ? "" : text;
    }

    private static @Nullable Instant instant(JsonFields fields, String name) {
        String text = fields.text(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException malformed) {
            throw fields.invalid(name, "must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static @Nullable Duration duration(JsonFields fields, String name) {
        String text = fields.text(name);
        if (text == null) {
            return null;
        }
        Duration duration = Durations.parse(text, "");
        if (duration == null) {
            throw fields.invalid(name, "must be a duration such as 24h or 30d");
        }
        return duration;
    }
}
