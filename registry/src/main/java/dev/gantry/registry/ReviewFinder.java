package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.registry.AssetResolver.Located;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.ReviewStore.Stored;
import dev.gantry.registry.Reviews.Changes;
import dev.gantry.registry.Reviews.Page;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Finds reviews, and what they are about, for those who see them. Thread-safe; blocks on the database. */
final class ReviewFinder {
    private final Database database;
    private final AssetStore assets;
    private final AssetResolver resolver;
    private final ReviewPolicies policies;
    private final Reviewers reviewers;
    private final ReviewStore store;

    ReviewFinder(
            Database database,
            AssetStore assets,
            AssetResolver resolver,
            ReviewPolicies policies,
            Reviewers reviewers,
            ReviewStore store) {
        this.database = database;
        this.assets = assets;
        this.resolver = resolver;
        this.policies = policies;
        this.reviewers = reviewers;
        this.store = store;
    }

    /** Reads a review that the caller sees and whose asset they may read. */
    ReviewCase load(Caller caller, UUID id) {
        List<String> groups = reviewers.groups(caller);
        return database.inOrganization(caller.organization(), handle -> {
            Stored stored = store.find(handle, policies.sight(handle, caller, groups), id)
                    .orElseThrow(() -> gone(id));
            Namespaces.require(caller, stored.review().kind(), stored.review().name(), "read");
            return complete(handle, stored);
        });
    }

    private ReviewCase complete(Handle handle, Stored stored) {
        Review review = stored.review();
        return new ReviewCase(
                stored,
                policies.of(handle, review.name().namespace()),
                store.editors(handle, stored.asset(), review.baseVersion(), review.version()));
    }

    /** Reads a review whoever asks, and locks it until the transaction ends. */
    ReviewCase lock(Handle handle, UUID id) {
        return complete(handle, store.lock(handle, id).orElseThrow(() -> gone(id)));
    }

    /**
     * Returns the text that a review is about, and what it is compared with.
     */
    Changes changes(Caller caller, UUID id) {
        ReviewCase about = load(caller, id);
        Review review = about.review();
        return database.inOrganization(caller.organization(), handle -> {
            AssetVersion version = version(handle, about);
            AssetVersion base = review.baseVersion() == null ? null : version(handle, about, review.baseVersion());
            return new Changes(version, base, TextDiff.between(base == null ? "" : base.content(), version.content()));
        });
    }

    /**
     * Returns the tests of the version that a review is about, and what came of them.
     */
    PatternTests.Tried tests(Caller caller, UUID id) {
        ReviewCase about = load(caller, id);
        return database.inOrganization(
                caller.organization(),
                handle -> PatternTests.tried(handle, new Located(about.asset(), version(handle, about))));
    }

    /** Returns the version that a review is about. */
    AssetVersion version(Handle handle, ReviewCase about) {
        return version(handle, about, about.review().version());
    }

    private AssetVersion version(Handle handle, ReviewCase about, int number) {
        return assets.find(handle, about.review().kind(), about.asset(), number)
                .map(AssetStore.Found::version)
                .orElseThrow(() -> gone(about.review().id()));
    }

    private static GantryException gone(UUID id) {
        return new GantryException(
                ErrorCode.NOT_FOUND,
                "There is no review " + id
                        + " that you see; whoever a policy names as a reviewer sees it while it is open");
    }

    /** Returns a part of a list; the kind is given where the name is. */
    Page list(
            Caller caller,
            @Nullable AssetKind kind,
            @Nullable State state,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable TimeCursor after,
            int limit) {
        List<String> groups = reviewers.groups(caller);
        return database.inOrganization(caller.organization(), handle -> {
            ReviewSight sight = policies.sight(handle, caller, groups);
            AssetName only = kind == null || name == null ? null : named(handle, caller, sight, kind, name);
            ReviewStore.Filter filter = new ReviewStore.Filter(state, kind, namespace, only);
            List<Review> found = store.list(handle, sight, filter, after, limit + 1);
            boolean more = found.size() > limit;
            List<Review> page = more ? found.subList(0, limit) : found;
            String next = more
                    ? new TimeCursor(
                                    page.getLast().submittedAt(), page.getLast().id())
                            .encode()
                    : null;
            return new Page(
                    page.stream()
                            .filter(review -> Namespaces.mayRead(caller, review.kind(), review.name()))
                            .toList(),
                    next);
        });
    }

    /**
     * Returns what a name means to somebody who may see no more of an asset than that it is theirs to review. What they may not read
     * looks like what does not exist.
     */
    private AssetName named(Handle handle, Caller caller, ReviewSight sight, AssetKind kind, String name) {
        try {
            return Optional.of(resolver.resolve(handle, caller, kind, name).name())
                    .filter(found -> Namespaces.mayRead(caller, kind, found))
                    .orElseThrow(() -> resolver.unknown(
                            handle, caller, kind, AssetReference.parse(name).name()));
        } catch (GantryException unseen) {
            return Namespaces.candidates(caller, AssetReference.parse(name).name()).stream()
                    .filter(candidate -> Namespaces.mayRead(caller, kind, candidate))
                    .filter(candidate -> store.isOpen(handle, sight, kind, candidate))
                    .findFirst()
                    .orElseThrow(() -> unseen);
        }
    }
}
