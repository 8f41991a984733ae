package dev.gantry.audit;

import dev.gantry.crypto.DataKey;
import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.database.GroupCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.NoteKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log of all organizations. Events are added, never changed: batches of them are hashed and chained, and signed
 * checkpoints outside of the database tell what it once held, so that a change shows even if an administrator of the
 * database made it. What is personal is sealed under a key of the person, whose destruction leaves every proof valid. The
 * format is in {@code docs/audit.md}. Thread-safe.
 *
 * <p>{@link #append} belongs to the durable kind of queue: an event counts once its commit says so, and whoever must not go
 * on before that awaits it.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final String ERASED_CHANNEL = "gantry_audit_erased";

    private final Database database;
    private final AuditSettings settings;
    private final SubjectKeys subjects;
    private final BatchWriter writer;
    private final GroupCommit.Lane<BatchWriter.Row> lane;
    private final SigningKeys keys;
    private final CheckpointMirror mirror;
    private final CheckpointLog checkpoints;
    private final Spilling spilling;
    private final Retention retention;
    private final Patrol patrol;
    private final List<SinkFeed> sinks = new ArrayList<>();
    private final Clock clock;
    private volatile AuditFigures.@Nullable Verification verification;

    /**
     * Opens the log in a database whose migrations of modules {@code crypto} and {@code audit} were applied, and starts to
     * make checkpoints of it.
     *
     * @param keyRing wraps the keys of people
     * @param dataDirectory where the signing key, the mirrored checkpoints and the spill file lie, in a folder {@code audit}
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the folder or the signing key cannot be used
     */
    public static AuditLog open(
            Database database, KeyRing keyRing, AuditSettings settings, Path dataDirectory, Clock clock) {
        Path folder = dataDirectory.resolve("audit");
        try {
            Files.createDirectories(folder);
            return new AuditLog(database, keyRing, settings, folder, clock);
        } catch (IOException failure) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The folder " + folder + " of the audit log cannot be used: " + failure.getMessage(),
                    failure);
        }
    }

    private AuditLog(Database database, KeyRing keyRing, AuditSettings settings, Path folder, Clock clock)
            throws IOException {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
        this.subjects = new SubjectKeys(keyRing);
        PersonSealer sealer = new PersonSealer(subjects);
        this.writer = new BatchWriter(clock, sealer);
        this.lane = database.groupCommit().lane("audit", writer);
        List<Path> mirrors = new ArrayList<>(List.of(folder.resolve("checkpoints")));
        settings.mirrorDirectory().ifPresent(mirrors::add);
        this.keys = new SigningKeys(
                new SigningKeyFile(folder.resolve("signing.key")),
                CheckpointMirror.isBegun(mirrors) || CheckpointLog.isBegun(database));
        this.mirror = new CheckpointMirror(mirrors, keys::trusted);
        this.checkpoints = new CheckpointLog(database, keys, mirror, clock);
        this.spilling = new Spilling(
                lane,
                SpillFile.open(
                        folder.resolve("spill.log"),
                        keyOf(folder.resolve("spill.key")),
                        settings.spillSizeMax().bytes()),
                settings.spillAfter());
        database.notifications().listen(ERASED_CHANNEL, _ -> sealer.forget(), sealer::forget);
        AuditVerifier verifier = new AuditVerifier(database, keys, mirror);
        this.retention =
                new Retention(database, settings.retention(), settings.sinks().keySet(), verifier, keys, clock);
        this.patrol = new Patrol(
                settings.verifyEvery(),
                verifier,
                checkpoints,
                new VerificationStore(database, UUID.randomUUID().toString()),
                clock);
        settings.sinks().forEach((name, sink) -> sinks.add(new SinkFeed(name, sink, database, subjects)));
        checkpoints.start();
        retention.start();
        sinks.forEach(SinkFeed::start);
    }

    private static DataKey keyOf(Path file) throws IOException {
        if (Files.notExists(file)) {
            Durable.create(file, DataKey.generate().bytes());
        }
        return DataKey.of(Files.readAllBytes(file));
    }

    /**
     * Adds an event to the log of its organization; written together with what others add at the same time. A bulk event
     * that the database does not take in time becomes durable in a local file instead.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the queue of the database stays full,
     *     {@link ErrorCode#SHUTTING_DOWN} at the end
     */
    public GroupCommit.Commit append(AuditEvent event) {
        return settings.isBulk(event)
                ? spilling.append(event)
                : lane.append(event.organization(), new BatchWriter.Row(event, false));
    }

    /**
     * Returns which of some events of one request are in the log already: for whoever does work again that another process may
     * have done and recorded before it died.
     *
     * @param handle of a transaction that sees the organization
     */
    public Set<UUID> recorded(Handle handle, String requestId, Collection<UUID> events) {
        return AuditStore.recorded(handle, requestId, events);
    }

    /**
     * Searches the log of one organization, newest first.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached or the search takes
     *     too long
     */
    public AuditPage query(UUID organization, AuditQuery query) {
        return database.inOrganization(organization, handle -> AuditStore.query(handle, organization, query, subjects));
    }

    /**
     * Destroys the key of a person, so that no event tells any more who it was; all proofs stay valid. Events from here on
     * name the person anew.
     *
     * @param name e-mail address of a user or name of a service account
     * @return the number under which events keep the person apart from others; empty when none names the person
     */
    public Optional<UUID> erase(UUID organization, String name) {
        return Optional.ofNullable(database.<@Nullable UUID>inOrganization(organization, handle -> {
            UUID subject = subjects.erase(handle, organization, name);
            handle.createQuery("SELECT pg_notify(:channel, '')")
                    .bind("channel", ERASED_CHANNEL)
                    .mapTo(String.class)
                    .list();
            return subject;
        }));
    }

    /**
     * Verifies everything that can be verified: events against their batches, batches against their chains and the log, the
     * log against every checkpoint in the database and outside of it. Reads as it goes, in bounded memory.
     *
     * @param organization whose events; null for those of all organizations
     * @param from only events that were recorded from then on; null from the beginning
     * @param to only events that were recorded before; null to the end
     * @param progress is told now and then how far it is
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public VerificationReport verify(
            @Nullable UUID organization,
            @Nullable Instant from,
            @Nullable Instant to,
            Consumer<VerificationReport.Progress> progress) {
        checkpoints.extend();
        VerificationReport report = new AuditVerifier(database, keys, mirror).verify(organization, from, to, progress);
        verification = new AuditFigures.Verification(clock.instant(), report.findingsTotal(), report.events());
        return report;
    }

    /**
     * Exports events with their proofs, to be verified elsewhere: the batches that were recorded in a period, each whole.
     * Streams in bounded memory.
     *
     * @param from null from the beginning
     * @param to null to the end
     * @param out stays open
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is no checkpoint yet
     */
    public void export(UUID organization, @Nullable Instant from, @Nullable Instant to, OutputStream out) {
        checkpoints.requireSound();
        new AuditExporter(database, keys).export(organization, from, to, out);
    }

    /**
     * Exports one event with its proof, in the form of an export.
     *
     * @param out stays open
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is no such event
     */
    public void prove(UUID organization, UUID id, OutputStream out) {
        checkpoints.requireSound();
        new AuditExporter(database, keys).prove(organization, id, out);
    }

    /** Returns the public keys that verify checkpoints, the one that signs now first, as text. */
    public List<String> publicKeys() {
        return keys.trusted().stream().map(NoteKey::text).toList();
    }

    /**
     * Makes a new key, by which checkpoints are signed from here on; what the one before signed stays verifiable. Other nodes
     * that share the file take it up with the first checkpoint that it signed.
     *
     * @return the public keys, the new one first
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file of the keys cannot be used
     */
    public List<String> rotateKey() {
        checkpoints.extend();
        keys.rotate();
        return publicKeys();
    }

    /** Puts the batches that no checkpoint covers yet into the log now, instead of within the second. */
    public void checkpoint() {
        checkpoints.extend();
    }

    /**
     * Puts what no checkpoint covers yet into the log, and makes sure that this still holds what it once held.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if it does not
     */
    public void requireSound() {
        checkpoints.requireSound();
    }

    /** Begins to verify the whole log every so often ({@link AuditSettings#verifyEvery}); to be called once. */
    public void verifyRegularly(VerificationWatch watch) {
        patrol.start(watch);
    }

    /** Returns what regular verifications have found, as far as this node knows; empty before it has looked. */
    public Optional<Verified> verified() {
        return Optional.ofNullable(patrol.verified());
    }

    /** Returns what verifies regularly. */
    Patrol patrol() {
        return patrol;
    }

    /** Puts events into the local file, as if the database had not taken them. */
    void spill(List<AuditEvent> events) {
        events.forEach(spilling::spill);
    }

    /** Returns what looks after the partitions. */
    Retention retention() {
        return retention;
    }

    /** Returns what this node did so far, and how it is. Cheap; asks nobody. */
    public AuditFigures figures() {
        WriteFigures written = writer.figures();
        return new AuditFigures(
                written.events(),
                written.bytes(),
                written.transactions(),
                written.lagSum(),
                written.lag(),
                checkpoints.size(),
                checkpoints.unseen(),
                checkpoints.isSigning(),
                spilling.waiting(),
                spilling.bytes(),
                spilling.total(),
                sinks.stream().map(sink -> sink.figures(checkpoints.size())).toList(),
                lastVerification());
    }

    /** One that was asked for may have been of a part; it does not hide what a regular one found. */
    private AuditFigures.@Nullable Verification lastVerification() {
        AuditFigures.Verification asked = verification;
        Verified regular = patrol.verified();
        if (regular == null || (regular.events() == 0 && regular.findings() == 0)) {
            return asked;
        }
        boolean newer = asked != null && asked.at().isAfter(regular.at());
        return newer && regular.findings() == 0
                ? asked
                : new AuditFigures.Verification(regular.at(), regular.findings(), regular.events());
    }

    /** Returns how many events lie in the local file, waiting for the database. */
    public long spilledEvents() {
        return spilling.waiting();
    }

    /** Returns how many batches the signed log has. */
    public long logSize() {
        return checkpoints.size();
    }

    /** Returns why no checkpoint is signed at the moment; empty when all is well. */
    public Optional<String> problem() {
        return Optional.ofNullable(checkpoints.problem());
    }

    /** Signs a last checkpoint, if the database answers, and stops. To be called when nothing more is appended. */
    @Override
    public void close() {
        patrol.close();
        retention.close();
        checkpoints.close();
        sinks.forEach(SinkFeed::close);
        try {
            spilling.close();
        } catch (IOException failure) {
            LOG.warn("The spill file cannot be closed: {}", failure.getMessage());
        }
    }
}
