package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.registry.Review.Entry;
import dev.gantry.registry.Review.Progress;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.registry.ReviewCheck.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Says whose word counts in a review now, and what is missing before its version may be published. Thread-safe; may block. */
final class ReviewTally {
    private final Reviewers reviewers;

    ReviewTally(Reviewers reviewers) {
        this.reviewers = reviewers;
    }

    /** Returns how far a review is: the last word of each reviewer counts, if they may still review. */
    Progress progress(UUID organization, ReviewCase about) {
        List<String> approved = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        for (Entry entry : lastWords(about.review())) {
            Caller now = reviewers.now(organization, entry.reviewerId());
            if (now != null && problem(now, about) == null) {
                (entry.verdict() == Verdict.APPROVE ? approved : changes).add(entry.reviewer());
            }
        }
        List<String> missing = new ArrayList<>();
        int more = about.policy().requiredReviews() - approved.size();
        if (more > 0) {
            missing.add(more + (more == 1 ? " more approval" : " more approvals"));
        }
        changes.forEach(name -> missing.add(name + " requests changes"));
        about.review().checks().stream()
                .filter(Result::isInTheWay)
                .forEach(check -> missing.add("check " + check.name() + ": " + check.detail()));
        return new Progress(about.policy(), approved, changes, missing);
    }

    private static List<Entry> lastWords(Review review) {
        Map<UUID, Entry> last = new LinkedHashMap<>();
        for (Entry entry : review.entries()) {
            if (entry.verdict() != Verdict.COMMENT && entry.withdrawnAt() == null) {
                last.put(entry.reviewerId(), entry);
            }
        }
        return List.copyOf(last.values());
    }

    /** Returns why somebody's approval would not count, or null. */
    @Nullable
    String problem(Caller reviewer, ReviewCase about) {
        Review review = about.review();
        if (reviewer.kind() != PrincipalKind.USER) {
            return "Only people approve; " + reviewer.principal() + " is a service account";
        }
        if (about.editors().include(reviewer) || review.submitterId().equals(reviewer.principalId())) {
            return reviewer.principal() + " wrote or submitted this; somebody else has to look at it";
        }
        if (!Namespaces.mayRead(reviewer, review.kind(), review.name())) {
            return reviewer.principal() + " may not read '" + review.name() + "'";
        }
        List<String> named = about.policy().reviewers();
        if (named.isEmpty()) {
            Permission needed = Permission.of(
                    review.kind().resource(),
                    "review",
                    review.name().namespace(),
                    review.name().path());
            return reviewer.may(needed) ? null : "This needs the permission " + needed;
        }
        return about.policy().names(reviewer, reviewers.groups(reviewer))
                ? null
                : reviewer.principal() + " is none of the reviewers: " + String.join(", ", named);
    }
}
