package dev.gantry.identity;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first start: an organization, a team, a user who may do everything, and a key of that user in the data directory's
 * {@link CredentialsFile}. Every later start finds them and changes nothing. Nodes that start at the same time on one
 * database agree: one makes the organization, the others find it.
 *
 * <p><b>Recovery.</b> Who can write the data directory of an embedded database owns that database anyway. So there, a
 * start issues a new key and revokes the one before it when the file is missing or its key no longer works: deleting the
 * file and restarting is the way back in. With a database of the operator's own, one key is issued in the organization's
 * life, to the node that comes first, as otherwise every fresh container would leave an administrator's key behind.
 */
public final class Bootstrap {
    /** The name of the first organization. */
    public static final String ORGANIZATION = "default";

    /** The name of the first team, which pays for what nobody else pays for. */
    public static final String TEAM = "default";

    /** The name of the first user. */
    public static final String ADMINISTRATOR = "admin@localhost";

    private static final String KEY_NAME = "credentials file";
    private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

    private final Database database;
    private final Identity identity;
    private final Clock clock;

    /** What became of the credentials file. */
    public enum Credential {
        /** Its key works. */
        KEPT,
        /** A new key was written. */
        ISSUED,
        /** There is no working key in it, and none was issued. */
        ABSENT
    }

    /**
     * What a start found or made.
     *
     * @param organization the first organization's id
     * @param created whether this call made it
     */
    public record Outcome(UUID organization, boolean created, Credential credential) {}

    private Bootstrap(Database database, Identity identity, Clock clock) {
        this.database = database;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * Makes what is missing.
     *
     * @param dataDirectory exists, and is this node's alone
     * @param recover whether to issue a key when the file has no working one although one was issued before; true for a
     *     database that lies in the data directory
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE}; {@link ErrorCode#INVALID_CONFIGURATION} if the
     *     file cannot be read or written
     */
    public static Outcome ensure(
            Database database, Identity identity, Clock clock, Path dataDirectory, boolean recover) {
        return new Bootstrap(database, identity, clock).ensure(dataDirectory, recover);
    }

    private Outcome ensure(Path dataDirectory, boolean recover) {
        boolean created = false;
        Optional<UUID> found = find();
        if (found.isEmpty()) {
            created = create();
            found = find();
        }
        UUID organization =
                found.orElseThrow(() -> new GantryException(ErrorCode.INTERNAL, "The first organization is missing"));
        return new Outcome(organization, created, credential(organization, dataDirectory, recover));
    }

    private Optional<UUID> find() {
        return database.unscoped(
                handle -> OrganizationStore.named(handle, ORGANIZATION).map(Organization::id));
    }

    /** Makes everything in one transaction; of several nodes that try, the others wait for it and change nothing. */
    private boolean create() {
        UUID id = Ids.next();
        Instant now = now();
        return database.inOrganization(id, handle -> {
            Principal administrator =
                    new Principal(Ids.next(), PrincipalKind.USER, ADMINISTRATOR, "Administrator", true, now);
            return OrganizationStore.found(handle, Organization.begun(id, ORGANIZATION, now), TEAM, administrator);
        });
    }

    private Credential credential(UUID organization, Path dataDirectory, boolean recover) {
        try {
            Optional<CredentialsFile> file = CredentialsFile.read(dataDirectory);
            if (file.map(CredentialsFile::apiKey).map(this::works).orElse(false)) {
                return Credential.KEPT;
            }
            String url = file.map(CredentialsFile::url).orElse(null);
            boolean issued = database.inOrganization(
                    organization, handle -> issue(handle, organization, url, dataDirectory, recover));
            return issued ? Credential.ISSUED : Credential.ABSENT;
        } catch (IOException | UncheckedIOException failure) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The file " + dataDirectory.resolve(CredentialsFile.NAME) + " cannot be used: "
                            + failure.getMessage(),
                    failure);
        }
    }

    private boolean works(Secret key) {
        try {
            identity.authenticate(new Credentials(key.reveal(), "local"));
            return true;
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.UNAUTHENTICATED) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Issues a key, unless that is not called for. When the first user was renamed or deactivated, somebody else
     * administers, who is to be asked. The file is written before the commit: a crash in between leaves a key that does
     * not work, which the next start sees, and never a working key that nobody has.
     */
    private boolean issue(Handle handle, UUID organization, @Nullable String url, Path dataDirectory, boolean recover) {
        OrganizationStore.lock(handle);
        Principal owner = PrincipalStore.find(handle, ADMINISTRATOR)
                .filter(Principal::active)
                .orElse(null);
        if (owner == null || (!recover && KeyStore.existsNamed(handle, owner.id(), KEY_NAME))) {
            LOG.info("There is no working key in {}", dataDirectory.resolve(CredentialsFile.NAME));
            return false;
        }
        Instant now = now();
        KeyStore.revokeNamed(handle, owner.id(), KEY_NAME, now)
                .forEach(prefix -> ChangeFeed.keyChanged(handle, organization, prefix));
        KeyStore.KeyRow key = KeyStore.KeyRow.unrestricted(organization, owner.id(), KEY_NAME, now);
        IssuedKey issued = Keys.insert(handle, key, owner.id(), now);
        try {
            new CredentialsFile(url, issued.text()).write(dataDirectory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return true;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
