package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What is asked of versions before they count as approved, and what only approved ones may do.
 *
 * @param namespace that it is for: one, {@code *} for all of teams and shared, or {@code ~} for all of users
 * @param asked whether showing an asset to the whole organization takes an approved version
 * @param requiredReviews approvals that a version needs, 1 to 20
 * @param reviewers users, teams and groups that may approve; with none, whoever has the permission to review
 * @param requireApproved whether only approved versions run
 * @param protectedLabels labels that only those move who have the permission to promote
 */
public record ReviewPolicy(
        String namespace,
        boolean asked,
        int requiredReviews,
        List<String> reviewers,
        boolean requireApproved,
        List<String> protectedLabels) {
    /** Stands for shared and the namespaces of all teams. */
    public static final String ALL = "*";

    /** Stands for the namespaces of all users. */
    public static final String PERSONAL = "~";

    private static final int REVIEWERS_MAX = 50;
    private static final int LABELS_MAX = 20;
    private static final int NAME_LENGTH_MAX = 254;

    /** Checks the bounds. */
    public ReviewPolicy {
        if (!namespace.equals(ALL) && !namespace.equals(PERSONAL) && AssetName.namespaceProblem(namespace) != null) {
            throw invalid("'" + Text.storable(namespace, 60)
                    + "' is no namespace; write one, '*' for shared and all teams," + " or '~' for all users");
        }
        if (requiredReviews < 1 || requiredReviews > 20) {
            throw invalid("'required_reviews' must be from 1 to 20");
        }
        reviewers = reviewers.stream().map(String::strip).distinct().toList();
        boolean fits = reviewers.size() <= REVIEWERS_MAX
                && reviewers.stream()
                        .allMatch(
                                name -> !name.isEmpty() && name.length() <= NAME_LENGTH_MAX && name.indexOf('\0') < 0);
        if (!fits) {
            throw invalid("'reviewers' takes up to " + REVIEWERS_MAX + " names of users, teams and groups");
        }
        if (protectedLabels.size() > LABELS_MAX) {
            throw invalid("'protected_labels' takes up to " + LABELS_MAX + " labels");
        }
        protectedLabels = protectedLabels.stream()
                .map(label -> AssetReference.requireOwnLabel(label.toLowerCase(Locale.ROOT)))
                .distinct()
                .toList();
    }

    static ReviewPolicy of(ApprovalSettings settings) {
        return new ReviewPolicy(
                ALL,
                settings.enabled(),
                settings.requiredReviews(),
                settings.reviewers(),
                settings.requireApproved(),
                settings.protectedLabels());
    }

    /** Returns the policy of personal namespaces for which nobody has set one: nothing is asked there but of labels. */
    ReviewPolicy forUsers() {
        return new ReviewPolicy(PERSONAL, false, requiredReviews, reviewers, false, List.of());
    }

    /** Returns whether it is for more than one namespace, where these have none of their own. */
    boolean isGeneral() {
        return namespace.equals(ALL) || namespace.equals(PERSONAL);
    }

    /** Returns whether it names somebody as a reviewer: themselves, a team of theirs, or one of the groups that they are in. */
    boolean names(Caller caller, Collection<String> groups) {
        return reviewers.stream()
                .anyMatch(name -> name.equalsIgnoreCase(caller.principal())
                        || caller.teams().contains(name)
                        || groups.contains(name));
    }

    /** Returns the policy with another answer to whether only approved versions run. */
    public ReviewPolicy withRequireApproved(boolean other) {
        return new ReviewPolicy(namespace, asked, requiredReviews, reviewers, other, protectedLabels);
    }

    private static GantryException invalid(String problem) {
        return new GantryException(ErrorCode.INVALID_REQUEST, problem);
    }
}
