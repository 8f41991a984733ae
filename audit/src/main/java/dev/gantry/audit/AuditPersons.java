package dev.gantry.audit;

import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Which people an event is about. */
final class AuditPersons {
    /** No person can have a name that begins like this, as names hold no control characters. */
    private static final String UNRECOGNIZED = "\u0001unrecognized ";

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
     * A resource's name that holds the name of a person.
     *
     * @param before what stands before it
     * @param person the name
     * @param after what follows
     */
    record Named(String before, String person, String after) {
        String with(String other) {
            return before + other + after;
        }
    }

    /** Finds the person in the name of a resource: a user's own, an e-mail address, or the owner of a namespace. */
    static @Nullable Named inResource(String resource) {
        int from = 0;
        boolean user = false;
        while (from <= resource.length()) {
            int slash = resource.indexOf('/', from);
            int end = slash < 0 ? resource.length() : slash;
            String segment = resource.substring(from, end);
            if (segment.startsWith("~") && segment.length() > 1) {
                return named(resource, from + 1, end);
            }
            if ((user && !segment.isEmpty()) || segment.indexOf('@') > 0) {
                return named(resource, from, end);
            }
            user = from == 0 && segment.equals("users");
            from = end + 1;
        }
        return null;
    }

    private static Named named(String resource, int from, int to) {
        return new Named(resource.substring(0, from), resource.substring(from, to), resource.substring(to));
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
