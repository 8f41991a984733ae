package dev.gantry.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an asset stands among people: who sees it, who answers for it, what its versions are called.
 *
 * @param team whose members see it; null unless the visibility is {@link Visibility#TEAM}
 * @param owners names of the users and teams that answer for it; they and the teams' members see it whatever its
 *     visibility is
 * @param addedTags tags that it has besides those that its text gives
 * @param labels versions by label
 * @param approvedVersion the newest version that was approved; null when none was
 * @param approved whether the version at hand was approved; what comes with the product counts as approved
 * @param deprecation null unless it is deprecated
 * @param upstream what it was forked from, as {@code name@version}; null when it was not
 * @param mirror the mirror that keeps it, while it is read-only here; null for one that is kept here
 * @param origin where the version at hand was written; null when that was here
 */
public record AssetStanding(
        Visibility visibility,
        @Nullable String team,
        List<String> owners,
        List<String> addedTags,
        Map<String, Integer> labels,
        @Nullable Integer approvedVersion,
        boolean approved,
        @Nullable Deprecation deprecation,
        @Nullable String upstream,
        @Nullable String mirror,
        @Nullable AssetOrigin origin) {
    /** The standing of what comes with the product. */
    static final AssetStanding BUILTIN = new AssetStanding(
            Visibility.ORGANIZATION, null, List.of(), List.of(), Map.of(), null, true, null, null, null, null);

    /** Copies the collections. */
    public AssetStanding {
        owners = List.copyOf(owners);
        addedTags = List.copyOf(addedTags);
        labels = Map.copyOf(labels);
    }

    /**
     * What those learn who use a deprecated asset.
     *
     * @param message why, and what to do; may be empty
     * @param replacement the name of what to use instead; null when there is none
     */
    public record Deprecation(
            Instant since, String message, @Nullable String replacement) {
        /** Returns one sentence for the user of an asset. */
        String warning(AssetKind kind, AssetName name) {
            return "The " + kind.id() + " '" + name + "' is deprecated"
                    + (replacement == null ? "" : "; use '" + replacement + "' instead")
                    + (message.isEmpty() ? "" : ": " + message);
        }
    }

    /** Reads the column {@code audience}. */
    static Visibility visibility(String audience) {
        return switch (audience) {
            case "*" -> Visibility.ORGANIZATION;
            case "" -> Visibility.PRIVATE;
            default -> Visibility.TEAM;
        };
    }

    /** Returns the column {@code audience} of a new asset in a namespace. */
    static String audienceOf(String namespace) {
        return namespace.equals(AssetName.SHARED) ? "*" : namespace.startsWith("~") ? "" : namespace;
    }
}
