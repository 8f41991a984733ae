package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.GroupQuery;
import dev.gantry.identity.Provisioning;
import dev.gantry.identity.Slice;
import dev.gantry.identity.UserQuery;
import dev.gantry.kernel.Json;
import dev.gantry.scim.ScimException;
import dev.gantry.scim.ScimFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists of users and groups, page by page. The database filters and cuts; only what it cannot compare is looked through, a
 * few hundred resources at a time and within a bound. Thread-safe.
 */
final class ScimLists {
    static final int COUNT_MAX = 200;

    private static final int COUNT_DEFAULT = 100;
    private static final int CHUNK = 500;
    private static final int SCANNED_MAX = 100_000;
    private static final String CORE = "urn:ietf:params:scim:schemas:core:2.0:";
    private static final Set<String> ALWAYS = Set.of("schemas", "id");

    private final Provisioning people;

    ScimLists(Provisioning people) {
        this.people = people;
    }

    /** Where resources come from. */
    private record Source(IntSupplier total, Function<Slice, List<ObjectNode>> read) {}

    ApiReply users(Caller caller, Map<String, String> query) {
        ScimFilter filter = filter(query);
        ScimQueries.Asked<UserQuery> asked = ScimQueries.users(filter);
        return page(
                query,
                asked.whole() ? null : filter,
                new Source(
                        () -> people.countUsers(caller, asked.query()),
                        slice -> people.users(caller, asked.query(), slice).stream()
                                .map(ScimViews::of)
                                .toList()));
    }

    ApiReply groups(Caller caller, Map<String, String> query) {
        ScimFilter filter = filter(query);
        ScimQueries.Asked<GroupQuery> asked = ScimQueries.groups(filter);
        boolean compared = !asked.whole()
                && query.getOrDefault("filter", "").toLowerCase(Locale.ROOT).contains("members");
        boolean withMembers = compared || isShown("members", query);
        return page(
                query,
                asked.whole() ? null : filter,
                new Source(
                        () -> people.countGroups(caller, asked.query()),
                        slice -> people.groups(caller, asked.query(), withMembers, slice).stream()
                                .map(ScimViews::of)
                                .toList()));
    }

    private static @Nullable ScimFilter filter(Map<String, String> query) {
        String text = query.get("filter");
        return text == null || text.isBlank() ? null : ScimFilter.parse(text);
    }

    /**
     * Returns a page.
     *
     * @param filter what is still to be looked at; null if the source gives nothing else than what is asked for
     */
    private static ApiReply page(Map<String, String> query, @Nullable ScimFilter filter, Source source) {
        int start = Math.max(1, number(query, "startIndex", 1));
        int count = Math.clamp(number(query, "count", COUNT_DEFAULT), 0, COUNT_MAX);
        List<ObjectNode> found = new ArrayList<>();
        int total = 0;
        if (filter == null) {
            total = source.total().getAsInt();
            if (count > 0 && start <= total) {
                found.addAll(source.read().apply(new Slice(null, start - 1, count)));
            }
        } else {
            total = scan(filter, source, start, count, found);
        }
        ArrayNode resources = Json.mapper().createArrayNode();
        found.forEach(each -> resources.add(shown(query, each)));
        return ApiReply.ok(list(resources, total, start));
    }

    private static int scan(ScimFilter filter, Source source, int start, int count, List<ObjectNode> found) {
        int total = 0;
        int scanned = 0;
        UUID after = null;
        List<ObjectNode> chunk;
        do {
            chunk = source.read().apply(new Slice(after, 0, CHUNK));
            scanned += chunk.size();
            if (scanned > SCANNED_MAX) {
                throw ScimException.tooMany(
                        "More than " + SCANNED_MAX
                                + " resources to look through; filter by what they equal: userName, externalId, emails, displayName");
            }
            for (ObjectNode each : chunk) {
                after = UUID.fromString(each.path("id").textValue());
                if (filter.matches(each) && ++total >= start && found.size() < count) {
                    found.add(each);
                }
            }
        } while (chunk.size() == CHUNK);
        return total;
    }

    static ObjectNode list(ArrayNode resources, int total, int start) {
        ObjectNode body = Json.object();
        body.putArray("schemas").add("urn:ietf:params:scim:api:messages:2.0:ListResponse");
        body.put("totalResults", total).put("startIndex", start).put("itemsPerPage", resources.size());
        body.set("Resources", resources);
        return body;
    }

    private static int number(Map<String, String> query, String name, int absent) {
        String text = query.get(name);
        try {
            return text == null ? absent : Integer.parseInt(text);
        } catch (NumberFormatException malformed) {
            throw ScimException.invalidValue("'" + name + "' must be a whole number");
        }
    }

    /** Leaves out of a resource what the provider does not want to see; large groups have many members. */
    static ObjectNode shown(Map<String, String> query, ObjectNode resource) {
        List<String> names = new ArrayList<>();
        resource.fieldNames().forEachRemaining(names::add);
        names.stream().filter(name -> !isShown(name, query)).forEach(resource::remove);
        return resource;
    }

    /** Returns whether a reply has an attribute (RFC 7644, section 3.9). */
    static boolean isShown(String name, Map<String, String> query) {
        Set<String> wanted = names(query.get("attributes"));
        return ALWAYS.contains(name)
                || (wanted.isEmpty()
                        ? !names(query.get("excludedAttributes")).contains(name.toLowerCase(Locale.ROOT))
                        : wanted.contains(name.toLowerCase(Locale.ROOT)));
    }

    /** Parts of attributes count as these; only whole ones are left out. */
    private static Set<String> names(@Nullable String list) {
        Set<String> names = new HashSet<>();
        for (String each : list == null ? new String[0] : list.split(",", -1)) {
            String name = each.strip();
            String bare = name.regionMatches(true, 0, CORE, 0, CORE.length())
                    ? name.substring(name.lastIndexOf(':') + 1)
                    : name;
            if (!bare.isEmpty()) {
                names.add(bare.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
