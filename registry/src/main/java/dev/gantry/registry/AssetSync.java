package dev.gantry.registry;

import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Lets a program keep assets as they are elsewhere, such as in a git repository: it says what a path means, checks texts,
 * and writes many in one transaction. It asks for no permissions: what may be written where is the operator's decision.
 *
 * <p>Thread-safe.
 */
public final class AssetSync {
    private static final int AUTHOR_LENGTH_MAX = 200;

    /** Stands for whoever wrote a text elsewhere. */
    static final UUID NOBODY = new UUID(0, 0);

    private final AssetWrites writes;
    private final AssetBatch batch;
    private final AssetStore store;

    AssetSync(AssetWrites writes, AssetBatch batch, AssetStore store) {
        this.writes = writes;
        this.batch = batch;
        this.store = store;
    }

    /** What the path of a file means. */
    public sealed interface Place {
        /**
         * An asset.
         *
         * @param namespace the directory that says the namespace; null where the layout has none
         * @param path the name within its namespace
         * @param renamed whether the file's own name could not be used
         */
        record Asset(AssetKind kind, @Nullable String namespace, String path, boolean renamed) implements Place {}

        /** No asset, and none that was meant to be one. */
        record Ignored(String reason) implements Place {}

        /** Meant to be an asset, and cannot be one. */
        record Unusable(String reason) implements Place {}
    }

    /**
     * Returns what the path of a file means.
     *
     * @param byNamespace whether directories say namespaces ({@code team-a/patterns/…}); otherwise the layout is Fabric's
     */
    public Place place(String path, boolean byNamespace) {
        if (!byNamespace) {
            return place(null, LibraryPath.of(path));
        }
        LibraryPath.InNamespace found = LibraryPath.inNamespace(path);
        return place(found.namespace(), found.path());
    }

    private static Place place(@Nullable String namespace, LibraryPath path) {
        return switch (path) {
            case LibraryPath.Asset asset -> new Place.Asset(asset.kind(), namespace, asset.path(), asset.renamed());
            case LibraryPath.Session _ -> new Place.Ignored("sessions belong to a person");
            case LibraryPath.Ignored ignored -> new Place.Ignored(ignored.reason());
            case LibraryPath.Unusable unusable -> new Place.Unusable(unusable.reason());
        };
    }

    /** A text that was checked. */
    public static final class Checked {
        private final AssetKind kind;
        private final AssetName name;
        private final AssetText text;

        private Checked(AssetKind kind, AssetName name, AssetText text) {
            this.kind = kind;
            this.name = name;
            this.text = text;
        }

        /** Returns what kind of asset it is. */
        public AssetKind kind() {
            return kind;
        }

        /** Returns its name. */
        public AssetName name() {
            return name;
        }

        /** Returns what its author should know. */
        public List<String> warnings() {
            return text.source().warnings();
        }
    }

    /**
     * Checks a text.
     *
     * @param content UTF-8; strategies as the JSON of Fabric
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#INVALID_WORKFLOW},
     *     {@link ErrorCode#REQUEST_TOO_LARGE}
     */
    public Checked check(AssetKind kind, AssetName name, byte[] content) {
        return new Checked(kind, name, writes.check(kind, content));
    }

    /**
     * A text and who wrote it.
     *
     * @param author as the version shows it, such as {@code Ann Lee <ann@example.com>}
     */
    public record Authored(Checked text, String author) {}

    /**
     * What became of a text.
     *
     * @param version the current one
     * @param deprecation what is said of the asset where it is deprecated; null otherwise
     */
    public record Written(
            PutResult.Outcome outcome,
            int version,
            @Nullable String deprecation) {}

    /**
     * Writes assets within a transaction of the organization: all or, after an exception, none. A text that is the current
     * one already is no new version.
     *
     * @return what became of each
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} above the bounds of the settings
     */
    public Map<Checked, Written> write(Handle handle, UUID organization, List<Authored> texts) {
        Map<AssetBatch.Item, Checked> items = new LinkedHashMap<>();
        for (Authored authored : texts) {
            Checked text = authored.text();
            items.put(
                    new AssetBatch.Item(author(organization, authored.author()), text.kind, text.name, text.text),
                    text);
        }
        Map<Checked, Written> written = new HashMap<>();
        batch.write(handle, organization, List.copyOf(items.keySet()), (_, _) -> AssetBatch.Choice.WRITE)
                .forEach((item, result) -> {
                    switch (result) {
                        case AssetBatch.Result.Written there ->
                            written.put(
                                    items.get(item),
                                    new Written(there.outcome(), there.version(), there.deprecation()));
                        case AssetBatch.Result.Refused refused -> throw refused.reason();
                        case AssetBatch.Result.Left _ -> throw new IllegalStateException("Every text is to be written");
                    }
                });
        return written;
    }

    /**
     * Marks an asset as deprecated, or takes that mark away, within a transaction.
     *
     * @param message why; null to take the mark away
     * @return whether there is such an asset
     */
    public boolean deprecate(Handle handle, AssetKind kind, AssetName name, @Nullable String message, Instant now) {
        Optional<AssetStore.Row> row = store.lock(handle, kind, name).filter(found -> !found.deleted());
        row.ifPresent(found -> store.deprecate(handle, found.id(), message == null ? null : now, message, null));
        return row.isPresent();
    }

    /** Returns somebody elsewhere, as the author of a version. */
    static Caller author(UUID organization, String author) {
        return new Caller(
                organization,
                NOBODY,
                Text.storable(author, AUTHOR_LENGTH_MAX),
                PrincipalKind.SERVICE_ACCOUNT,
                null,
                List.of(),
                null,
                null,
                AccessRights.EVERYTHING);
    }
}
