package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetBatch.Choice;
import dev.gantry.registry.AssetBatch.Item;
import dev.gantry.registry.AssetBatchStore.Existing;
import dev.gantry.registry.ImportPlan.OnConflict;
import dev.gantry.registry.ImportReport.Entry;
import dev.gantry.registry.ImportReport.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Takes over a library as it lies on the disk: Fabric's own, or one with a directory for each namespace. Importing the same
 * files again changes nothing; one bad file does not keep the others out. Patterns, contexts, strategies and workflows are
 * written all together or not at all, with the sessions, which become the caller's own.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class LibraryImport {
    /** Conflicts of which it is said how the texts differ. */
    private static final int COMPARISONS_MAX = 500;

    private final Database database;
    private final AssetWrites writes;
    private final AssetBatch batch;
    private final AssetStore store;
    private final SessionImport sessions;
    private final TeamDirectory teams;
    private final RegistrySettings settings;

    LibraryImport(
            Database database,
            AssetWrites writes,
            AssetBatch batch,
            AssetStore store,
            Sessions sessions,
            TeamDirectory teams,
            RegistrySettings settings) {
        this.database = database;
        this.writes = writes;
        this.batch = batch;
        this.store = store;
        this.sessions = new SessionImport(sessions);
        this.teams = teams;
        this.settings = settings;
    }

    /** A checked text and where in the report it belongs. */
    private record Pending(int index, Item item, List<String> notes) {}

    /**
     * Imports files.
     *
     * @throws GantryException {@link ErrorCode#REQUEST_TOO_LARGE} above the bounds of the settings; what is wrong with a
     *     single file is in the report
     */
    public ImportReport run(Caller caller, ImportPlan plan, List<ImportFile> files) {
        requireBounds(files);
        Map<Integer, Entry> report = new TreeMap<>();
        List<Pending> pending = new ArrayList<>();
        Map<AssetBatchStore.Key, String> taken = new HashMap<>();
        Map<String, SessionImport.Read> read = new TreeMap<>();
        for (int index = 0; index < files.size(); index++) {
            ImportFile file = files.get(index);
            try {
                ImportPlan.Target target = plan.target(file.path());
                switch (target.path()) {
                    case LibraryPath.Asset asset ->
                        pending.add(check(caller, index, file, asset, target.namespace(), taken));
                    case LibraryPath.Session session -> sessions.read(caller, index, session, file, read);
                    case LibraryPath.Ignored ignored ->
                        report.put(index, entry(file, null, Outcome.IGNORED, ignored.reason()));
                    case LibraryPath.Unusable unusable ->
                        report.put(index, entry(file, null, Outcome.REJECTED, unusable.reason()));
                }
            } catch (GantryException refused) {
                requireRefusal(refused);
                report.put(index, entry(file, null, Outcome.REJECTED, refused.getMessage()));
            }
        }
        boolean written = !plan.dryRun();
        if (!pending.isEmpty() || !read.isEmpty()) {
            written = database.inOrganization(
                    caller.organization(),
                    handle -> store(handle, caller, plan, files, pending, read.values(), report));
        }
        return new ImportReport(List.copyOf(report.values()), written);
    }

    private void requireBounds(List<ImportFile> files) {
        long bytes = files.stream().mapToLong(file -> file.content().length).sum();
        if (files.size() > settings.importEntriesMax()
                || bytes > settings.importSizeMax().bytes()) {
            throw new GantryException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "An import may hold " + settings.importEntriesMax() + " files of "
                            + settings.importSizeMax() + " together; these are " + files.size() + " of " + bytes
                            + " bytes. Import in several steps");
        }
    }

    private Pending check(
            Caller caller,
            int index,
            ImportFile file,
            LibraryPath.Asset asset,
            @Nullable String namespace,
            Map<AssetBatchStore.Key, String> taken) {
        AssetName name = new AssetName(
                namespace == null || namespace.equals("~") ? Namespaces.own(caller) : namespace, asset.path());
        requireNamespace(caller, name);
        Item item = new Item(caller, asset.kind(), name, writes.check(asset.kind(), file.content()));
        String earlier = taken.putIfAbsent(item.key(), file.path());
        if (earlier != null) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "it would have the same name as '" + earlier + "' of this import");
        }
        List<String> notes = new ArrayList<>(item.text().source().warnings());
        if (asset.renamed()) {
            notes.addFirst("it is named '" + asset.path() + "', since the name of the file cannot be used");
        }
        return new Pending(index, item, notes);
    }

    /** Insists that there is such a namespace; whether the caller may write there is asked with each asset. */
    private void requireNamespace(Caller caller, AssetName name) {
        String namespace = name.namespace();
        boolean known = namespace.startsWith("~")
                || namespace.equals(AssetName.BUILTIN)
                || Namespaces.visible(caller).contains(namespace)
                || !Namespaces.isAdministrator(caller)
                || teams.exists(caller, namespace);
        if (!known) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "there is no team '" + namespace + "' whose namespace it could be in");
        }
    }

    /** Returns whether anything may have been written. */
    private boolean store(
            Handle handle,
            Caller caller,
            ImportPlan plan,
            List<ImportFile> files,
            List<Pending> pending,
            Collection<SessionImport.Read> read,
            Map<Integer, Entry> report) {
        Map<Item, Existing> before =
                batch.find(handle, pending.stream().map(Pending::item).toList());
        List<Pending> allowed = allowed(caller, files, pending, before, report);
        Map<Item, String> conflicts = conflicts(handle, allowed, before);
        Map<SessionImport.Read, PutResult.Outcome> ahead = sessions.foresee(handle, caller, read);
        boolean stop = plan.onConflict() == OnConflict.FAIL
                && (!conflicts.isEmpty() || ahead.containsValue(PutResult.Outcome.UPDATED));
        if (plan.dryRun() || stop) {
            for (Pending one : allowed) {
                foresee(plan, files, one, before.get(one.item()), conflicts, report);
            }
            ahead.forEach((session, outcome) -> report.put(session.index(), session.entry(plan, outcome)));
            return false;
        }
        Map<Item, AssetBatch.Result> results = batch.write(
                handle,
                caller.organization(),
                allowed.stream().map(Pending::item).toList(),
                (item, _) -> decide(plan, item, before.containsKey(item)));
        if (plan.onConflict() == OnConflict.FAIL) {
            results.values().forEach(LibraryImport::requireNoConflict);
        }
        for (Pending one : allowed) {
            ImportFile file = files.get(one.index());
            report.put(one.index(), entry(file, one, results.get(one.item()), conflicts.get(one.item())));
        }
        ahead.forEach((session, outcome) ->
                report.put(session.index(), sessions.write(handle, caller, plan, session, outcome)));
        return true;
    }

    /** Returns what the caller may write, and reports the rest. */
    private static List<Pending> allowed(
            Caller caller,
            List<ImportFile> files,
            List<Pending> pending,
            Map<Item, Existing> before,
            Map<Integer, Entry> report) {
        List<Pending> allowed = new ArrayList<>();
        for (Pending one : pending) {
            try {
                Existing existing = before.get(one.item());
                if (existing != null) {
                    AssetWrites.requireSeen(
                            caller, one.item().kind(), one.item().name(), Optional.of(existing.row()));
                }
                Namespaces.requireWrite(
                        caller, one.item().kind(), one.item().name(), existing == null ? "create" : "update");
                allowed.add(one);
            } catch (GantryException refused) {
                report.put(
                        one.index(),
                        entry(files.get(one.index()), one.item().kind().id(), Outcome.REJECTED, refused.getMessage()));
            }
        }
        return allowed;
    }

    private static void requireNoConflict(AssetBatch.Result result) {
        if (result instanceof AssetBatch.Result.Refused refused
                && refused.reason().code() == ErrorCode.CONFLICT) {
            throw refused.reason();
        }
    }

    private static Choice decide(ImportPlan plan, Item item, boolean wasSeen) {
        return switch (plan.onConflict()) {
            case NEW_VERSION -> Choice.WRITE;
            case SKIP -> Choice.LEAVE;
            // Those that were there before have stopped the import already, as far as they differ.
            case FAIL ->
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "'" + item.name() + "' was " + (wasSeen ? "changed" : "made")
                                + " while the import was under way; try again");
        };
    }

    /** Says of what is there with another text how the two differ. */
    private Map<Item, String> conflicts(Handle handle, List<Pending> pending, Map<Item, Existing> before) {
        Map<Item, String> conflicts = new LinkedHashMap<>();
        for (Pending one : pending) {
            Existing existing = before.get(one.item());
            if (existing == null
                    || existing.row().hash().equals(one.item().text().hash())) {
                continue;
            }
            String what = "version " + existing.row().version() + " by " + existing.author() + " is there";
            if (conflicts.size() < COMPARISONS_MAX) {
                String present = store.find(
                                handle, one.item().kind(), existing.row().id(), null)
                        .map(AssetStore.Found::version)
                        .map(AssetVersion::content)
                        .orElse("");
                TextDiff diff = TextDiff.between(present, one.item().text().content());
                what += "; the file adds " + lines(diff.added()) + " and removes " + lines(diff.removed());
            }
            conflicts.put(one.item(), what);
        }
        return conflicts;
    }

    private static String lines(int count) {
        return count == 1 ? "1 line" : count + " lines";
    }

    private static void foresee(
            ImportPlan plan,
            List<ImportFile> files,
            Pending one,
            @Nullable Existing existing,
            Map<Item, String> conflicts,
            Map<Integer, Entry> report) {
        String conflict = conflicts.get(one.item());
        Outcome outcome = existing == null
                ? Outcome.CREATED
                : conflict == null
                        ? Outcome.UNCHANGED
                        : switch (plan.onConflict()) {
                            case NEW_VERSION -> Outcome.UPDATED;
                            case SKIP -> Outcome.SKIPPED;
                            case FAIL -> Outcome.CONFLICT;
                        };
        Integer version =
                existing == null ? null : Integer.valueOf(existing.row().version());
        report.put(one.index(), entry(files.get(one.index()), one, version, outcome, conflict));
    }

    private static Entry entry(
            ImportFile file, Pending one, AssetBatch.@Nullable Result result, @Nullable String conflict) {
        return switch (result) {
            case AssetBatch.Result.Written written ->
                entry(file, one, written.version(), outcome(written.outcome()), conflict);
            case AssetBatch.Result.Left left ->
                entry(file, one, left.existing().row().version(), Outcome.SKIPPED, conflict);
            case AssetBatch.Result.Refused refused ->
                entry(
                        file,
                        one.item().kind().id(),
                        Outcome.REJECTED,
                        refused.reason().getMessage());
            case null -> throw new IllegalStateException("Every item has a result");
        };
    }

    private static Entry entry(
            ImportFile file, Pending one, @Nullable Integer version, Outcome outcome, @Nullable String conflict) {
        List<String> notes = new ArrayList<>(one.notes());
        if (conflict != null) {
            notes.addFirst(conflict);
        }
        return new Entry(file.path(), one.item().kind().id(), one.item().name().toString(), version, outcome, notes);
    }

    /** Lets through what is not the fault of the file. */
    private static void requireRefusal(GantryException refused) {
        if (refused.code().kind() == ErrorCode.Kind.INTERNAL) {
            throw refused;
        }
    }

    static Outcome outcome(PutResult.Outcome outcome) {
        return switch (outcome) {
            case CREATED -> Outcome.CREATED;
            case UPDATED -> Outcome.UPDATED;
            case UNCHANGED -> Outcome.UNCHANGED;
        };
    }

    private static Entry entry(ImportFile file, @Nullable String type, Outcome outcome, @Nullable String note) {
        return new Entry(file.path(), type, null, null, outcome, note == null ? List.of() : List.of(note));
    }
}
