package dev.gantry.registry;

import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.registry.PutResult.Outcome;
import dev.gantry.registry.SessionMessage.Speaker;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Conversations that go on over several executions. A session belongs to the one user or service account that began it;
 * nobody else sees it, administrators included. Its texts lie encrypted in the database. It keeps the newest messages
 * within the bounds of the settings and forgets the older ones.
 *
 * <p>Whoever may execute some pattern may have sessions. Thread-safe; blocks on the database.
 */
public final class Sessions {
    /** Most sessions that a page holds. */
    public static final int LIMIT_MAX = 500;

    private static final int NAME_LENGTH_MAX = 100;

    private final Database database;
    private final RegistrySettings settings;
    private final Clock clock;
    private final SessionStore store;
    private final KeyRing keyRing;

    Sessions(Database database, KeyRing keyRing, RegistrySettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
        this.store = new SessionStore(keyRing);
        this.keyRing = keyRing;
    }

    /**
     * Lists the caller's sessions by name.
     *
     * @param after the previous page's {@code nextAfter}; null for the first page
     */
    public SessionPage list(Caller caller, @Nullable String after, int limit) {
        requireRight(caller);
        int bounded = Math.clamp(limit, 1, LIMIT_MAX);
        String from = after == null ? "" : checkName(after);
        List<SessionSummary> sessions = database.inOrganization(
                caller.organization(), handle -> store.list(handle, caller.principalId(), from, bounded + 1));
        boolean more = sessions.size() > bounded;
        List<SessionSummary> page = more ? sessions.subList(0, bounded) : sessions;
        return new SessionPage(page, more ? page.getLast().name() : null);
    }

    /**
     * Returns the messages of a session, oldest first.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if the caller has no such session
     */
    public List<SessionMessage> get(Caller caller, String name) {
        requireRight(caller);
        String checked = checkName(name);
        prepare(caller);
        return database.inOrganization(
                caller.organization(),
                handle -> store.find(handle, caller.principalId(), checked)
                        .map(row -> store.messages(handle, caller.organization(), row.id()))
                        .orElseThrow(() -> unknown(checked)));
    }

    /**
     * Replaces the messages of a session, which is made if it does not exist.
     *
     * @return whether it was made, changed, or had just these messages
     */
    public Outcome put(Caller caller, String name, List<SessionMessage> messages) {
        requireRight(caller);
        String checked = checkName(name);
        prepare(caller);
        return database.inOrganization(caller.organization(), handle -> put(handle, caller, checked, messages));
    }

    /** Returns a name that the caller may have a session by. */
    String requireUsable(Caller caller, String name) {
        requireRight(caller);
        return checkName(name);
    }

    /** Returns what {@link #put} would do, and keeps others from changing a session that is there. */
    Outcome foresee(Handle handle, Caller caller, String name, List<SessionMessage> messages) {
        return store.lock(handle, caller.principalId(), name)
                .map(row -> isSame(store.messages(handle, caller.organization(), row.id()), messages)
                        ? Outcome.UNCHANGED
                        : Outcome.UPDATED)
                .orElse(Outcome.CREATED);
    }

    /** Writes in the transaction of others, who have called {@link #prepare} and {@link #requireUsable}. */
    Outcome put(Handle handle, Caller caller, String name, List<SessionMessage> messages) {
        boolean existed = store.find(handle, caller.principalId(), name).isPresent();
        SessionStore.Row row = lockOrCreate(handle, caller, name);
        if (existed && isSame(store.messages(handle, caller.organization(), row.id()), messages)) {
            return Outcome.UNCHANGED;
        }
        store.clear(handle, row.id());
        store.append(
                handle,
                caller.organization(),
                row,
                messages,
                settings,
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        return existed ? Outcome.UPDATED : Outcome.CREATED;
    }

    /** Whether what is kept is the end of what is given, which is all that the bounds may have let through. */
    private static boolean isSame(List<SessionMessage> kept, List<SessionMessage> given) {
        if (kept.size() > given.size() || (kept.isEmpty() && !given.isEmpty())) {
            return false;
        }
        List<SessionMessage> end = given.subList(given.size() - kept.size(), given.size());
        for (int index = 0; index < kept.size(); index++) {
            if (kept.get(index).speaker() != end.get(index).speaker()
                    || !kept.get(index).text().equals(end.get(index).text())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds one exchange to a session, which is made if it does not exist. To be called when an answer is complete.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the caller has as many sessions as allowed
     */
    public void append(Caller caller, String name, String input, String output) {
        String checked = checkName(name);
        List<SessionMessage> exchange = List.of(
                new SessionMessage(Speaker.USER, input, null), new SessionMessage(Speaker.ASSISTANT, output, null));
        prepare(caller);
        database.inOrganization(caller.organization(), handle -> {
            SessionStore.Row row = lockOrCreate(handle, caller, checked);
            store.append(
                    handle,
                    caller.organization(),
                    row,
                    exchange,
                    settings,
                    clock.instant().truncatedTo(ChronoUnit.MICROS));
            return row.id();
        });
    }

    /**
     * Deletes a session and its messages for good.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if the caller has no such session
     */
    public void delete(Caller caller, String name) {
        requireRight(caller);
        String checked = checkName(name);
        boolean deleted = database.inOrganization(
                caller.organization(), handle -> store.delete(handle, caller.principalId(), checked));
        if (!deleted) {
            throw unknown(checked);
        }
    }

    /** Gets the organization's keys before a transaction begins, inside of which that would need a second connection. */
    void prepare(Caller caller) {
        keyRing.seal(caller.organization(), new byte[0], new byte[0]);
    }

    /** Returns what was said before, beginning with the user; empty if there is no such session yet. */
    List<SessionMessage> history(Handle handle, Caller caller, String name) {
        Optional<SessionStore.Row> row = store.find(handle, caller.principalId(), checkName(name));
        List<SessionMessage> messages = row.map(found -> store.messages(handle, caller.organization(), found.id()))
                .orElse(List.of());
        return messages.stream()
                .dropWhile(message -> message.speaker() != Speaker.USER)
                .toList();
    }

    private SessionStore.Row lockOrCreate(Handle handle, Caller caller, String name) {
        Optional<SessionStore.Row> existing = store.lock(handle, caller.principalId(), name);
        if (existing.isPresent()) {
            return existing.get();
        }
        if (store.count(handle, caller.principalId()) >= settings.sessionsMax()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "You have " + settings.sessionsMax() + " sessions, the most that the operator allows; delete some");
        }
        store.insert(handle, caller, name, clock.instant().truncatedTo(ChronoUnit.MICROS));
        return store.lock(handle, caller.principalId(), name).orElseThrow();
    }

    /** Returns a name that can be used, trimmed. */
    static String checkName(String written) {
        String name = written.strip();
        boolean usable = !name.isEmpty()
                && name.length() <= NAME_LENGTH_MAX
                && name.codePoints()
                        .allMatch(letter -> Character.isLetterOrDigit(letter) || " ._-@:+".indexOf(letter) >= 0)
                && !name.startsWith(".");
        if (!usable) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(name, 60) + "' cannot be the name of a session: it takes up to "
                            + NAME_LENGTH_MAX + " letters, digits, spaces and ._-@:+, and does not begin with a dot");
        }
        return name;
    }

    private static void requireRight(Caller caller) {
        if (!caller.rights().allowSome("patterns", "execute")) {
            caller.require(Permission.of("patterns", "execute"));
        }
    }

    private static GantryException unknown(String name) {
        return new GantryException(ErrorCode.NOT_FOUND, "You have no session '" + name + "'");
    }
}
