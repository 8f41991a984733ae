package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.registry.AssetResolver.Located;
import dev.gantry.registry.Review.LineComment;
import dev.gantry.registry.Review.Progress;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.registry.ReviewCheck.Result;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Lets versions be approved by others than those who wrote them. A review is about one version: a newer one ends it. What
 * reviewers said counts by what they may do at the moment when the version is published, not when they said it.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class Reviews {
    private static final int TEXT_LENGTH_MAX = 10_000;
    private static final int LINES_MAX = 200;
    private static final int ENTRIES_MAX = 500;
    private static final int REASON_LENGTH_MIN = 10;
    private static final int REASON_LENGTH_MAX = 500;

    private final Database database;
    private final AssetStore assets;
    private final AssetResolver resolver;
    private final ReviewFinder finder;
    private final ReviewTally tally;
    private final List<ReviewCheck> checks;
    private final Supplier<AssetListener> listener;
    private final Clock clock;
    private final ReviewStore store = new ReviewStore();

    Reviews(
            Database database,
            AssetStore assets,
            AssetResolver resolver,
            ReviewPolicies policies,
            Reviewers reviewers,
            List<ReviewCheck> checks,
            Supplier<AssetListener> listener,
            Clock clock) {
        this.database = database;
        this.assets = assets;
        this.resolver = resolver;
        this.finder = new ReviewFinder(database, assets, resolver, policies, reviewers, store);
        this.tally = new ReviewTally(reviewers);
        this.checks = List.copyOf(checks);
        this.listener = listener;
        this.clock = clock;
    }

    /** A review with how far it is. */
    public record Shown(Review review, Progress progress) {}

    /**
     * The text that a review is about.
     *
     * @param base the approved version before it; null when there was none, and all of it is new
     */
    public record Changes(AssetVersion version, @Nullable AssetVersion base, TextDiff diff) {}

    /** A part of a list, newest first; the reviews in it lack what was said. */
    public record Page(List<Review> reviews, @Nullable String nextCursor) {
        /** Copies the list. */
        public Page {
            reviews = List.copyOf(reviews);
        }
    }

    /**
     * Hands the current version of an asset in for review, after the checks have looked at it.
     *
     * @param message what is to be said about it; may be empty
     * @throws GantryException {@link ErrorCode#CONFLICT} if it is under review or approved already;
     *     {@link ErrorCode#PERMISSION_DENIED} if the caller may not change the asset
     */
    public Shown submit(Caller caller, AssetKind kind, String name, String message) {
        return submit(
                caller,
                kind,
                message,
                handle -> resolver.locate(
                        handle, caller, kind, AssetReference.parse(name).name()));
    }

    /** Hands in the asset of just this name, whatever else the name might mean to the caller. */
    Shown submitExactly(Caller caller, AssetKind kind, AssetName name, String message) {
        return submit(caller, kind, message, handle -> resolver.exactly(handle, kind, name));
    }

    private Shown submit(Caller caller, AssetKind kind, String message, Function<Handle, Located> find) {
        Located asset = database.inOrganization(caller.organization(), handle -> {
            Located found = find.apply(handle);
            Namespaces.requireWrite(caller, kind, found.version().name(), "update");
            requireSubmittable(handle, found);
            return found;
        });
        List<Result> results = look(caller, asset.version());
        UUID id = Ids.next();
        ReviewCase submitted = database.inOrganization(caller.organization(), handle -> {
            AssetName full = asset.version().name();
            AssetStore.Row row = assets.lock(handle, kind, full).orElseThrow();
            if (row.deleted() || row.version() != asset.version().version()) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "'" + full + "' was changed in the meantime; submit it again");
            }
            requireSubmittable(handle, asset);
            store.insert(
                    handle,
                    caller,
                    id,
                    asset.id(),
                    asset.version(),
                    Text.storable(message.strip(), TEXT_LENGTH_MAX),
                    results,
                    now());
            return finder.lock(handle, id);
        });
        return shown(caller, submitted);
    }

    private void requireSubmittable(Handle handle, Located asset) {
        AssetVersion version = asset.version();
        if (version.standing().approved()) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "Version " + version.version() + " of '" + version.name() + "' is approved already");
        }
        store.open(handle, asset.id()).ifPresent(open -> {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "Version " + version.version() + " of '" + version.name() + "' is under review already: " + open);
        });
    }

    private List<Result> look(Caller caller, AssetVersion version) {
        return checks.stream().map(check -> check.run(caller, version)).toList();
    }

    /**
     * Returns a review.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is none that the caller sees: of an asset that they see, or
     *     open and theirs to review; {@link ErrorCode#PERMISSION_DENIED} if they may not read its asset
     */
    public Shown get(Caller caller, UUID id) {
        return shown(caller, finder.load(caller, id));
    }

    /**
     * Returns the text that a review is about, and what it is compared with.
     *
     * @throws GantryException as {@link #get}
     */
    public Changes changes(Caller caller, UUID id) {
        return finder.changes(caller, id);
    }

    /**
     * Returns the tests of the version that a review is about, and what came of them.
     *
     * @throws GantryException as {@link #get}
     */
    public PatternTests.Tried tests(Caller caller, UUID id) {
        return finder.tests(caller, id);
    }

    /**
     * Lists reviews that the caller sees, of assets that they may read, newest first.
     *
     * @param namespace the only one; null for all
     * @param name of the only asset; null for all
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} if they may read nothing at all
     */
    public Page list(
            Caller caller,
            @Nullable State state,
            @Nullable AssetKind kind,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String cursor,
            int limit) {
        Namespaces.requireSomeReading(caller, kind);
        return finder.list(
                caller,
                kind == null && name != null ? AssetKind.PATTERN : kind,
                state,
                namespace,
                name,
                cursor == null ? null : TimeCursor.parse(cursor),
                limit);
    }

    /** Does something to a review that is still open, and returns what came of it. */
    private ReviewCase change(Caller caller, UUID id, BiConsumer<Handle, Review> change) {
        return database.inOrganization(caller.organization(), handle -> {
            Review review = finder.lock(handle, id).review();
            requireOpen(review);
            change.accept(handle, review);
            return finder.lock(handle, id);
        });
    }

    /**
     * Says something about a version. Whoever may read it may comment; approving it and requesting changes is for reviewers,
     * and for none of those who wrote or submitted it.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the review is closed; {@link ErrorCode#PERMISSION_DENIED}
     */
    public Shown say(Caller caller, UUID id, Verdict verdict, String body, List<LineComment> lines) {
        requireText(verdict, body, lines);
        ReviewCase about = finder.load(caller, id);
        requireOpen(about.review());
        if (verdict != Verdict.COMMENT) {
            String problem = tally.problem(caller, about);
            if (problem != null) {
                throw new GantryException(ErrorCode.PERMISSION_DENIED, problem);
            }
        }
        ReviewCase after = change(caller, id, (handle, review) -> {
            if (review.entries().size() >= ENTRIES_MAX) {
                throw new GantryException(ErrorCode.QUOTA_EXCEEDED, "A review takes " + ENTRIES_MAX + " entries");
            }
            store.addEntry(handle, caller, id, verdict, body.strip(), lines, now());
        });
        return shown(caller, after);
    }

    private static void requireText(Verdict verdict, String body, List<LineComment> lines) {
        boolean fits = body.length() <= TEXT_LENGTH_MAX
                && body.indexOf('\0') < 0
                && lines.size() <= LINES_MAX
                && lines.stream()
                        .allMatch(line -> line.line() >= 1
                                && !line.text().isBlank()
                                && line.text().length() <= TEXT_LENGTH_MAX
                                && line.text().indexOf('\0') < 0);
        if (!fits) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "A review takes " + TEXT_LENGTH_MAX + " characters of text, and remarks on up to " + LINES_MAX
                            + " lines, each with a text");
        }
        if (verdict != Verdict.APPROVE && body.isBlank() && lines.isEmpty()) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "Say what it is about: 'body' and 'lines' are empty");
        }
    }

    /**
     * Takes back what the caller said.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if they did not; {@link ErrorCode#CONFLICT} if the review is closed
     */
    public Shown takeBack(Caller caller, UUID id, UUID entry) {
        finder.load(caller, id);
        ReviewCase after = change(caller, id, (handle, review) -> {
            if (!store.withdrawEntry(handle, id, entry, caller.principalId(), now())) {
                throw new GantryException(
                        ErrorCode.NOT_FOUND, "There is nothing of that id that " + caller.principal() + " said");
            }
        });
        return shown(caller, after);
    }

    /** Lets the checks look at the version again. */
    public Shown check(Caller caller, UUID id) {
        return shown(caller, checked(caller, finder.load(caller, id)));
    }

    /** Lets the checks look at the version as things are now, and keeps what they find. */
    private ReviewCase checked(Caller caller, ReviewCase about) {
        requireOpen(about.review());
        AssetVersion version = database.inOrganization(caller.organization(), handle -> finder.version(handle, about));
        List<Result> results = look(caller, version);
        UUID id = about.review().id();
        return change(caller, id, (handle, review) -> store.checks(handle, id, results));
    }

    /**
     * Lets the version count as approved. The checks look at it once more: much may have changed since it was handed in.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} with all that is missing
     */
    public Shown publish(Caller caller, UUID id) {
        ReviewCase loaded = finder.load(caller, id);
        requireOpen(loaded.review());
        Namespaces.requireWrite(caller, loaded.review().kind(), loaded.review().name(), "update");
        ReviewCase about = checked(caller, loaded);
        Progress progress = tally.progress(caller.organization(), about);
        if (!progress.isReady()) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "It cannot be published yet: " + String.join("; ", progress.missing()));
        }
        return shown(caller, close(caller, about, State.PUBLISHED, progress.approvedBy(), null));
    }

    /**
     * Lets the version count as approved without reviews, in an emergency.
     *
     * @param reason why; kept with the version and in the audit log
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} without the permission to override
     */
    public Shown override(Caller caller, UUID id, String reason) {
        String why = reason.strip();
        if (why.length() < REASON_LENGTH_MIN || why.length() > REASON_LENGTH_MAX || why.indexOf('\0') >= 0) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "An override takes a reason of " + REASON_LENGTH_MIN + " to " + REASON_LENGTH_MAX + " characters");
        }
        ReviewCase about = finder.load(caller, id);
        Review review = about.review();
        requireOpen(review);
        caller.require(Permission.of(
                review.kind().resource(),
                "override",
                review.name().namespace(),
                review.name().path()));
        List<String> approvedBy = tally.progress(caller.organization(), about).approvedBy();
        return shown(caller, close(caller, about, State.OVERRIDDEN, approvedBy, why));
    }

    private ReviewCase close(
            Caller caller, ReviewCase seen, State state, List<String> approvedBy, @Nullable String reason) {
        Review review = seen.review();
        return database.inOrganization(caller.organization(), handle -> {
            // The asset first, as writes do: a new version either is there already, or finds the review closed.
            AssetStore.Row row =
                    assets.lock(handle, review.kind(), review.name()).orElseThrow();
            ReviewCase now = finder.lock(handle, review.id());
            requireOpen(now.review());
            boolean same = !row.deleted()
                    && row.version() == review.version()
                    && now.review().entries().equals(review.entries())
                    && now.review().checks().equals(review.checks())
                    && now.policy().equals(seen.policy());
            if (!same) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "The review was changed in the meantime; look at it again");
            }
            store.approve(handle, caller.organization(), now.stored(), approvedBy, reason, now());
            store.close(handle, review.id(), state, caller.principal(), reason, now());
            listener.get().published(handle, caller, review.kind(), review.name(), review.version(), state.id());
            return finder.lock(handle, review.id());
        });
    }

    /**
     * Ends a review without a result.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} unless the caller submitted it or may change the asset
     */
    public Shown withdraw(Caller caller, UUID id) {
        finder.load(caller, id);
        ReviewCase after = change(caller, id, (handle, review) -> {
            if (!review.submitterId().equals(caller.principalId())) {
                Namespaces.requireWrite(caller, review.kind(), review.name(), "update");
            }
            store.close(handle, id, State.WITHDRAWN, caller.principal(), null, now());
        });
        return shown(caller, after);
    }

    private static void requireOpen(Review review) {
        if (!review.isOpen()) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "The review is closed (" + review.state().id() + ")"
                            + (review.state() == State.SUPERSEDED
                                    ? ": '" + review.name() + "' has a newer version, which needs a review of its own"
                                    : ""));
        }
    }

    private Shown shown(Caller caller, ReviewCase about) {
        return new Shown(about.review(), tally.progress(caller.organization(), about));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
