package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.AssetList.Hit;
import dev.gantry.registry.AssetSearch.Position;
import java.util.ArrayList;
import java.util.List;
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
    private final TeamDirectory teams;
    private final AssetStore store;
    private final AssetWrites writes;
    private final AssetResolver resolver;
    private final AssetSearch search;

    Assets(
            Database database,
            AssetStore store,
            AssetWrites writes,
            AssetResolver resolver,
            AssetSearch search,
            Builtins builtins,
            TeamDirectory teams) {
        this.database = database;
        this.store = store;
        this.writes = writes;
        this.resolver = resolver;
        this.search = search;
        this.builtins = builtins;
        this.teams = teams;
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
        writes.listen(hearing);
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
        AssetText text = writes.check(kind, content);
        PutResult result = database.inOrganization(
                caller.organization(), handle -> writes.put(handle, caller, kind, target, text, precondition));
        writes.learn(caller, result);
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
            throw AssetWrites.conflict(refused);
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
                caller.organization(), handle -> writes.delete(handle, caller, kind, target, precondition));
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
                AssetText text = writes.check(kind, asset.content());
                PutResult made = writes.put(handle, caller, kind, target, text, new Precondition.Absent());
                // What somebody else wrote since then would be lost with the old name.
                writes.delete(handle, caller, kind, old, new Precondition.Matches(Set.of(asset.hash())));
                return made;
            });
            writes.learn(caller, result);
            return result;
        } catch (GantryException refused) {
            throw AssetWrites.conflict(refused);
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
