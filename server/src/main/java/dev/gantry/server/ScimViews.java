package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.ProvisionedGroup;
import dev.gantry.identity.ProvisionedUser;
import dev.gantry.identity.Provisioning;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.scim.ScimException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How users and groups look in SCIM, and what is read of those that a provider sends. */
final class ScimViews {
    static final String USER = "urn:ietf:params:scim:schemas:core:2.0:User";
    static final String GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
    static final String ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /** What is kept for the provider, and nothing else: no address, no photo, no password. */
    private static final Set<String> KEPT =
            Set.of("name", "emails", "title", "userType", "preferredLanguage", "locale", "timezone", ENTERPRISE);

    private static final int ATTRIBUTES_LENGTH_MAX = 16_000;
    private static final int MEMBERS_MAX = 50_000;

    private ScimViews() {}

    static ObjectNode of(ProvisionedUser user) {
        ObjectNode body = Json.object();
        ObjectNode kept = Json.read(user.attributes()) instanceof ObjectNode object ? object : Json.object();
        ArrayNode schemas = body.putArray("schemas").add(USER);
        if (kept.has(ENTERPRISE)) {
            schemas.add(ENTERPRISE);
        }
        body.put("id", user.principal().id().toString());
        if (user.externalId() != null) {
            body.put("externalId", user.externalId());
        }
        body.put("userName", user.principal().name())
                .put("displayName", user.principal().displayName())
                .put("active", user.principal().active());
        body.setAll(kept);
        meta(body, "User", user.principal().id(), user.principal().createdAt(), user.updatedAt(), user.version());
        return body;
    }

    static ObjectNode of(ProvisionedGroup group) {
        ObjectNode body = Json.object();
        body.putArray("schemas").add(GROUP);
        body.put("id", group.group().id().toString());
        if (group.externalId() != null) {
            body.put("externalId", group.externalId());
        }
        body.put("displayName", group.group().name());
        ArrayNode members = body.putArray("members");
        for (ProvisionedGroup.Member member : group.members()) {
            members.addObject()
                    .put("value", member.id().toString())
                    .put("display", member.name())
                    .put("$ref", "/scim/v2/Users/" + member.id());
        }
        meta(body, "Group", group.group().id(), group.group().createdAt(), group.updatedAt(), group.version());
        return body;
    }

    private static void meta(ObjectNode body, String type, UUID id, Instant created, Instant modified, long version) {
        body.putObject("meta")
                .put("resourceType", type)
                .put("created", created.toString())
                .put("lastModified", modified.toString())
                .put("version", etag(version))
                .put("location", "/scim/v2/" + type + "s/" + id);
    }

    static String etag(long version) {
        return "W/\"" + version + "\"";
    }

    /**
     * Reads a user.
     *
     * @param activeIfUnsaid whether a user is active of whom this is not said
     */
    static Provisioning.UserData user(ObjectNode body, boolean activeIfUnsaid) {
        String name = text(body, "userName");
        if (name == null || name.isEmpty()) {
            throw ScimException.invalidValue("'userName' is required; it must be an e-mail address");
        }
        ObjectNode kept = Json.object();
        for (Map.Entry<String, JsonNode> property : body.properties()) {
            KEPT.stream()
                    .filter(known -> known.equalsIgnoreCase(property.getKey()))
                    .findFirst()
                    .filter(known -> !property.getValue().isNull())
                    .ifPresent(known -> kept.set(known, property.getValue()));
        }
        String attributes = kept.toString();
        if (attributes.length() > ATTRIBUTES_LENGTH_MAX) {
            throw ScimException.invalidValue(
                    "The attributes of a user have at most " + ATTRIBUTES_LENGTH_MAX + " characters");
        }
        return new Provisioning.UserData(
                name, displayName(body), active(body, activeIfUnsaid), externalId(body), attributes);
    }

    private static String displayName(ObjectNode body) {
        String display = text(body, "displayName");
        if (display != null && !display.isEmpty()) {
            return display;
        }
        JsonNode name = get(body, "name");
        if (!(name instanceof ObjectNode parts)) {
            return "";
        }
        String formatted = text(parts, "formatted");
        String given = text(parts, "givenName");
        String family = text(parts, "familyName");
        return formatted != null
                ? formatted
                : ((given == null ? "" : given) + " " + (family == null ? "" : family)).strip();
    }

    /** Entra sends the texts True and False. */
    private static boolean active(ObjectNode body, boolean unsaid) {
        JsonNode value = get(body, "active");
        if (value == null) {
            return unsaid;
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        String text = value.asText();
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return text.equalsIgnoreCase("true");
        }
        throw ScimException.invalidValue("'active' must be true or false");
    }

    private static @Nullable String externalId(ObjectNode body) {
        String text = text(body, "externalId");
        if (text != null && text.length() > 500) {
            throw ScimException.invalidValue("'externalId' has at most 500 characters");
        }
        return text == null || text.isEmpty() ? null : text;
    }

    static Provisioning.GroupData group(ObjectNode body) {
        String name = text(body, "displayName");
        if (name == null || name.isEmpty()) {
            throw ScimException.invalidValue("'displayName' is required");
        }
        Set<UUID> members = new HashSet<>();
        JsonNode list = get(body, "members");
        for (JsonNode member : list == null ? List.<JsonNode>of() : list) {
            String value = member instanceof ObjectNode object ? text(object, "value") : null;
            if (value == null) {
                throw ScimException.invalidValue("Each of 'members' needs a 'value', the id of a user");
            }
            members.add(Ids.parse("members", value));
        }
        if (members.size() > MEMBERS_MAX) {
            throw ScimException.tooMany("A group has at most " + MEMBERS_MAX + " members");
        }
        return new Provisioning.GroupData(name, externalId(body), members);
    }

    private static @Nullable JsonNode get(ObjectNode object, String name) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            if (property.getKey().equalsIgnoreCase(name)) {
                return property.getValue().isNull() ? null : property.getValue();
            }
        }
        return null;
    }

    private static @Nullable String text(ObjectNode object, String name) {
        JsonNode value = get(object, name);
        if (value != null && !value.isTextual()) {
            throw ScimException.invalidValue("'" + name + "' must be a string");
        }
        return value == null ? null : value.textValue();
    }
}
