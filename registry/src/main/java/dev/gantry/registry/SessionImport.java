package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.registry.ImportPlan.OnConflict;
import dev.gantry.registry.ImportReport.Entry;
import dev.gantry.registry.ImportReport.Outcome;
import dev.gantry.registry.SessionMessage.Speaker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Reads the sessions of an import, and writes them inside of its transaction. Thread-safe. */
final class SessionImport {
    private static final Map<String, Speaker> SPEAKERS = Map.of("user", Speaker.USER, "assistant", Speaker.ASSISTANT);

    private final Sessions sessions;

    SessionImport(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A session as a file has it.
     *
     * @param index of the file
     * @param leftOut how many messages of the file are none that a session takes
     */
    record Read(int index, ImportFile file, String name, List<SessionMessage> messages, int leftOut) {
        /** Returns what would become of it. */
        Entry entry(ImportPlan plan, PutResult.Outcome outcome) {
            boolean differs = outcome == PutResult.Outcome.UPDATED;
            Outcome becomes = !differs
                    ? LibraryImport.outcome(outcome)
                    : switch (plan.onConflict()) {
                        case NEW_VERSION -> Outcome.UPDATED;
                        case SKIP -> Outcome.SKIPPED;
                        case FAIL -> Outcome.CONFLICT;
                    };
            List<String> notes = new ArrayList<>();
            if (differs) {
                notes.add(
                        plan.onConflict() == OnConflict.NEW_VERSION
                                ? "it takes the place of a session of yours that has other messages"
                                : "a session of yours that has other messages is there");
            }
            if (leftOut > 0) {
                notes.add(leftOut + " messages were left out that are neither text of the user nor of the assistant");
            }
            return new Entry(file.path(), "session", name, null, becomes, notes);
        }
    }

    /**
     * Reads a file.
     *
     * @param read by name; the session is added
     * @throws GantryException if it cannot be a session of the caller
     */
    void read(Caller caller, int index, LibraryPath.Session session, ImportFile file, Map<String, Read> read) {
        if (!(Json.read(file.content()) instanceof ArrayNode array)) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "a session is a JSON array of messages");
        }
        String name = sessions.requireUsable(caller, session.name());
        List<SessionMessage> messages = new ArrayList<>();
        int leftOut = 0;
        for (JsonNode item : array) {
            Speaker speaker = SPEAKERS.get(item.path("role").asText());
            String text = item.path("content").asText();
            if (speaker == null || text.isBlank()) {
                leftOut++;
            } else {
                messages.add(new SessionMessage(speaker, text, null));
            }
        }
        Read earlier = read.putIfAbsent(name, new Read(index, file, name, List.copyOf(messages), leftOut));
        if (earlier != null) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "it would have the same name as '" + earlier.file().path() + "' of this import");
        }
        sessions.prepare(caller);
    }

    /** Returns what writing would do to each; {@link PutResult.Outcome#UPDATED} is a conflict. Those that are there stay locked. */
    Map<Read, PutResult.Outcome> foresee(Handle handle, Caller caller, Collection<Read> read) {
        Map<Read, PutResult.Outcome> ahead = new LinkedHashMap<>();
        read.forEach(
                session -> ahead.put(session, sessions.foresee(handle, caller, session.name(), session.messages())));
        return ahead;
    }

    /**
     * Writes a session, unless what is there is to stay.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if nothing may be there with other messages, and something is now
     */
    Entry write(Handle handle, Caller caller, ImportPlan plan, Read session, PutResult.Outcome foreseen) {
        Entry entry = session.entry(plan, foreseen);
        if (entry.outcome() == Outcome.SKIPPED) {
            return entry;
        }
        try {
            PutResult.Outcome outcome = sessions.put(handle, caller, session.name(), session.messages());
            if (plan.onConflict() != OnConflict.NEW_VERSION && outcome == PutResult.Outcome.UPDATED) {
                throw changed(session);
            }
            return session.entry(plan, outcome);
        } catch (GantryException refused) {
            if (refused.code() != ErrorCode.INVALID_REQUEST) {
                throw refused;
            }
            return new Entry(
                    session.file().path(),
                    "session",
                    null,
                    null,
                    Outcome.REJECTED,
                    List.of(String.valueOf(refused.getMessage())));
        }
    }

    private static GantryException changed(Read session) {
        return new GantryException(
                ErrorCode.CONFLICT,
                "Your session '" + session.name() + "' was made while the import was under way; try again");
    }
}
