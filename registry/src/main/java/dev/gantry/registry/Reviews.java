package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.registry.AssetResolver.Located;
import dev.gantry.registry.Review.Entry;
import dev.gantry.registry.Review.LineComment;
import dev.gantry.registry.Review.Progress;
import dev.gantry.registry.Review.State;
import dev.gantry.registry.Review.Verdict;
import dev.gantry.registry.ReviewCheck.Result;
import dev.gantry.registry.ReviewStore.Stored;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
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
    private final ReviewPolicies policies;
    private final Reviewers reviewers;
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
        this.policies = policies;
        this.reviewers = reviewers;
        this.checks = List.copyOf(checks);
        this.listener = listener;
        this.clock = clock;
    }

    /** A review with how far it is. */
    public record Shown(Review review, Progress progress) {}

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
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
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
            return null;
        });
        return get(caller, id);
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
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is none that the caller sees;
     *     {@link ErrorCode#PERMISSION_DENIED} if they may not read its asset
     */
    public Shown get(Caller caller, UUID id) {
        return shown(caller, load(caller, id));
    }

    private record Loaded(Stored stored, ReviewPolicy policy, ReviewStore.Editors editors) {
        Review review() {
            return stored.review();
        }
    }

    private Loaded load(Caller caller, UUID id) {
        return database.inOrganization(caller.organization(), handle -> load(handle, caller, id, false));
    }

    private Loaded load(Handle handle, Caller caller, UUID id, boolean lock) {
        Stored stored = store.find(handle, Viewer.of(caller), id, lock)
                .orElseThrow(() -> new GantryException(ErrorCode.NOT_FOUND, "There is no review " + id));
        Review review = stored.review();
        Namespaces.require(caller, review.kind(), review.name(), "read");
        return new Loaded(
                stored,
                policies.of(handle, review.name().namespace()),
                store.editors(handle, stored.asset(), review.baseVersion(), review.version()));
    }

    /**
     * Lists reviews of assets that the caller may read, newest first.
     *
     * @param namespace the only one; null for all
     */
    public Page list(
            Caller caller,
            @Nullable State state,
            @Nullable AssetKind kind,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String cursor,
            int limit) {
        TimeCursor after = cursor == null ? null : TimeCursor.parse(cursor);
        return database.inOrganization(caller.organization(), handle -> {
            AssetName only = name == null
                    ? null
                    : resolver.resolve(handle, caller, Objects.requireNonNullElse(kind, AssetKind.PATTERN), name)
                            .name();
            List<Review> found = store.list(handle, Viewer.of(caller), state, only, after, limit + 1);
            boolean more = found.size() > limit;
            List<Review> page = more ? found.subList(0, limit) : found;
            String next = more
                    ? new TimeCursor(
                                    page.getLast().submittedAt(), page.getLast().id())
                            .encode()
                    : null;
            return new Page(
                    page.stream()
                            .filter(review -> kind == null || review.kind() == kind)
                            .filter(review -> namespace == null
                                    || review.name().namespace().equals(namespace))
                            .filter(review -> Namespaces.mayRead(caller, review.kind(), review.name()))
                            .toList(),
                    next);
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
        Loaded loaded = load(caller, id);
        if (verdict != Verdict.COMMENT) {
            String problem = problemAsReviewer(caller, loaded);
            if (problem != null) {
                throw new GantryException(ErrorCode.PERMISSION_DENIED, problem);
            }
        }
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
            Loaded locked = load(handle, caller, id, true);
            requireOpen(locked.review());
            if (locked.review().entries().size() >= ENTRIES_MAX) {
                throw new GantryException(ErrorCode.QUOTA_EXCEEDED, "A review takes " + ENTRIES_MAX + " entries");
            }
            store.addEntry(handle, caller, id, verdict, body.strip(), lines, now());
            return null;
        });
        return get(caller, id);
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
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
            requireOpen(load(handle, caller, id, true).review());
            if (!store.withdrawEntry(handle, id, entry, caller.principalId(), now())) {
                throw new GantryException(
                        ErrorCode.NOT_FOUND, "There is nothing of that id that " + caller.principal() + " said");
            }
            return null;
        });
        return get(caller, id);
    }

    /** Lets the checks look at the version again. */
    public Shown check(Caller caller, UUID id) {
        Loaded loaded = load(caller, id);
        requireOpen(loaded.review());
        AssetVersion version = database.inOrganization(
                caller.organization(),
                handle -> assets.find(
                                handle,
                                loaded.review().kind(),
                                loaded.stored().asset(),
                                loaded.review().version())
                        .map(AssetStore.Found::version)
                        .orElseThrow());
        List<Result> results = look(caller, version);
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
            requireOpen(load(handle, caller, id, true).review());
            store.checks(handle, id, results);
            return null;
        });
        return get(caller, id);
    }

    /**
     * Lets the version count as approved.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} with all that is missing
     */
    public Shown publish(Caller caller, UUID id) {
        Loaded loaded = load(caller, id);
        requireOpen(loaded.review());
        Namespaces.requireWrite(caller, loaded.review().kind(), loaded.review().name(), "update");
        Progress progress = progress(caller, loaded);
        if (!progress.isReady()) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "It cannot be published yet: " + String.join("; ", progress.missing()));
        }
        close(caller, loaded, State.PUBLISHED, progress.approvedBy(), null);
        return get(caller, id);
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
        Loaded loaded = load(caller, id);
        requireOpen(loaded.review());
        Review review = loaded.review();
        caller.require(Permission.of(
                review.kind().resource(),
                "override",
                review.name().namespace(),
                review.name().path()));
        close(caller, loaded, State.OVERRIDDEN, progress(caller, loaded).approvedBy(), why);
        return get(caller, id);
    }

    private void close(Caller caller, Loaded seen, State state, List<String> approvedBy, @Nullable String reason) {
        Review review = seen.review();
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
            // The asset first, as writes do: a new version either is there already, or finds the review closed.
            AssetStore.Row row =
                    assets.lock(handle, review.kind(), review.name()).orElseThrow();
            Loaded now = load(handle, caller, review.id(), true);
            requireOpen(now.review());
            boolean same = !row.deleted()
                    && row.version() == review.version()
                    && now.review().entries().equals(review.entries())
                    && now.policy().equals(seen.policy());
            if (!same) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "The review was changed in the meantime; look at it again");
            }
            store.approve(handle, caller.organization(), now.stored(), approvedBy, reason, now());
            store.close(handle, review.id(), state, caller.principal(), reason, now());
            listener.get().published(handle, caller, review.kind(), review.name(), review.version(), state.id());
            return null;
        });
    }

    /**
     * Ends a review without a result.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} unless the caller submitted it or may change the asset
     */
    public Shown withdraw(Caller caller, UUID id) {
        database.<@Nullable Void>inOrganization(caller.organization(), handle -> {
            Review review = load(handle, caller, id, true).review();
            requireOpen(review);
            if (!review.submitterId().equals(caller.principalId())) {
                Namespaces.requireWrite(caller, review.kind(), review.name(), "update");
            }
            store.close(handle, id, State.WITHDRAWN, caller.principal(), null, now());
            return null;
        });
        return get(caller, id);
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

    private Shown shown(Caller caller, Loaded loaded) {
        return new Shown(loaded.review(), progress(caller, loaded));
    }

    /** The last word of each reviewer counts, if they may still review. */
    private Progress progress(Caller caller, Loaded loaded) {
        Review review = loaded.review();
        Map<UUID, Entry> last = new LinkedHashMap<>();
        for (Entry entry : review.entries()) {
            if (entry.verdict() != Verdict.COMMENT && entry.withdrawnAt() == null) {
                last.put(entry.reviewerId(), entry);
            }
        }
        List<String> approved = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Entry entry : last.values()) {
            Caller now = reviewers.now(caller.organization(), entry.reviewerId());
            if (now != null && problemAsReviewer(now, loaded) == null) {
                (entry.verdict() == Verdict.APPROVE ? approved : changes).add(entry.reviewer());
            }
        }
        int more = loaded.policy().requiredReviews() - approved.size();
        if (more > 0) {
            missing.add(more + (more == 1 ? " more approval" : " more approvals"));
        }
        changes.forEach(name -> missing.add(name + " requests changes"));
        review.checks().stream()
                .filter(Result::isInTheWay)
                .forEach(check -> missing.add("check " + check.name() + ": " + check.detail()));
        return new Progress(loaded.policy(), approved, changes, missing);
    }

    /** Returns why somebody's approval would not count, or null. */
    private @Nullable String problemAsReviewer(Caller reviewer, Loaded loaded) {
        Review review = loaded.review();
        if (reviewer.kind() != PrincipalKind.USER) {
            return "Only people approve; " + reviewer.principal() + " is a service account";
        }
        if (loaded.editors().include(reviewer) || review.submitterId().equals(reviewer.principalId())) {
            return reviewer.principal() + " wrote or submitted this; somebody else has to look at it";
        }
        if (!Namespaces.mayRead(reviewer, review.kind(), review.name())) {
            return reviewer.principal() + " may not read '" + review.name() + "'";
        }
        List<String> named = loaded.policy().reviewers();
        if (named.isEmpty()) {
            Permission needed = Permission.of(
                    review.kind().resource(),
                    "review",
                    review.name().namespace(),
                    review.name().path());
            return reviewer.may(needed) ? null : "This needs the permission " + needed;
        }
        boolean isNamed = named.stream()
                .anyMatch(name -> name.equalsIgnoreCase(reviewer.principal())
                        || reviewer.teams().contains(name)
                        || reviewers.isInGroup(reviewer, name));
        return isNamed ? null : reviewer.principal() + " is none of the reviewers: " + String.join(", ", named);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
