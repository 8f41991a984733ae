package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Utf8;
import dev.gantry.registry.PutResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Writes and deletes assets inside of the transactions of others, and holds what every way of writing has to: who may, what the
 * text must be, how many there may be, and who is told. Thread-safe.
 */
final class AssetWrites {
    private final Database database;
    private final AssetStore store;
    private final AssetResolver resolver;
    private final RegistrySettings settings;
    private final WorkflowFormat workflows;
    private final Clock clock;
    private final AssetBatchStore batches = new AssetBatchStore();
    private volatile AssetListener listener = AssetListener.NONE;

    AssetWrites(
            Database database,
            AssetStore store,
            AssetResolver resolver,
            RegistrySettings settings,
            WorkflowFormat workflows,
            Clock clock) {
        this.database = database;
        this.store = store;
        this.resolver = resolver;
        this.settings = settings;
        this.workflows = workflows;
        this.clock = clock;
    }

    /** Says who hears of what happens to assets. */
    void listen(AssetListener hearing) {
        listener = hearing;
    }

    AssetListener listener() {
        return listener;
    }

    /**
     * Checks the text of a file of a library.
     *
     * @throws GantryException those of {@link Assets#put} about the text
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

    /** Writes an asset within a transaction; errors as for {@link Assets#put}. */
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

    /** Deletes an asset within a transaction; its versions stay. */
    AssetName delete(Handle handle, Caller caller, AssetKind kind, AssetName target, Precondition precondition) {
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

    /** Returns a refusal of a write that wanted a free name, in the words of those who say so by no header. */
    static GantryException conflict(GantryException refused) {
        return refused.code() == ErrorCode.PRECONDITION_FAILED
                ? new GantryException(ErrorCode.CONFLICT, refused.getMessage(), refused)
                : refused;
    }
}
