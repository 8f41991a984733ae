package dev.gantry.audit;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which people an event is about. */
final class AuditPersons {
    /** No person can have a name that begins like this, as names hold no control characters. */
    private static final String UNRECOGNIZED = "\u0001unrecognized ";

    private static final int ID_LENGTH = 36;

    /**
     * As many as a resource of ours can name. The rest of a longer one, which only a stranger writes, is sealed as one name:
     * each name has a key that is kept for ever.
     */
    private static final int PEOPLE_MAX = 8;

    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    /** An e-mail address as it stands in a sentence, perhaps in quotes; its domain does not look like a version. */
    private static final Pattern ADDRESS = Pattern.compile("[\\p{L}\\p{N}_%+-][\\p{L}\\p{N}._%+'!#$&*=?^`{|}~-]{0,63}@"
            + "(localhost\\b|[\\p{L}\\p{N}][\\p{L}\\p{N}.-]{0,180}\\.\\p{L}{2,60})");

    private AuditPersons() {}

    /**
     * Returns the name under whose key the actor's name and address are sealed: the actor's own, or for callers whom nobody
     * recognized one that changes every month, since an address alone is personal too. Null when there is nothing to seal.
     */
    static @Nullable String actor(AuditEvent event) {
        if (event.actor().user() != null) {
            return event.actor().user();
        }
        return event.actor().address() == null
                ? null
                : unrecognized(event.timestamp().atOffset(ZoneOffset.UTC).toLocalDate());
    }

    /** Returns the name that stands for callers whom nobody recognized in a month. */
    static String unrecognized(LocalDate day) {
        return UNRECOGNIZED + day.toString().substring(0, 7);
    }

    /**
     * The name of a person within that of a resource.
     *
     * @param from where it begins
     * @param person as it is written there
     */
    record Named(int from, String person) {
        String key() {
            return AuditPersons.key(person);
        }

        private int to() {
            return from + person.length();
        }
    }

    /**
     * Returns what a name is known by, whoever spelled it.
     *
     * @param name as it was written
     */
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Finds the people in the name of a resource, in their order: a user's or service account's own, the owner of a key, who has
     * a role or is in a team or group, e-mail addresses, and the owner of a namespace.
     */
    static List<Named> inResource(String resource) {
        List<Named> people = new ArrayList<>(1);
        String collection = resource;
        int index = 0;
        for (int from = 0; from <= resource.length(); index++) {
            if (people.size() == PEOPLE_MAX && from < resource.length()) {
                people.add(new Named(from, resource.substring(from)));
                break;
            }
            int slash = resource.indexOf('/', from);
            int end = slash < 0 ? resource.length() : slash;
            String segment = resource.substring(from, end);
            if (index == 0) {
                collection = segment;
            }
            if (segment.startsWith("~") && segment.length() > 1) {
                people.add(new Named(from + 1, segment.substring(1)));
            } else if (segment.indexOf('@') > 0 || (!segment.isEmpty() && isPerson(collection, index, segment))) {
                people.add(new Named(from, segment));
            }
            from = end + 1;
        }
        return people;
    }

    /**
     * Returns a resource with what stands for each of its people.
     *
     * @param people whom {@link #inResource} found in it
     * @param others by {@link #key}; who is missing stays as written
     */
    static String replaced(String resource, List<Named> people, Map<String, String> others) {
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        for (Named named : people) {
            replaced.append(resource, from, named.from()).append(others.getOrDefault(named.key(), named.person()));
            from = named.to();
        }
        return replaced.append(resource, from, resource.length()).toString();
    }

    /** Whether a part of a resource that is no address names a person all the same; ids stand for themselves. */
    private static boolean isPerson(String collection, int index, String segment) {
        return switch (collection) {
            case "users" -> index == 1;
            case "service-accounts" -> index == 1 && !isId(segment);
            case "keys", "role-assignments" -> index >= 1 && !isId(segment);
            case "teams", "groups", "scim" -> index == 2 && !isId(segment);
            default -> false;
        };
    }

    private static boolean isId(String segment) {
        return segment.length() == ID_LENGTH && ID.matcher(segment).matches();
    }

    /** Returns the e-mail addresses in the reason of an event, as they are written there, each once. */
    static List<String> inReason(AuditEvent event) {
        String reason = event.reason();
        if (reason == null || reason.indexOf('@') < 0) {
            return List.of();
        }
        Set<String> found = new LinkedHashSet<>();
        Matcher address = ADDRESS.matcher(reason);
        while (address.find()) {
            found.add(address.group());
        }
        return List.copyOf(found);
    }

    /** Returns a reason in which the addresses that {@link #inReason} found are replaced by what stands for each. */
    static String withoutAddresses(String reason, Map<String, String> others) {
        return ADDRESS.matcher(reason)
                .replaceAll(found -> Matcher.quoteReplacement(others.getOrDefault(found.group(), found.group())));
    }

    /**
     * Returns a text in which a name is replaced wherever it stands as a word of its own. Null stands for nothing to replace
     * in, or with.
     */
    static @Nullable String renamed(@Nullable String text, @Nullable String name, @Nullable String other) {
        if (text == null || name == null || name.isEmpty() || other == null) {
            return text;
        }
        StringBuilder renamed = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
            int end = at + name.length();
            if (at >= from && !isPartOfAWord(text, at - 1) && !isPartOfAWord(text, end)) {
                renamed.append(text, from, at).append(other);
                from = end;
            }
        }
        return from == 0 ? text : renamed.append(text, from, text.length()).toString();
    }

    private static boolean isPartOfAWord(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }
}
