package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of an import go, and what becomes of what is there already.
 *
 * @param layout how the library is laid out
 * @param namespace of what no rule says; null for the caller's own, or with {@link Layout#NAMESPACES} the directory's name
 * @param rules the first one that fits counts
 * @param dryRun whether nothing is written, and the report says what would become of each file
 */
public record ImportPlan(
        Layout layout, @Nullable String namespace, List<Rule> rules, OnConflict onConflict, boolean dryRun) {
    private static final int RULES_MAX = 1_000;
    private static final int GLOB_LENGTH_MAX = 200;

    /** How a library is laid out. */
    public enum Layout {
        /** As in Fabric: {@code patterns/NAME/system.md}. */
        FABRIC,
        /** With a directory for each namespace: {@code team-a/patterns/NAME/system.md}. */
        NAMESPACES
    }

    /** What becomes of an asset that is there with another text. */
    public enum OnConflict {
        /** The file becomes its next version. */
        NEW_VERSION,
        /** It stays as it is. */
        SKIP,
        /** Nothing at all is written. */
        FAIL
    }

    /**
     * Says what goes where.
     *
     * @param from the name of a namespace's directory, or in Fabric's layout of an asset; {@code *} stands for any characters
     * @param to a namespace
     */
    public record Rule(String from, String to) {
        /** Checks the form. */
        public Rule {
            if (from.isEmpty() || from.length() > GLOB_LENGTH_MAX || from.contains("**")) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "'" + Text.shorten(from, 80)
                                + "' cannot say what is mapped: a name, with * for any characters");
            }
            String problem = to.equals("~") ? null : AssetName.namespaceProblem(to);
            if (problem != null) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "'" + Text.shorten(to, 80) + "' cannot be a namespace: " + problem);
            }
        }

        /** In time that grows with the product of both lengths at most, which are bounded. */
        boolean fits(String name) {
            int at = 0;
            int mark = 0;
            int star = -1;
            int end = 0;
            while (at < name.length()) {
                if (end < from.length() && from.charAt(end) == '*') {
                    star = end++;
                    mark = at;
                } else if (end < from.length() && from.charAt(end) == name.charAt(at)) {
                    end++;
                    at++;
                } else if (star >= 0) {
                    end = star + 1;
                    at = ++mark;
                } else {
                    return false;
                }
            }
            while (end < from.length() && from.charAt(end) == '*') {
                end++;
            }
            return end == from.length();
        }
    }

    /**
     * Where a file goes.
     *
     * @param namespace null for the caller's own
     */
    record Target(@Nullable String namespace, LibraryPath path) {}

    /** Checks the bounds. */
    public ImportPlan {
        if (rules.size() > RULES_MAX) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "An import takes up to " + RULES_MAX + " rules");
        }
        rules = List.copyOf(rules);
    }

    /** Returns the plan to put a Fabric library into one namespace; null stands for the caller's own. */
    static ImportPlan into(@Nullable String namespace) {
        return new ImportPlan(Layout.FABRIC, namespace, List.of(), OnConflict.NEW_VERSION, false);
    }

    Target target(String path) {
        if (layout == Layout.FABRIC) {
            LibraryPath found = LibraryPath.of(path);
            return new Target(
                    found instanceof LibraryPath.Asset asset ? namespace(asset.path(), namespace) : namespace, found);
        }
        LibraryPath.InNamespace found = LibraryPath.inNamespace(path);
        return new Target(
                namespace(found.namespace(), namespace == null ? found.namespace() : namespace), found.path());
    }

    private @Nullable String namespace(String name, @Nullable String otherwise) {
        return rules.stream()
                .filter(rule -> rule.fits(name))
                .map(Rule::to)
                .findFirst()
                .orElse(otherwise);
    }
}
