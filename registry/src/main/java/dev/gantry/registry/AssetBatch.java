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
import java.util.HashMap;
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
    private final AssetWrites writes;
    private final Clock clock;
    private final AssetBatchStore store = new AssetBatchStore();

    AssetBatch(AssetWrites writes, Clock clock) {
        this.writes = writes;
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
        return writeRounds(handle, organization, List.of(items), policy);
    }

    /**
     * Writes several versions of each asset: its first in the first round, and so on. Of a refused one the later rounds are
     * refused, too. What is told is the last version of each.
     *
     * @return what became of each item
     */
    Map<Item, Result> writeRounds(Handle handle, UUID organization, List<List<Item>> rounds, Policy policy) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Map<Item, Result> results = new LinkedHashMap<>();
        Map<AssetBatchStore.Key, Result.Refused> refused = new HashMap<>();
        Map<AssetBatchStore.Key, AssetListener.Written> told = new LinkedHashMap<>();
        List<NewVersion> written = new ArrayList<>();
        for (List<Item> round : rounds) {
            List<Item> open = new ArrayList<>();
            for (Item item : round) {
                Result.Refused before = refused.get(item.key());
                results.put(item, before != null ? before : new Result.Refused(writes.noRoom()));
                if (before == null) {
                    open.add(item);
                }
            }
            Map<AssetBatchStore.Key, Existing> rows = lock(handle, organization, open, now);
            List<NewVersion> versions = new ArrayList<>();
            for (Item item : open) {
                Existing existing = rows.get(item.key());
                if (existing != null) {
                    Result result = decide(handle, item, existing, policy, versions);
                    results.put(item, result);
                    if (result instanceof Result.Written there && there.outcome() != Outcome.UNCHANGED) {
                        told.merge(item.key(), told(item, existing, there), AssetBatch::later);
                    }
                }
            }
            open.forEach(item -> {
                if (results.get(item) instanceof Result.Refused no) {
                    refused.put(item.key(), no);
                }
            });
            store.addVersions(handle, organization, versions, now);
            written.addAll(versions);
        }
        // At the end and in one statement: those who write the same new words wait for each other, never in a circle.
        AssetWords.learn(handle, organization, written);
        if (!told.isEmpty()) {
            writes.listener().stored(handle, List.copyOf(told.values()));
        }
        return results;
    }

    private static AssetListener.Written told(Item item, Existing before, Result.Written there) {
        String audience = before.row().deleted()
                ? AssetStanding.audienceOf(item.name().namespace())
                : before.row().audience();
        return new AssetListener.Written(
                item.author(),
                item.kind(),
                item.name(),
                there.version(),
                there.outcome(),
                AssetStanding.visibility(audience));
    }

    /** Returns what is to be told of both: the last version, of an asset that was made if the first made it. */
    private static AssetListener.Written later(AssetListener.Written first, AssetListener.Written last) {
        return new AssetListener.Written(
                last.author(), last.kind(), last.name(), last.version(), first.outcome(), last.visibility());
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
            long room = Math.max(0, writes.roomLeft(handle));
            List<AssetBatchStore.Key> taken = absent.subList(0, (int) Math.min(room, absent.size()));
            store.insert(handle, organization, taken, now);
            rows.putAll(store.lock(handle, taken));
        }
        return rows;
    }

    private Result decide(Handle handle, Item item, Existing existing, Policy policy, List<NewVersion> versions) {
        AssetStore.Row row = existing.row();
        try {
            AssetWrites.requireSeen(item.author(), item.kind(), item.name(), Optional.of(row));
            if (!row.deleted()) {
                AssetOrigin.requireKeeper(item.kind(), item.name(), row.mirror(), item.mirror());
                if (row.hash().equals(item.text().hash())) {
                    return new Result.Written(Outcome.UNCHANGED, row.version(), existing.deprecation());
                }
                if (policy.decide(item, existing) == Choice.LEAVE) {
                    return new Result.Left(existing);
                }
            }
            writes.requireVersionLeft(handle, item.name(), row);
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
