package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.AccessExplanation;
import dev.gantry.identity.ApiKey;
import dev.gantry.identity.Group;
import dev.gantry.identity.Organization;
import dev.gantry.identity.Page;
import dev.gantry.identity.PageRequest;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalDetails;
import dev.gantry.identity.Role;
import dev.gantry.identity.RoleAssignment;
import dev.gantry.identity.Team;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How identity's records look in the API. */
final class IdentityViews {
    private static final int LIMIT_DEFAULT = 50;

    private IdentityViews() {}

    static PageRequest page(ApiRequest request) {
        return new PageRequest(
                Math.min(request.query("limit", LIMIT_DEFAULT), PageRequest.LIMIT_MAX), request.query("cursor"));
    }

    static <T> ApiReply page(Page<T> page, Function<T, ObjectNode> view) {
        return ApiReply.page(page.items().stream().map(view).toList(), page.nextCursor());
    }

    static ObjectNode of(Organization organization) {
        return Json.object()
                .put("id", organization.id().toString())
                .put("name", organization.name())
                .put("status", organization.status().id())
                .put("status_since", organization.statusSince().toString())
                .put("created_at", organization.createdAt().toString());
    }

    static ObjectNode of(Team team) {
        return Json.object()
                .put("id", team.id().toString())
                .put("name", team.name())
                .put("description", team.description())
                .put("active", team.active())
                .put("created_at", team.createdAt().toString());
    }

    static ObjectNode of(Group group) {
        return Json.object()
                .put("id", group.id().toString())
                .put("name", group.name())
                .put("description", group.description())
                .put("created_at", group.createdAt().toString());
    }

    static ObjectNode of(Principal principal) {
        return Json.object()
                .put("id", principal.id().toString())
                .put("kind", principal.kind().name().toLowerCase(Locale.ROOT))
                .put("name", principal.name())
                .put("display_name", principal.displayName())
                .put("active", principal.active())
                .put("created_at", principal.createdAt().toString());
    }

    static ObjectNode of(PrincipalDetails details) {
        ObjectNode node = of(details.principal());
        node.set("teams", texts(details.teams()));
        node.set("groups", texts(details.groups()));
        node.set("roles", texts(details.roles()));
        node.set("permissions", texts(details.permissions()));
        return node;
    }

    static ObjectNode of(Role role) {
        ObjectNode node = Json.object()
                .put("name", role.name())
                .put("description", role.description())
                .put("origin", role.origin().name().toLowerCase(Locale.ROOT));
        node.set("permissions", texts(role.permissions()));
        return node;
    }

    static ObjectNode of(RoleAssignment assignment) {
        return Json.object()
                .put("id", assignment.id() == null ? null : assignment.id().toString())
                .put("role", assignment.role())
                .put("user", assignment.user())
                .put("group", assignment.group())
                .put("created_at", time(assignment.createdAt()));
    }

    static ObjectNode of(AccessExplanation explanation) {
        ObjectNode node = Json.object()
                .put("principal", explanation.principal())
                .put("permission", explanation.permission().toString())
                .put("allowed", explanation.allowed())
                .put("reason", explanation.reason());
        ArrayNode grants = node.putArray("grants");
        for (AccessExplanation.Grant grant : explanation.grants()) {
            grants.addObject()
                    .put("permission", grant.permission())
                    .put("role", grant.role())
                    .put("origin", grant.origin().name().toLowerCase(Locale.ROOT))
                    .put("group", grant.group());
        }
        node.set("near", texts(explanation.near()));
        return node;
    }

    static ObjectNode of(ApiKey key) {
        ObjectNode node = Json.object()
                .put("id", key.id().toString())
                .put("prefix", key.prefix())
                .put("name", key.name())
                .put("principal", key.principal())
                .put("team", key.team())
                .put("project", key.project())
                .put("created_at", key.createdAt().toString())
                .put("expires_at", time(key.expiresAt()))
                .put("revoked_at", time(key.revokedAt()))
                .put("last_used_at", time(key.lastUsedAt()));
        node.set("permissions", key.permissions() == null ? Json.object().nullNode() : texts(key.permissions()));
        ArrayNode secrets = node.putArray("secrets");
        for (ApiKey.LiveSecret secret : key.secrets()) {
            secrets.addObject()
                    .put("id", secret.id().toString())
                    .put("created_at", secret.createdAt().toString())
                    .put("expires_at", time(secret.expiresAt()));
        }
        return node;
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static JsonNode texts(List<String> texts) {
        ArrayNode array = Json.mapper().createArrayNode();
        texts.forEach(array::add);
        return array;
    }
}
