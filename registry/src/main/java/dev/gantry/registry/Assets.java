package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.Utf8;
import dev.gantry.registry.AssetList.Hit;
import dev.gantry.registry.AssetSearch.Position;
import dev.gantry.registry.PutResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private final Database database;
    private final Builtins builtins;
    private final RegistrySettings settings;
    private final Clock clock;
    private final TeamDirectory teams;
    private final WorkflowFormat workflows;
    private volatile AssetListener listener = AssetListener.NONE;
    private final AssetStore store;
    private final AssetBatchStore batches = new AssetBatchStore();
    private final AssetResolver resolver;
    private final AssetSearch search;

    Assets(
            Database database,
            AssetStore store,
            AssetResolver resolver,
            AssetSearch search,
            Builtins builtins,
            RegistrySettings settings,
            Clock clock,
            TeamDirectory teams,
            WorkflowFormat workflows) {
        this.database = database;
        this.store = store;
        this.resolver = resolver;
        this.search = search;
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
                database.inOrganization(caller.organization(), handle -> resolver.resolve(handle, caller, kind, name));
        Namespaces.require(caller, kind, asset.name(), "read");
        return asset;
    }

    /**
     * Returns a version for work that was begun with it, whoever sees it now and even if its asset was deleted since.
     *
     * @param handle of a transaction that sees the organization whose asset it is
     * @param name qualified, without a version
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there never was such a version
     */
    public AssetVersion pinned(Handle handle, AssetKind kind, String name, int version) {
        int slash = name.indexOf('/');
        AssetName wanted = new AssetName(name.substring(0, slash), name.substring(slash + 1));
        return resolver.pinned(handle, kind, wanted, version)
                .orElseThrow(() -> new GantryException(
                        ErrorCode.NOT_FOUND, "There is no version " + version + " of the " + kind.id() + " " + name));
    }

    /** Says who hears of what happens to assets. */
    public void listen(AssetListener hearing) {
        listener = hearing;
    }

    AssetListener listener() {
        return listener;
    }

    /**
     * Returns an asset that is to run, for which reading it is not needed.
     *
     * @throws GantryException those of {@link #get}, but {@link ErrorCode#PERMISSION_DENIED} if they may not execute it;
     *     {@link ErrorCode#NOT_APPROVED} where only approved versions run and this is not one of them
     */
    public AssetVersion getToRun(Caller caller, AssetKind kind, String name) {
        AssetVersion asset =
                database.inOrganization(caller.organization(), handle -> resolver.toRun(handle, caller, kind, name));
        Namespaces.require(caller, kind, asset.name(), "execute");
        return asset;
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
        AssetText text = check(kind, content);
        PutResult result = database.inOrganization(
                caller.organization(), handle -> put(handle, caller, kind, target, text, precondition));
        learn(caller, result);
        return result;
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
            throw conflict(refused);
        }
    }

    /** Returns a refusal of a write that wanted a free name, in the words of those who say so by no header. */
    static GantryException conflict(GantryException refused) {
        return refused.code() == ErrorCode.PRECONDITION_FAILED
                ? new GantryException(ErrorCode.CONFLICT, refused.getMessage(), refused)
                : refused;
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
        return check(kind, text);
    }

    /** Writes an asset within a transaction. */
    PutResult put(
            Handle handle, Caller caller, AssetKind kind, AssetName name, AssetText text, Precondition precondition) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Optional<AssetStore.Row> existing = store.lock(handle, kind, name);
        boolean absent = existing.isEmpty() || existing.get().deleted();
        requireSeen(caller, kind, name, existing);
        Namespaces.requireWrite(caller, kind, name, absent ? "create" : "update");
        if (existing.isEmpty() && !(precondition instanceof Precondition.Matches)) {
            if (roomLeft(handle) <= 0) {
                throw noRoom();
            }
            batches.insert(handle, caller.organization(), List.of(new AssetBatchStore.Key(kind, name)), now);
            existing = store.lock(handle, kind, name);
        }
        requireCondition(name, existing, precondition);
        AssetStore.Row row = existing.orElseThrow();
        requireKeptHere(kind, name, row);
        boolean created = row.deleted();
        if (!created && row.hash().equals(text.hash())) {
            return result(handle, kind, name, Outcome.UNCHANGED, text);
        }
        if (!created) {
            Namespaces.requireWrite(caller, kind, name, "update");
        }
        requireVersionLeft(handle, name, row);
        batches.addVersions(
                handle, caller.organization(), List.of(new AssetBatchStore.NewVersion(caller, row, name, text)), now);
        PutResult result = result(handle, kind, name, created ? Outcome.CREATED : Outcome.UPDATED, text);
        listener.stored(
                handle,
                List.of(new AssetListener.Written(
                        caller,
                        kind,
                        name,
                        result.asset().version(),
                        result.outcome(),
                        result.asset().standing().visibility())));
        return result;
    }

    /** Numbers may have gaps where a mirror gave them, so that the versions are counted where the number is too large. */
    void requireVersionLeft(Handle handle, AssetName name, AssetStore.Row row) {
        if (row.version() < settings.versionsMax()) {
            return;
        }
        long versions = store.countVersions(handle, row.id());
        if (versions >= settings.versionsMax()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + name + "' has " + versions
                            + " versions, the most that the operator allows; use another name");
        }
    }

    /** Makes the words of what was written known to searches. */
    void learn(Caller caller, PutResult result) {
        AssetWords.learn(database, caller.organization(), result.asset());
    }

    /** Checks a text of the registry. */
    AssetText check(AssetKind kind, String content) {
        return AssetText.check(kind, content, settings.assetSizeMax().bytes(), workflows);
    }

    private PutResult result(Handle handle, AssetKind kind, AssetName name, Outcome outcome, AssetText text) {
        return new PutResult(
                resolver.current(handle, kind, name), outcome, text.source().warnings());
    }

    /** Insists that no mirror keeps the asset. */
    static void requireKeptHere(AssetKind kind, AssetName name, AssetStore.Row row) {
        if (!row.deleted()) {
            AssetOrigin.requireKeeper(kind, name, row.mirror(), null);
        }
    }

    /** What somebody does not see they may not change either; the name is taken nonetheless. */
    static void requireSeen(Caller caller, AssetKind kind, AssetName name, Optional<AssetStore.Row> row) {
        boolean hidden = row.isPresent()
                && !row.get().deleted()
                && !Viewer.of(caller)
                        .sees(name.namespace(), row.get().audience(), row.get().owners());
        if (hidden) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "The name '" + name + "' is taken by a " + kind.id() + " that its owners keep to themselves");
        }
    }

    /** Returns how many names the organization may still add. */
    long roomLeft(Handle handle) {
        return settings.assetsMax() - store.count(handle);
    }

    GantryException noRoom() {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "The organization may have " + settings.assetsMax() + " patterns, contexts, strategies and"
                        + " workflows (setting patterns.assets_max)");
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
        return database.inOrganization(
                caller.organization(), handle -> delete(handle, caller, kind, target, precondition));
    }

    private AssetName delete(
            Handle handle, Caller caller, AssetKind kind, AssetName target, Precondition precondition) {
        Optional<AssetStore.Row> row = store.lock(handle, kind, target).filter(found -> !found.deleted());
        requireSeen(caller, kind, target, row);
        requireCondition(target, row, precondition);
        row.ifPresent(found -> requireKeptHere(kind, target, found));
        if (row.isEmpty()) {
            throw new GantryException(kind.unknown(), "There is no " + kind.id() + " '" + target + "' to delete");
        }
        store.markDeleted(handle, row.get(), clock.instant());
        return target;
    }

    /**
     * Writes an asset's text under another name that must be free and deletes the old one, both or neither.
     *
     * @throws GantryException those of {@link #create} about the new name and of {@link #delete} about the old one;
     *     {@link ErrorCode#CONFLICT} also if somebody changed the text meanwhile
     */
    public PutResult rename(Caller caller, AssetKind kind, String before, String after) {
        AssetReference reference = AssetReference.parse(before);
        if (reference.version() != null || reference.label() != null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "All of '" + reference.name() + "' gets another name, not a version of it");
        }
        AssetName target = Namespaces.target(caller, after, teams);
        try {
            PutResult result = database.inOrganization(caller.organization(), handle -> {
                AssetVersion asset = resolver.resolve(handle, caller, kind, before);
                Namespaces.require(caller, kind, asset.name(), "read");
                AssetName old = Namespaces.target(caller, asset.name().toString(), teams);
                Namespaces.requireWrite(caller, kind, old, "delete");
                PutResult made =
                        put(handle, caller, kind, target, check(kind, asset.content()), new Precondition.Absent());
                // What somebody else wrote since then would be lost with the old name.
                delete(handle, caller, kind, old, new Precondition.Matches(Set.of(asset.hash())));
                return made;
            });
            learn(caller, result);
            return result;
        } catch (GantryException refused) {
            throw conflict(refused);
        }
    }

    /**
     * Lists or searches what the caller may read.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} if they may read nothing at all, or the namespace that
     *     the query names is not theirs
     */
    public AssetPage list(Caller caller, AssetQuery query) {
        Namespaces.requireSomeReading(caller, query.kind());
        String namespace = namespace(caller, query.namespace());
        Viewer viewer = namespace == null ? Viewer.inLists(caller) : Viewer.of(caller);
        boolean withBuiltins = (namespace == null || namespace.equals(AssetName.BUILTIN))
                && (query.visibility() == null || query.visibility() == Visibility.ORGANIZATION);
        AssetSearch.Scope scope = new AssetSearch.Scope(
                caller.organization(),
                query,
                namespace,
                viewer,
                withBuiltins ? builtins.list(query.kind()) : List.of(),
                caller.may(Permission.of(query.kind().resource(), "read")),
                name -> Namespaces.mayRead(caller, query.kind(), name));
        Position start = query.cursor() == null ? null : Position.parse(query.cursor());
        return query.text() == null
                ? browse(caller, scope, start)
                : database.inOrganization(caller.organization(), handle -> search.find(handle, scope, start));
    }

    /** Walks along the names; of callers who may not read everything, over several rounds until a page is full. */
    private AssetPage browse(Caller caller, AssetSearch.Scope scope, @Nullable Position start) {
        AssetQuery query = scope.query();
        return database.inOrganization(caller.organization(), handle -> {
            List<AssetSummary> page = new ArrayList<>();
            Position position = start;
            for (int round = 0; round < ROUNDS_MAX; round++) {
                List<Hit> hits = AssetList.read(handle, scope, position, query.limit() + 1);
                for (Hit hit : hits) {
                    if (page.size() == query.limit()) {
                        return new AssetPage(page, position == null ? null : position.encode());
                    }
                    position = hit.position();
                    if (scope.readable().test(hit.asset().name())) {
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

    private static @Nullable String namespace(Caller caller, @Nullable String wanted) {
        String namespace = wanted == null || !wanted.equals("~") ? wanted : Namespaces.own(caller);
        if (namespace != null && !Namespaces.sees(caller, namespace)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "'" + Text.shorten(namespace, 80) + "' is not a namespace of " + caller.principal());
        }
        return namespace;
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
            AssetVersion current = resolver.resolve(handle, caller, kind, name);
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
