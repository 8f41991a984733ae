package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetBatchStore.Existing;
import dev.gantry.registry.AssetBatchStore.NewVersion;
import dev.gantry.registry.PutResult.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Writes many assets in one transaction, each by the rules of {@link Assets#put}, in a few statements however many they are.
 * It asks whether an author may write what they do not see, and nothing else about permissions: that is the business of those
 * who call it. Thread-safe.
 */
final class AssetBatch {
    private final Assets assets;
    private final Clock clock;
    private final AssetBatchStore store = new AssetBatchStore();

    AssetBatch(Assets assets, Clock clock) {
        this.assets = assets;
        this.clock = clock;
    }

    /**
     * A text that is to be written, under a name that no other item of the batch has.
     *
     * @param origin where the text was written; null when that was here
     */
    record Item(
            Caller author,
            AssetKind kind,
            AssetName name,
            AssetText text,
            @Nullable AssetOrigin origin) {
        Item(Caller author, AssetKind kind, AssetName name, AssetText text) {
            this(author, kind, name, text, null);
        }

        @Nullable
        String mirror() {
            return origin == null ? null : origin.mirror();
        }

        /** Returns the number of the text as the version after another. */
        int numberAfter(int version) {
            return origin == null ? version + 1 : Math.max(version + 1, origin.version());
        }

        AssetBatchStore.Key key() {
            return new AssetBatchStore.Key(kind, name);
        }
    }

    /** What is to become of an asset that is there. */
    enum Choice {
        /** It gets the text as its next version, unless it has it already. */
        WRITE,
        /** It stays as it is. */
        LEAVE
    }

    /** Decides about assets that are there with another text. */
    interface Policy {
        /**
         * Decides.
         *
         * @throws GantryException to refuse the item
         */
        Choice decide(Item item, Existing existing);
    }

    /** What became of an item. */
    sealed interface Result {
        /**
         * It is there as it was given.
         *
         * @param version the current one
         * @param deprecation what is said of it where it is deprecated; null otherwise
         */
        record Written(
                Outcome outcome, int version, @Nullable String deprecation) implements Result {}

        /** Something else is there, and stays. */
        record Left(Existing existing) implements Result {}

        /** It may not be written. */
        record Refused(GantryException reason) implements Result {}
    }

    /** Returns what there is under the items' names, without deleted assets. */
    Map<Item, Existing> find(Handle handle, Collection<Item> items) {
        return present(items, store.find(handle, keys(items)));
    }

    private static Map<Item, Existing> present(Collection<Item> items, Map<AssetBatchStore.Key, Existing> found) {
        Map<Item, Existing> present = new LinkedHashMap<>();
        for (Item item : items) {
            Existing existing = found.get(item.key());
            if (existing != null && !existing.row().deleted()) {
                present.put(item, existing);
            }
        }
        return present;
    }

    /**
     * Writes items within a transaction of the organization, and makes their words known to searches.
     *
     * @return what became of each, in their order
     */
    Map<Item, Result> write(Handle handle, UUID organization, List<Item> items, Policy policy) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Map<Item, Result> results = new LinkedHashMap<>();
        items.forEach(item -> results.put(item, new Result.Refused(assets.noRoom())));
        Map<AssetBatchStore.Key, Existing> rows = lock(handle, organization, items, now);
        List<NewVersion> versions = new ArrayList<>();
        for (Item item : items) {
            Existing existing = rows.get(item.key());
            if (existing != null) {
                results.put(item, decide(item, existing, policy, versions));
            }
        }
        store.addVersions(handle, organization, versions, now);
        // At the end and in one statement: those who write the same new words wait for each other, never in a circle.
        AssetWords.learn(handle, organization, versions);
        tell(handle, rows, results);
        return results;
    }

    private void tell(Handle handle, Map<AssetBatchStore.Key, Existing> rows, Map<Item, Result> results) {
        List<AssetListener.Written> stored = new ArrayList<>();
        results.forEach((item, result) -> {
            Existing before = rows.get(item.key());
            if (before != null && result instanceof Result.Written there && there.outcome() != Outcome.UNCHANGED) {
                String audience = before.row().deleted()
                        ? AssetStanding.audienceOf(item.name().namespace())
                        : before.row().audience();
                stored.add(new AssetListener.Written(
                        item.author(),
                        item.kind(),
                        item.name(),
                        there.version(),
                        there.outcome(),
                        AssetStanding.visibility(audience)));
            }
        });
        if (!stored.isEmpty()) {
            assets.listener().stored(handle, stored);
        }
    }

    /**
     * Locks the rows of the items, after making those that there are not, as far as there is room. Rows are taken in the order
     * of their names, so that two batches do not wait for each other.
     */
    private Map<AssetBatchStore.Key, Existing> lock(Handle handle, UUID organization, List<Item> items, Instant now) {
        Map<AssetBatchStore.Key, Existing> rows = store.lock(handle, keys(items));
        List<AssetBatchStore.Key> absent =
                keys(items).stream().filter(key -> !rows.containsKey(key)).toList();
        if (!absent.isEmpty()) {
            long room = Math.max(0, assets.roomLeft(handle));
            List<AssetBatchStore.Key> taken = absent.subList(0, (int) Math.min(room, absent.size()));
            store.insert(handle, organization, taken, now);
            rows.putAll(store.lock(handle, taken));
        }
        return rows;
    }

    private Result decide(Item item, Existing existing, Policy policy, List<NewVersion> versions) {
        AssetStore.Row row = existing.row();
        try {
            Assets.requireSeen(item.author(), item.kind(), item.name(), Optional.of(row));
            if (!row.deleted()) {
                AssetOrigin.requireKeeper(item.kind(), item.name(), row.mirror(), item.mirror());
                if (row.hash().equals(item.text().hash())) {
                    return new Result.Written(Outcome.UNCHANGED, row.version(), existing.deprecation());
                }
                if (policy.decide(item, existing) == Choice.LEAVE) {
                    return new Result.Left(existing);
                }
            }
            assets.requireVersionLeft(item.name(), row);
        } catch (GantryException refused) {
            return new Result.Refused(refused);
        }
        int number = item.numberAfter(row.version());
        versions.add(new NewVersion(item.author(), row, item.name(), item.text(), number, item.mirror()));
        return new Result.Written(
                row.deleted() ? Outcome.CREATED : Outcome.UPDATED,
                number,
                row.deleted() ? null : existing.deprecation());
    }

    private static Collection<AssetBatchStore.Key> keys(Collection<Item> items) {
        TreeSet<AssetBatchStore.Key> keys = new TreeSet<>(AssetBatchStore.Key.ORDER);
        items.forEach(item -> keys.add(item.key()));
        return keys;
    }
}
