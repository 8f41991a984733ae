package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The full name of an asset, written {@code namespace/path}, such as {@code shared/analysis/threat-model}.
 *
 * <p>A path is one to eight segments of lower-case letters, digits, {@code -}, {@code _} and {@code .}; that keeps names
 * the same on every file system, in URLs and in permissions. Nothing in it can climb out of a directory.
 *
 * @param namespace {@code shared}, {@code builtin}, a team's name, or {@code ~} and a principal
 * @param path the name inside of the namespace
 */
public record AssetName(String namespace, String path) {
    /** The namespace that the whole organization sees. */
    public static final String SHARED = "shared";

    /** The namespace of what comes with the product; nobody writes to it. */
    public static final String BUILTIN = "builtin";

    /** Longest path, in characters. */
    public static final int PATH_LENGTH_MAX = 200;

    private static final int SEGMENTS_MAX = 8;
    private static final int SEGMENT_LENGTH_MAX = 64;
    private static final int NAMESPACE_LENGTH_MAX = 255;

    /** Last segments that the paths of the REST interface need for themselves. */
    private static final Set<String> RESERVED = Set.of("import", "search");

    /** A segment that stands between a name and a version there, and so may be part of no name. */
    private static final String BEFORE_VERSIONS = "versions";

    /** Checks both parts. */
    public AssetName {
        String problem = namespaceProblem(namespace);
        if (problem == null) {
            problem = pathProblem(path);
        }
        if (problem != null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(namespace + "/" + path, 120) + "' cannot be a name: " + problem);
        }
    }

    /** Returns {@code namespace/path}. */
    @Override
    public String toString() {
        return namespace + "/" + path;
    }

    /** Returns what is wrong with a path, or null. */
    static @Nullable String pathProblem(String path) {
        if (path.isEmpty()) {
            return "it is empty";
        }
        if (path.length() > PATH_LENGTH_MAX) {
            return "it is longer than " + PATH_LENGTH_MAX + " characters";
        }
        String[] segments = path.split("/", -1);
        if (segments.length > SEGMENTS_MAX) {
            return "it has more than " + SEGMENTS_MAX + " parts";
        }
        for (String segment : segments) {
            String problem = segmentProblem(segment);
            if (problem != null) {
                return problem;
            }
        }
        String last = segments[segments.length - 1];
        return RESERVED.contains(last) ? "'" + last + "' is reserved as a last part" : null;
    }

    private static @Nullable String segmentProblem(String segment) {
        if (segment.isEmpty()) {
            return "it has an empty part (a slash too many)";
        }
        if (segment.length() > SEGMENT_LENGTH_MAX) {
            return "a part is longer than " + SEGMENT_LENGTH_MAX + " characters";
        }
        if (segment.contains("..") || segment.equals(".")) {
            return "a part consists of dots or contains '..'";
        }
        for (int index = 0; index < segment.length(); index++) {
            char character = segment.charAt(index);
            if (!isLetterOrDigit(character) && "-_.".indexOf(character) < 0) {
                return Character.isUpperCase(character)
                        ? "names are in lower case ('" + segment.toLowerCase(Locale.ROOT) + "')"
                        : "it may hold lower-case letters, digits, '-', '_', '.' and '/' only";
            }
        }
        if (!isLetterOrDigit(segment.charAt(0))) {
            return "each part begins with a letter or a digit";
        }
        if (segment.equals(BEFORE_VERSIONS)) {
            return "'" + BEFORE_VERSIONS + "' is reserved";
        }
        return segment.endsWith(".") ? "a part ends with a dot" : null;
    }

    /** Returns what is wrong with a namespace, or null. */
    static @Nullable String namespaceProblem(String namespace) {
        if (namespace.isEmpty() || namespace.length() > NAMESPACE_LENGTH_MAX) {
            return "its namespace has no or more than " + NAMESPACE_LENGTH_MAX + " characters";
        }
        boolean personal = namespace.charAt(0) == '~';
        for (int index = personal ? 1 : 0; index < namespace.length(); index++) {
            char character = namespace.charAt(index);
            boolean allowed = personal
                    ? character > ' ' && character != '/' && character != 0x7F
                    : isLetterOrDigit(character) || "-_.".indexOf(character) >= 0;
            if (!allowed) {
                return "its namespace has a character that no namespace has";
            }
        }
        return namespace.equals("~") ? "its namespace names nobody" : null;
    }

    private static boolean isLetterOrDigit(char character) {
        return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    }
}
