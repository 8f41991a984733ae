package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.AssetResolver.Located;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is said about assets besides their text: who sees them, who answers for them, which version a label means, and what
 * should no longer be used. All of it takes the permission to change the asset; showing it to the whole organization takes
 * {@code patterns:publish} as well.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class Publishing {
    private static final int MESSAGE_LENGTH_MAX = 1_000;

    private final Database database;
    private final Assets assets;
    private final AssetWrites writes;
    private final AssetStore store;
    private final AssetResolver resolver;
    private final Clock clock;
    private final TeamDirectory teams;
    private final ReviewPolicies policies;

    Publishing(
            Database database,
            Assets assets,
            AssetWrites writes,
            AssetStore store,
            AssetResolver resolver,
            Clock clock,
            TeamDirectory teams,
            ReviewPolicies policies) {
        this.database = database;
        this.assets = assets;
        this.writes = writes;
        this.store = store;
        this.resolver = resolver;
        this.clock = clock;
        this.teams = teams;
        this.policies = policies;
    }

    /** What a label came to stand for. */
    public record LabelMove(
            AssetName name,
            String label,
            int version,
            @Nullable Integer before) {}

    /** Two versions of one asset and what is between them. */
    public record Comparison(AssetVersion from, AssetVersion to, TextDiff diff) {}

    /**
     * Says who sees an asset, who answers for it and what it is tagged with.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_PATTERN} or {@link ErrorCode#NOT_FOUND};
     *     {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#INVALID_REQUEST} if the namespace does not allow the visibility
     */
    public AssetVersion publish(Caller caller, AssetKind kind, String name, Publication publication) {
        return change(caller, kind, name, (handle, asset, row) -> {
            String audience = audience(handle, caller, asset.version(), row.audience(), publication);
            List<String> owners = publication.owners() == null ? row.owners() : publication.owners();
            List<String> tags = publication.tags() == null ? row.addedTags() : publication.tags();
            store.publish(handle, row, audience, owners, tags);
            AssetVersion now = resolver.current(handle, kind, asset.version().name());
            if (!audience.equals(row.audience()) && !audience.isEmpty()) {
                writes.listener()
                        .published(
                                handle,
                                caller,
                                kind,
                                now.name(),
                                now.version(),
                                now.standing().visibility().id());
            }
            return now;
        });
    }

    private String audience(Handle handle, Caller caller, AssetVersion asset, String before, Publication publication) {
        AssetName name = asset.name();
        Visibility visibility = publication.visibility();
        if (visibility == null) {
            return before;
        }
        boolean shared = name.namespace().equals(AssetName.SHARED);
        if (shared && visibility != Visibility.ORGANIZATION) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "What is in '" + AssetName.SHARED
                            + "' is seen by the whole organization; put it into your own namespace or"
                            + " your team's to show it to fewer");
        }
        return switch (visibility) {
            case PRIVATE -> "";
            case TEAM -> team(caller, name, publication.team());
            case ORGANIZATION -> {
                if (!shared && !before.equals(Viewer.EVERYBODY)) {
                    caller.require(Permission.of(asset.kind().resource(), "publish", name.namespace(), name.path()));
                    requireApproved(policies.of(handle, name.namespace()).asked(), asset, "shown to the organization");
                }
                yield Viewer.EVERYBODY;
            }
        };
    }

    private static void requireApproved(boolean asked, AssetVersion version, String what) {
        if (asked && !version.standing().approved()) {
            throw new GantryException(
                    ErrorCode.NOT_APPROVED,
                    "Version " + version.version() + " of '" + version.name()
                            + "' is not approved, and here only approved" + " ones may be " + what
                            + "; submit it for review");
        }
    }

    private String team(Caller caller, AssetName name, @Nullable String wanted) {
        boolean personal = name.namespace().startsWith("~");
        if (!personal && (wanted == null || wanted.equals(name.namespace()))) {
            return name.namespace();
        }
        if (!personal) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + name + "' belongs to the team '" + name.namespace()
                            + "'; show it to another one by forking it" + " there, or to the whole organization");
        }
        String team = wanted != null
                ? wanted
                : caller.teams().size() == 1 ? caller.teams().getFirst() : null;
        if (team == null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Say which 'team' is to see it"
                            + (caller.teams().isEmpty() ? "" : ": " + String.join(", ", caller.teams())));
        }
        boolean allowed =
                caller.teams().contains(team) || (Namespaces.isAdministrator(caller) && teams.exists(caller, team));
        if (!allowed) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "'" + Text.storable(team, 80) + "' is not a team of " + caller.principal());
        }
        return team;
    }

    /**
     * Marks an asset as deprecated; whoever uses it learns of it.
     *
     * @param message why, and what to do; may be empty
     * @param replacement the name of what to use instead, which must exist; null when there is none
     */
    public AssetVersion deprecate(
            Caller caller, AssetKind kind, String name, String message, @Nullable String replacement) {
        String text = Text.storable(message.strip(), MESSAGE_LENGTH_MAX);
        return change(caller, kind, name, (handle, asset, row) -> {
            AssetName instead = replacement == null
                    ? null
                    : resolver.resolve(handle, caller, kind, replacement).name();
            if (asset.version().name().equals(instead)) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "'" + instead + "' cannot replace itself");
            }
            store.deprecate(
                    handle,
                    row.id(),
                    clock.instant().truncatedTo(ChronoUnit.MICROS),
                    text,
                    instead == null ? null : instead.toString());
            return resolver.current(handle, kind, asset.version().name());
        });
    }

    /** Takes the mark of {@link #deprecate} away. */
    public AssetVersion restore(Caller caller, AssetKind kind, String name) {
        return change(caller, kind, name, (handle, asset, row) -> {
            store.deprecate(handle, row.id(), null, null, null);
            return resolver.current(handle, kind, asset.version().name());
        });
    }

    /**
     * Lets a label stand for a version.
     *
     * @param version a number or another label; null for the current version
     * @throws GantryException also {@link ErrorCode#QUOTA_EXCEEDED} when the asset has as many labels as it may have
     */
    public LabelMove label(Caller caller, AssetKind kind, String name, String label, @Nullable String version) {
        String checked = AssetReference.requireOwnLabel(label);
        return change(caller, kind, name, (handle, asset, row) -> {
            AssetName full = asset.version().name();
            AssetVersion target = version == null
                    ? resolver.current(handle, kind, full)
                    : resolver.resolve(handle, caller, kind, full + "@" + version);
            ReviewPolicy policy = requireMovable(handle, caller, kind, full, checked);
            requireApproved(
                    policy.requireApproved() && policy.protectedLabels().contains(checked),
                    target,
                    "labelled '" + checked + "'");
            boolean known = target.standing().labels().containsKey(checked);
            if (!known && target.standing().labels().size() >= Labels.LABELS_MAX) {
                throw new GantryException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "'" + full + "' has " + Labels.LABELS_MAX + " labels; remove one first");
            }
            Optional<Integer> before = Labels.move(
                    handle,
                    caller.organization(),
                    row.id(),
                    checked,
                    target.version(),
                    caller.principal(),
                    clock.instant().truncatedTo(ChronoUnit.MICROS));
            return new LabelMove(full, checked, target.version(), before.orElse(null));
        });
    }

    /** Returns the policy, after insisting that the caller may move the label under it. */
    private ReviewPolicy requireMovable(Handle handle, Caller caller, AssetKind kind, AssetName name, String label) {
        ReviewPolicy policy = policies.of(handle, name.namespace());
        if (policy.protectedLabels().contains(label)) {
            caller.require(Permission.of(kind.resource(), "promote", name.namespace(), name.path()));
        }
        return policy;
    }

    /**
     * Takes a label away.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if the asset does not have it
     */
    public void unlabel(Caller caller, AssetKind kind, String name, String label) {
        String checked = AssetReference.requireOwnLabel(label);
        this.<@Nullable Void>change(caller, kind, name, (handle, asset, row) -> {
            requireMovable(handle, caller, kind, asset.version().name(), checked);
            if (!Labels.remove(handle, row.id(), checked)) {
                throw new GantryException(
                        ErrorCode.NOT_FOUND,
                        "'" + asset.version().name() + "' has no label '" + checked + "'"
                                + Text.didYouMean(
                                        checked,
                                        asset.version().standing().labels().keySet()));
            }
            return null;
        });
    }

    /**
     * Makes a new version that says what an earlier one said.
     *
     * @param version a number or a label
     */
    public PutResult rollback(Caller caller, AssetKind kind, String name, String version, Precondition precondition) {
        AssetVersion earlier =
                assets.get(caller, kind, AssetReference.parse(name).name() + "@" + version);
        if (earlier.name().namespace().equals(AssetName.BUILTIN)) {
            throw Namespaces.builtin(earlier.name());
        }
        return assets.put(caller, kind, earlier.name().toString(), earlier.content(), precondition);
    }

    /**
     * Compares two versions.
     *
     * @param from a number or a label; null for the version before the other one, which is that one if it is the first
     * @param to a number or a label; null for the current version
     */
    public Comparison compare(Caller caller, AssetKind kind, String name, @Nullable String from, @Nullable String to) {
        String bare = AssetReference.parse(name).name();
        AssetVersion later = assets.get(caller, kind, to == null ? name : bare + "@" + to);
        String full = later.name().toString();
        String before = from != null ? from : String.valueOf(versionBefore(caller, later));
        AssetVersion earlier = assets.get(caller, kind, full + "@" + before);
        return new Comparison(earlier, later, TextDiff.between(earlier.content(), later.content()));
    }

    private int versionBefore(Caller caller, AssetVersion later) {
        return database.inOrganization(
                        caller.organization(),
                        handle -> store.versionBefore(handle, later.kind(), later.name(), later.version()))
                .orElse(later.version());
    }

    /** A change to an asset whose row is locked. */
    @FunctionalInterface
    private interface Change<T extends @Nullable Object> {
        T apply(Handle handle, Located asset, AssetStore.Row row);
    }

    private <T extends @Nullable Object> T change(Caller caller, AssetKind kind, String name, Change<T> change) {
        return database.inOrganization(caller.organization(), handle -> {
            Located asset = resolver.locate(
                    handle, caller, kind, AssetReference.parse(name).name());
            Namespaces.requireWrite(caller, kind, asset.version().name(), "update");
            AssetStore.Row row =
                    store.lock(handle, kind, asset.version().name()).orElseThrow();
            AssetWrites.requireKeptHere(kind, asset.version().name(), row);
            return change.apply(handle, asset, row);
        });
    }
}
