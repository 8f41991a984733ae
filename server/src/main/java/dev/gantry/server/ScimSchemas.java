package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;

/** What the SCIM service says of itself (RFC 7643, sections 5 to 7). */
final class ScimSchemas {
    private ScimSchemas() {}

    static ObjectNode configuration(int resultsMax) {
        ObjectNode body = Json.object();
        body.putArray("schemas").add("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig");
        body.putObject("patch").put("supported", true);
        body.putObject("bulk").put("supported", false).put("maxOperations", 0).put("maxPayloadSize", 0);
        body.putObject("filter").put("supported", true).put("maxResults", resultsMax);
        body.putObject("changePassword").put("supported", false);
        body.putObject("sort").put("supported", false);
        body.putObject("etag").put("supported", true);
        body.putArray("authenticationSchemes")
                .addObject()
                .put("type", "oauthbearertoken")
                .put("name", "API key")
                .put("description", "The key of a service account with the permission users:provision")
                .put("primary", true);
        return body;
    }

    static ArrayNode resourceTypes() {
        ArrayNode types = Json.mapper().createArrayNode();
        ObjectNode user = type("User", "/Users", ScimViews.USER);
        user.putArray("schemaExtensions")
                .addObject()
                .put("schema", ScimViews.ENTERPRISE)
                .put("required", false);
        types.add(user);
        types.add(type("Group", "/Groups", ScimViews.GROUP));
        return types;
    }

    private static ObjectNode type(String name, String endpoint, String schema) {
        ObjectNode type = Json.object();
        type.putArray("schemas").add("urn:ietf:params:scim:schemas:core:2.0:ResourceType");
        type.put("id", name).put("name", name).put("endpoint", endpoint).put("schema", schema);
        return type;
    }

    static ArrayNode schemas() {
        ArrayNode schemas = Json.mapper().createArrayNode();
        ArrayNode user = schema(schemas, ScimViews.USER, "User");
        attribute(user, "userName", "string", true, "server");
        attribute(user, "displayName", "string", false, "none");
        attribute(user, "active", "boolean", false, "none");
        attribute(user, "externalId", "string", false, "none");
        ArrayNode name = complex(user, "name", false);
        attribute(name, "formatted", "string", false, "none");
        attribute(name, "givenName", "string", false, "none");
        attribute(name, "familyName", "string", false, "none");
        ArrayNode emails = complex(user, "emails", true);
        attribute(emails, "value", "string", false, "none");
        attribute(emails, "type", "string", false, "none");
        attribute(emails, "primary", "boolean", false, "none");
        for (String text : new String[] {"title", "userType", "preferredLanguage", "locale", "timezone"}) {
            attribute(user, text, "string", false, "none");
        }
        ArrayNode group = schema(schemas, ScimViews.GROUP, "Group");
        attribute(group, "displayName", "string", true, "server");
        attribute(group, "externalId", "string", false, "none");
        ArrayNode members = complex(group, "members", true);
        attribute(members, "value", "string", false, "none");
        attribute(members, "display", "string", false, "none");
        return schemas;
    }

    private static ArrayNode schema(ArrayNode schemas, String id, String name) {
        ObjectNode schema = schemas.addObject();
        schema.putArray("schemas").add("urn:ietf:params:scim:schemas:core:2.0:Schema");
        return schema.put("id", id).put("name", name).putArray("attributes");
    }

    private static ArrayNode complex(ArrayNode attributes, String name, boolean several) {
        return attribute(attributes, name, "complex", false, "none")
                .put("multiValued", several)
                .putArray("subAttributes");
    }

    private static ObjectNode attribute(
            ArrayNode attributes, String name, String type, boolean required, String uniqueness) {
        return attributes
                .addObject()
                .put("name", name)
                .put("type", type)
                .put("multiValued", false)
                .put("required", required)
                .put("caseExact", false)
                .put("mutability", "readWrite")
                .put("returned", "default")
                .put("uniqueness", uniqueness);
    }
}
