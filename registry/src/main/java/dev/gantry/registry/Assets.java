package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.Utf8;
import dev.gantry.registry.AssetSearch.Hit;
import dev.gantry.registry.AssetSearch.Position;
import dev.gantry.registry.PutResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The patterns, contexts, strategies and workflows of all organizations, as one caller sees them.
 *
 * <p>Names without a namespace are looked up in the caller's own namespace, in those of their teams, in {@code shared} and
 * among the built-in ones, in this order. Every method checks the caller's permissions on the asset that it comes to:
 * {@code patterns:read} and {@code patterns:execute}, for workflows {@code workflows:read}; for writing {@code patterns:create}, {@code patterns:update} and
 * {@code patterns:delete}, instead of which {@code patterns:create_custom} suffices outside of {@code shared}. What the
 * caller does not see, does not exist for them.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class Assets {
    private static final int ROUNDS_MAX = 20;
    private static final int SUGGESTIONS_FROM_MAX = 2_000;

    private final Database database;
    private final Builtins builtins;
    private final RegistrySettings settings;
    private final Clock clock;
    private final TeamDirectory teams;
    private final WorkflowFormat workflows;
    private final AssetStore store = new AssetStore();
    private final AssetSearch search = new AssetSearch();

    Assets(
            Database database,
            Builtins builtins,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows) {
        this.database = database;
        this.builtins = builtins;
        this.settings = settings;
        this.clock = clock;
        this.teams = teams;
        this.workflows = workflows;
    }

    /**
     * Returns an asset.
     *
     * @param name with or without namespace, and with {@code @} and a number for another version than the current one
     * @throws GantryException {@link ErrorCode#UNKNOWN_PATTERN} or {@link ErrorCode#NOT_FOUND} with the nearest name if it
     *     does not exist for the caller, {@link ErrorCode#PERMISSION_DENIED} if they may not read it
     */
    public AssetVersion get(Caller caller, AssetKind kind, String name) {
        AssetVersion asset =
                database.inOrganization(caller.organization(), handle -> resolve(handle, caller, kind, name));
        Namespaces.require(caller, kind, asset.name(), "read");
        return asset;
    }

    /** Returns the asset that a name means, without asking for a permission. */
    AssetVersion resolve(Handle handle, Caller caller, AssetKind kind, String written) {
        AssetReference reference = AssetReference.parse(written);
        List<AssetName> candidates = Namespaces.candidates(caller, reference.name());
        Optional<AssetStore.Found> found = store.findFirst(handle, kind, candidates, reference.version());
        if (found.isPresent()) {
            AssetVersion version = found.get().version();
            if (version == null) {
                throw new GantryException(
                        kind.unknown(),
                        "'" + found.get().name() + "' has no version " + reference.version() + "; the newest is "
                                + found.get().currentVersion());
            }
            return version;
        }
        for (AssetName candidate : candidates) {
            if (candidate.namespace().equals(AssetName.BUILTIN)) {
                Optional<AssetVersion> builtin = builtins.find(kind, candidate.path());
                if (builtin.isPresent()) {
                    return requireVersion(builtin.get(), reference.version());
                }
            }
        }
        throw unknown(handle, caller, kind, reference.name());
    }

    private static AssetVersion requireVersion(AssetVersion builtin, @Nullable Integer wanted) {
        if (wanted != null && wanted != builtin.version()) {
            throw new GantryException(
                    builtin.kind().unknown(),
                    "Of '" + builtin.name() + "' this release of Gantry has version " + builtin.version() + " only");
        }
        return builtin;
    }

    private GantryException unknown(Handle handle, Caller caller, AssetKind kind, String written) {
        List<String> visible = Namespaces.visible(caller);
        List<AssetName> names = store.someNames(handle, kind, visible, SUGGESTIONS_FROM_MAX).stream()
                .filter(name -> Namespaces.mayRead(caller, kind, name))
                .toList();
        List<String> known = Stream.concat(
                        Stream.concat(
                                names.stream().map(AssetName::path),
                                names.stream().map(AssetName::toString)),
                        builtins.list(kind).stream().map(asset -> asset.name().path()))
                .toList();
        return new GantryException(
                kind.unknown(),
                "There is no " + kind.id() + " '" + Text.shorten(written, 120) + "'" + Text.didYouMean(written, known)
                        + "; looked in " + String.join(", ", visible));
    }

    /**
     * Writes an asset. A name without a namespace means the caller's own; administrators may name any team's. The same
     * content again is no new version.
     *
     * @param content the whole text: front matter, if any, and instructions
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with the line for broken front matter,
     *     {@link ErrorCode#INVALID_WORKFLOW},
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#PRECONDITION_FAILED}, {@link ErrorCode#REQUEST_TOO_LARGE}
     */
    public PutResult put(Caller caller, AssetKind kind, String name, String content, Precondition precondition) {
        AssetName target = Namespaces.target(caller, name, teams);
        AssetText text = AssetText.check(kind, content, settings.assetSizeMax().bytes(), workflows);
        return database.inOrganization(caller.organization(), handle -> {
            return put(handle, caller, kind, target, text, precondition, new Room());
        });
    }

    /**
     * Writes an asset that must not exist yet.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if it exists, and those of {@link #put}
     */
    public PutResult create(Caller caller, AssetKind kind, String name, String content) {
        try {
            return put(caller, kind, name, content, new Precondition.Absent());
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.PRECONDITION_FAILED) {
                throw new GantryException(ErrorCode.CONFLICT, refused.getMessage(), refused);
            }
            throw refused;
        }
    }

    /**
     * Checks the text of a file of a library.
     *
     * @throws GantryException those of {@link #put} about the text
     */
    AssetText check(AssetKind kind, byte[] content) {
        if (!Utf8.isValid(content, 0, content.length)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "it is not UTF-8");
        }
        String text = kind == AssetKind.STRATEGY
                ? Builtins.strategyText(content)
                : new String(content, StandardCharsets.UTF_8);
        return AssetText.check(kind, text, settings.assetSizeMax().bytes(), workflows);
    }

    /** Writes an asset within a transaction. */
    PutResult put(
            Handle handle,
            Caller caller,
            AssetKind kind,
            AssetName name,
            AssetText text,
            Precondition precondition,
            Room room) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Optional<AssetStore.Row> existing = store.lock(handle, kind, name);
        boolean absent = existing.isEmpty() || existing.get().deleted();
        Namespaces.requireWrite(caller, kind, name, absent ? "create" : "update");
        if (existing.isEmpty() && !(precondition instanceof Precondition.Matches)) {
            room.takeOne(handle);
            store.insert(handle, caller.organization(), kind, name, now);
            existing = store.lock(handle, kind, name);
        }
        requireCondition(name, existing, precondition);
        AssetStore.Row row = existing.orElseThrow();
        boolean created = row.deleted();
        if (!created && row.hash().equals(text.hash())) {
            return result(handle, kind, name, Outcome.UNCHANGED, text);
        }
        if (!created) {
            Namespaces.requireWrite(caller, kind, name, "update");
        }
        if (row.version() >= settings.versionsMax()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + name + "' has " + row.version()
                            + " versions, the most that the operator allows; use another name");
        }
        store.addVersion(handle, caller, row, name, text, now);
        return result(handle, kind, name, created ? Outcome.CREATED : Outcome.UPDATED, text);
    }

    private PutResult result(Handle handle, AssetKind kind, AssetName name, Outcome outcome, AssetText text) {
        AssetVersion current = store.findFirst(handle, kind, List.of(name), null)
                .map(AssetStore.Found::version)
                .orElseThrow();
        return new PutResult(current, outcome, text.source().warnings());
    }

    /** Counts the names that one transaction adds, and refuses those above the bound. */
    final class Room {
        private long used = -1;

        private void takeOne(Handle handle) {
            used = (used < 0 ? store.count(handle) : used) + 1;
            if (used > settings.assetsMax()) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "The organization may have " + settings.assetsMax() + " patterns, contexts, strategies and"
                                + " workflows (setting patterns.assets_max)");
            }
        }
    }

    private static void requireCondition(AssetName name, Optional<AssetStore.Row> row, Precondition precondition) {
        boolean exists = row.isPresent() && !row.get().deleted();
        String problem = switch (precondition) {
            case Precondition.None none -> null;
            case Precondition.Exists must -> exists ? null : "'" + name + "' does not exist";
            case Precondition.Absent mustNot -> exists ? "'" + name + "' exists already" : null;
            case Precondition.Matches matches ->
                !exists
                        ? "'" + name + "' does not exist"
                        : matches.hashes().contains(row.get().hash())
                                ? null
                                : "'" + name + "' was changed in the meantime; its version is "
                                        + row.get().version();
        };
        if (problem != null) {
            throw new GantryException(ErrorCode.PRECONDITION_FAILED, problem);
        }
    }

    /**
     * Deletes an asset. Its versions are kept; writing under the name again goes on counting.
     *
     * @throws GantryException {@link ErrorCode#UNKNOWN_PATTERN} or {@link ErrorCode#NOT_FOUND},
     *     {@link ErrorCode#PERMISSION_DENIED}, {@link ErrorCode#PRECONDITION_FAILED}
     */
    public AssetName delete(Caller caller, AssetKind kind, String name, Precondition precondition) {
        AssetName target = Namespaces.target(caller, name, teams);
        Namespaces.requireWrite(caller, kind, target, "delete");
        return database.inOrganization(caller.organization(), handle -> {
            Optional<AssetStore.Row> row = store.lock(handle, kind, target).filter(found -> !found.deleted());
            requireCondition(target, row, precondition);
            if (row.isEmpty()) {
                throw new GantryException(kind.unknown(), "There is no " + kind.id() + " '" + target + "' to delete");
            }
            store.markDeleted(handle, row.get(), clock.instant());
            return target;
        });
    }

    /**
     * Lists or searches what the caller may read.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} if they may read nothing at all, or the namespace that
     *     the query names is not theirs
     */
    public AssetPage list(Caller caller, AssetQuery query) {
        Namespaces.requireSomeReading(caller, query.kind());
        List<String> namespaces = namespaces(caller, query.namespace());
        boolean withBuiltins = query.namespace() == null || query.namespace().equals(AssetName.BUILTIN);
        Collection<AssetVersion> builtin = withBuiltins ? builtins.list(query.kind()) : List.of();
        Position start = query.cursor() == null ? null : Position.parse(query.cursor());
        return database.inOrganization(caller.organization(), handle -> {
            List<AssetSummary> page = new ArrayList<>();
            Position position = start;
            for (int round = 0; round < ROUNDS_MAX; round++) {
                List<Hit> hits = query.text() == null
                        ? search.list(handle, query, namespaces, builtin, position, query.limit() + 1)
                        : search.find(handle, query, namespaces, builtin, position, query.limit() + 1);
                for (Hit hit : hits) {
                    if (page.size() == query.limit()) {
                        return new AssetPage(page, position == null ? null : position.encode());
                    }
                    position = hit.position();
                    if (Namespaces.mayRead(caller, query.kind(), hit.asset().name())) {
                        page.add(hit.asset());
                    }
                }
                if (hits.size() <= query.limit()) {
                    return new AssetPage(page, null);
                }
            }
            return new AssetPage(page, position == null ? null : position.encode());
        });
    }

    private static List<String> namespaces(Caller caller, @Nullable String wanted) {
        if (wanted == null) {
            return Namespaces.visible(caller);
        }
        String namespace = wanted.equals("~") ? Namespaces.own(caller) : wanted;
        if (!Namespaces.sees(caller, namespace)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "'" + Text.shorten(namespace, 80) + "' is not a namespace of " + caller.principal());
        }
        return List.of(namespace);
    }

    /**
     * Returns the history of an asset, newest version first.
     *
     * @param before the previous page's {@code nextBefore}; null for the first page
     * @throws GantryException as {@link #get}
     */
    public VersionPage versions(Caller caller, AssetKind kind, String name, @Nullable Integer before, int limit) {
        int bounded = Math.clamp(limit, 1, AssetQuery.LIMIT_MAX);
        return database.inOrganization(caller.organization(), handle -> {
            AssetVersion current = resolve(handle, caller, kind, name);
            Namespaces.require(caller, kind, current.name(), "read");
            if (current.name().namespace().equals(AssetName.BUILTIN)) {
                VersionSummary only = new VersionSummary(
                        current.version(), current.hash(), current.description(), current.author(), null);
                return new VersionPage(current.name(), List.of(only), null);
            }
            List<VersionSummary> versions = store.versions(
                    handle, kind, current.name(), before == null ? Integer.MAX_VALUE : before, bounded + 1);
            boolean more = versions.size() > bounded;
            List<VersionSummary> page = more ? versions.subList(0, bounded) : versions;
            return new VersionPage(current.name(), page, more ? page.getLast().version() : null);
        });
    }
}
