package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An asset as a caller names it: {@code summarize}, {@code team-a/summarize}, {@code ~/draft}, each with an optional
 * version such as {@code summarize@3} or label such as {@code summarize@production}.
 *
 * @param name with or without a namespace
 * @param version null when it names none by number
 * @param label null when it names none by label; {@link #LATEST} and {@link #APPROVED} are no labels that somebody set
 */
record AssetReference(
        String name, @Nullable Integer version, @Nullable String label) {
    /** Stands for the newest version. */
    static final String LATEST = "latest";

    /** Stands for the newest version that was approved. */
    static final String APPROVED = "approved";

    private static final Pattern NUMBERED = Pattern.compile("(.+)@(\\d{1,9})");
    private static final Pattern LABELLED = Pattern.compile("(.+)@([^@]*)");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9._-]{0,39}");
    private static final int LENGTH_MAX = 500;

    static AssetReference parse(String written) {
        String trimmed = written.strip();
        if (trimmed.isEmpty() || trimmed.length() > LENGTH_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(trimmed, 60) + "' cannot be a name: it has no or more than " + LENGTH_MAX
                            + " characters");
        }
        int lastPart = trimmed.lastIndexOf('/') + 1;
        if (lastPart == 0 && trimmed.startsWith("~")) {
            return new AssetReference(trimmed, null, null);
        }
        String last = trimmed.substring(lastPart);
        Matcher numbered = NUMBERED.matcher(last);
        if (numbered.matches()) {
            return new AssetReference(
                    trimmed.substring(0, lastPart) + numbered.group(1), Integer.valueOf(numbered.group(2)), null);
        }
        Matcher labelled = LABELLED.matcher(last);
        if (labelled.matches()) {
            String label = labelled.group(2).toLowerCase(Locale.ROOT);
            String name = trimmed.substring(0, lastPart) + labelled.group(1);
            return label.equals(LATEST)
                    ? new AssetReference(name, null, null)
                    : new AssetReference(name, null, requireLabel(label));
        }
        return new AssetReference(trimmed, null, null);
    }

    /** Returns a label that has the form of one. */
    static String requireLabel(String label) {
        if (!LABEL.matcher(label).matches()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(label, 60) + "' is neither a version's number nor a label: a label is up to 40"
                            + " lower-case letters, digits, '.', '_' and '-', a letter first");
        }
        return label;
    }

    /** Returns a label that somebody may set. */
    static String requireOwnLabel(String label) {
        if (label.equals(LATEST) || label.equals(APPROVED)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + label + "' always means the " + (label.equals(LATEST) ? "newest" : "newest approved")
                            + " version and cannot be set");
        }
        return requireLabel(label);
    }

    /** Returns the version as it was asked for, for messages. */
    String wanted() {
        return label != null ? "label '" + label + "'" : "version " + version;
    }
}
