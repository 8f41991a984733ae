package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects everything that is wrong with one request, so that the caller learns it in one go. Each check returns the
 * value in its canonical form; what it returns for a wrong value is used for nothing, as {@link #finish} then throws.
 */
final class Validation {
    /** A name that appears in paths, labels and namespaces: lower case, no slash, no colon, no star. */
    private static final Pattern SLUG = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    /**
     * Addresses as people have them: no quoted local parts, no comments, no address literals (RFC 5321 allows more than
     * anybody uses), ASCII only against look-alikes, and none of the characters that are syntax elsewhere.
     */
    private static final Pattern EMAIL = Pattern.compile("[a-z0-9.!#$%&'+=?^_`{|}~-]{1,64}@[a-z0-9-]+(\\.[a-z0-9-]+)*");

    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Set<String> RESERVED_TEAMS = Set.of("shared", "builtin");

    private static final Set<String> RESERVED_ORGANIZATIONS = Set.of("other", "none");

    private final List<FieldError> errors = new ArrayList<>();

    /** Throws {@link ErrorCode#INVALID_REQUEST} with all that was found, if anything was. */
    void finish() {
        if (!errors.isEmpty()) {
            String message = errors.size() == 1 ? errors.getFirst().message() : errors.size() + " fields are wrong";
            throw new GantryException(ErrorCode.INVALID_REQUEST, message, errors, null, null);
        }
    }

    void error(String pointer, String message) {
        errors.add(new FieldError(pointer, message));
    }

    /** Checks an e-mail address and returns it in lower case: two users never differ by case alone. */
    String email(String pointer, String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.length() > 254 || !EMAIL.matcher(lower).matches()) {
            error(pointer, "'" + Text.shorten(text, 80) + "' is not an e-mail address");
        }
        return lower;
    }

    /** Checks the name of a service account, role or project. */
    String slug(String pointer, String what, String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (!SLUG.matcher(lower).matches() || UUID_SHAPE.matcher(lower).matches()) {
            error(
                    pointer,
                    "'" + Text.shorten(text, 80) + "' cannot be the name of " + what
                            + ": 1 to 63 letters, digits, '-', '_' or '.', a letter or digit at both ends");
        }
        return lower;
    }

    /** Checks the name of a team, which is also the name of its namespace. */
    String team(String pointer, String text) {
        String lower = slug(pointer, "a team", text);
        if (RESERVED_TEAMS.contains(lower)) {
            error(pointer, "'" + lower + "' is the namespace of everybody and cannot be the name of a team");
        }
        return lower;
    }

    /** Checks the name of an organization, which is also a label of metrics. */
    String organization(String pointer, String text) {
        String lower = slug(pointer, "an organization", text);
        if (RESERVED_ORGANIZATIONS.contains(lower)) {
            error(pointer, "'" + lower + "' has a meaning in metrics and cannot be the name of an organization");
        }
        return lower;
    }

    /** Checks the name of a group, which is whatever the identity provider calls it; case matters. */
    String group(String pointer, String text) {
        if (text.isEmpty()
                || text.length() > 128
                || !text.equals(text.strip())
                || UUID_SHAPE.matcher(text).matches()
                || hasControl(text)) {
            error(pointer, "the name of a group has 1 to 128 characters, no control characters, no space at its ends");
        }
        return text;
    }

    /** Checks a text for people: a description, a display name, the name of a key. */
    String text(String pointer, String text, int lengthMin, int lengthMax) {
        String stripped = text.strip();
        if (stripped.length() < lengthMin || stripped.length() > lengthMax || hasControl(stripped)) {
            error(
                    pointer,
                    "the text has " + lengthMin + " to " + lengthMax + " characters, none of them a control one");
        }
        return stripped;
    }

    /** Reads permissions; null stays null. */
    @Nullable
    List<PermissionPattern> permissions(String pointer, @Nullable List<String> texts, int countMax) {
        if (texts == null) {
            return null;
        }
        if (texts.isEmpty() || texts.size() > countMax) {
            error(pointer, "name 1 to " + countMax + " permissions");
            return List.of();
        }
        List<PermissionPattern> patterns = new ArrayList<>();
        for (int index = 0; index < texts.size(); index++) {
            try {
                patterns.add(PermissionPattern.parse(texts.get(index)));
            } catch (GantryException malformed) {
                error(pointer + "/" + index, malformed.getMessage());
            }
        }
        return patterns;
    }

    /** Returns whether a text looks like an identifier rather than a name; no name does. */
    static boolean looksLikeId(String text) {
        return UUID_SHAPE.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /** PostgreSQL cannot store U+0000, a lone surrogate is no text, and line breaks and escapes forge log lines. */
    private static boolean hasControl(String text) {
        return text.codePoints()
                .anyMatch(letter -> Character.isISOControl(letter)
                        || Character.getType(letter) == Character.SURROGATE
                        || Character.getType(letter) == Character.LINE_SEPARATOR
                        || Character.getType(letter) == Character.PARAGRAPH_SEPARATOR
                        || Character.getType(letter) == Character.FORMAT);
    }
}
