package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.registry.ImportReport.Entry;
import dev.gantry.registry.ImportReport.Outcome;
import dev.gantry.registry.SessionMessage.Speaker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes over a library of Fabric as it lies on the disk. Importing the same files again changes nothing; one bad file does
 * not keep the others out. Patterns, contexts and strategies go into one namespace, all or none of the valid ones;
 * sessions become the caller's own.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class LibraryImport {
    private static final Map<String, Speaker> SPEAKERS = Map.of("user", Speaker.USER, "assistant", Speaker.ASSISTANT);

    private final Database database;
    private final Assets assets;
    private final AssetSearch search;
    private final Sessions sessions;
    private final RegistrySettings settings;

    LibraryImport(Database database, Assets assets, AssetSearch search, Sessions sessions, RegistrySettings settings) {
        this.database = database;
        this.assets = assets;
        this.search = search;
        this.sessions = sessions;
        this.settings = settings;
    }

    /** A checked text and where in the report it belongs. */
    private record Pending(int index, AssetKind kind, AssetName name, AssetText text, List<String> notes) {}

    /**
     * Imports files.
     *
     * @param namespace where to; null for the caller's own
     * @throws GantryException {@link ErrorCode#REQUEST_TOO_LARGE} above the bounds of the settings; what is wrong with a
     *     single file is in the report
     */
    public ImportReport run(Caller caller, @Nullable String namespace, List<ImportFile> files) {
        requireBounds(files);
        String target = namespace == null || namespace.equals("~") ? Namespaces.own(caller) : namespace;
        Map<Integer, Entry> report = new TreeMap<>();
        List<Pending> pending = new ArrayList<>();
        Map<String, String> taken = new HashMap<>();
        for (int index = 0; index < files.size(); index++) {
            ImportFile file = files.get(index);
            try {
                switch (LibraryPath.of(file.path())) {
                    case LibraryPath.Asset asset -> pending.add(check(index, file, asset, target, taken));
                    case LibraryPath.Session session -> report.put(index, importSession(caller, session, file));
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
        report.putAll(store(caller, files, pending));
        return new ImportReport(List.copyOf(report.values()));
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
            int index, ImportFile file, LibraryPath.Asset asset, String namespace, Map<String, String> taken) {
        String earlier = taken.putIfAbsent(asset.kind().id() + "/" + asset.path(), file.path());
        if (earlier != null) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "it would have the same name as '" + earlier + "' of this import");
        }
        byte[] content = file.content();
        AssetText checked = assets.check(asset.kind(), content);
        List<String> notes = new ArrayList<>(checked.source().warnings());
        if (asset.renamed()) {
            notes.addFirst("it is named '" + asset.path() + "', since the name of the file cannot be used");
        }
        return new Pending(index, asset.kind(), new AssetName(namespace, asset.path()), checked, notes);
    }

    /** Writes in the order of names, so that two imports that run at once never wait for each other's rows. */
    private Map<Integer, Entry> store(Caller caller, List<ImportFile> files, List<Pending> pending) {
        List<Pending> ordered = pending.stream()
                .sorted(Comparator.comparing(Pending::kind)
                        .thenComparing(item -> item.name().path()))
                .toList();
        if (ordered.isEmpty()) {
            return Map.of();
        }
        List<AssetVersion> written = new ArrayList<>();
        Map<Integer, Entry> stored = database.inOrganization(caller.organization(), handle -> {
            Map<Integer, Entry> report = new HashMap<>();
            Assets.Room room = assets.new Room();
            for (Pending item : ordered) {
                ImportFile file = files.get(item.index());
                try {
                    PutResult result = assets.put(
                            handle, caller, item.kind(), item.name(), item.text(), new Precondition.None(), room);
                    written.add(result.asset());
                    report.put(
                            item.index(),
                            new Entry(
                                    file.path(),
                                    item.kind().id(),
                                    item.name().toString(),
                                    result.asset().version(),
                                    outcome(result.outcome()),
                                    item.notes()));
                } catch (GantryException refused) {
                    requireRefusal(refused);
                    report.put(item.index(), entry(file, item.kind().id(), Outcome.REJECTED, refused.getMessage()));
                }
            }
            return report;
        });
        search.learn(database, caller.organization(), written);
        return stored;
    }

    private Entry importSession(Caller caller, LibraryPath.Session session, ImportFile file) {
        List<SessionMessage> messages = new ArrayList<>();
        int leftOut = 0;
        if (!(Json.read(file.content()) instanceof ArrayNode array)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "a session is a JSON array of messages");
        }
        for (JsonNode item : array) {
            Speaker speaker = SPEAKERS.get(item.path("role").asText());
            String text = item.path("content").asText();
            if (speaker == null || text.isBlank()) {
                leftOut++;
            } else {
                messages.add(new SessionMessage(speaker, text, null));
            }
        }
        PutResult.Outcome outcome = sessions.put(caller, session.name(), messages);
        List<String> notes = leftOut == 0
                ? List.of()
                : List.of(leftOut + " messages were left out that are neither text of the user nor of the assistant");
        return new Entry(file.path(), "session", session.name(), null, outcome(outcome), notes);
    }

    /** Lets through what is not the fault of the file. */
    private static void requireRefusal(GantryException refused) {
        if (refused.code().kind() == ErrorCode.Kind.INTERNAL) {
            throw refused;
        }
    }

    private static Outcome outcome(PutResult.Outcome outcome) {
        return switch (outcome) {
            case CREATED -> Outcome.CREATED;
            case UPDATED -> Outcome.UPDATED;
            case UNCHANGED -> Outcome.UNCHANGED;
        };
    }

    private static Entry entry(ImportFile file, @Nullable String type, Outcome outcome, String note) {
        return new Entry(file.path(), type, null, null, outcome, List.of(note));
    }
}
