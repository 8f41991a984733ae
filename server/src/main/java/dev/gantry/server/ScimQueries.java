package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.identity.GroupQuery;
import dev.gantry.identity.UserQuery;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.scim.ScimFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the database can answer of a filter: the attributes that have to equal something, whatever else is asked for. Providers
 * hardly ask for more.
 */
final class ScimQueries {
    private ScimQueries() {}

    /**
     * A part of a filter for the database.
     *
     * @param query what everything that the filter matches fulfils
     * @param whole whether the filter matches everything that fulfils it, so that nothing has to be looked through
     */
    record Asked<Q>(Q query, boolean whole) {}

    static Asked<UserQuery> users(@Nullable ScimFilter filter) {
        return asked(
                filter,
                each -> switch (each.attribute()) {
                    case "id" -> id("id", each.value());
                    case "username" -> text("name", each.value());
                    case "externalid" -> text("externalId", each.value());
                    case "displayname" -> text("displayName", each.value());
                    case "emails", "emails.value" -> text("email", each.value());
                    case "active" -> truth(each.value());
                    default -> null;
                },
                known -> new UserQuery(
                        (UUID) known.get("id"),
                        (String) known.get("name"),
                        (String) known.get("externalId"),
                        (String) known.get("displayName"),
                        (String) known.get("email"),
                        (Boolean) known.get("active")));
    }

    static Asked<GroupQuery> groups(@Nullable ScimFilter filter) {
        return asked(
                filter,
                each -> switch (each.attribute()) {
                    case "id" -> id("id", each.value());
                    case "displayname" -> text("name", each.value());
                    case "externalid" -> text("externalId", each.value());
                    case "members", "members.value" -> id("member", each.value());
                    default -> null;
                },
                known -> new GroupQuery(
                        (UUID) known.get("id"), (String) known.get("name"), (String) known.get("externalId"), (UUID)
                                known.get("member")));
    }

    private record Known(String name, Object value) {}

    private static <Q> Asked<Q> asked(
            @Nullable ScimFilter filter,
            Function<ScimFilter.Equality, @Nullable Known> known,
            Function<Map<String, Object>, Q> query) {
        Map<String, Object> wanted = new HashMap<>();
        boolean whole = true;
        for (ScimFilter each : filter == null ? List.<ScimFilter>of() : filter.conjuncts()) {
            Known part = each.equality().map(known).orElse(null);
            whole &= part != null && wanted.putIfAbsent(part.name(), part.value()) == null;
            if (each instanceof ScimFilter.Among among) {
                // One value has to fulfil all of it: that it equals something is a part of that.
                for (ScimFilter inner : among.inner().conjuncts()) {
                    inner.equality()
                            .filter(equality -> equality.attribute().equals("value"))
                            .map(equality -> known.apply(new ScimFilter.Equality(
                                    String.join(".", among.path()).toLowerCase(java.util.Locale.ROOT),
                                    equality.value())))
                            .ifPresent(found -> wanted.putIfAbsent(found.name(), found.value()));
                }
            }
        }
        return new Asked<>(query.apply(wanted), whole);
    }

    private static @Nullable Known text(String name, JsonNode value) {
        return value.isTextual() ? new Known(name, value.textValue()) : null;
    }

    private static @Nullable Known id(String name, JsonNode value) {
        try {
            return value.isTextual() ? new Known(name, Ids.parse("id", value.textValue())) : null;
        } catch (GantryException noId) {
            // Looked for like any other text, and not found.
            return null;
        }
    }

    /** Entra sends the texts True and False. */
    private static @Nullable Known truth(JsonNode value) {
        String text = value.asText();
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
                ? new Known("active", text.equalsIgnoreCase("true"))
                : null;
    }
}
