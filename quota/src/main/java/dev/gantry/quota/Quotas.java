package dev.gantry.quota;

import dev.gantry.config.ConfigCheck.Complaints;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * How much of something each organization may have. What is durable is counted in the transaction that makes or removes
 * it, so that the count is true after any crash; what runs for a time holds a lease, so that what died stops counting.
 * Holds over any number of nodes. Thread-safe.
 */
public final class Quotas {
    private static final List<Quota> KNOWN =
            List.of(Quota.CONCURRENT_ANALYSES, Quota.REPOSITORIES, Quota.COMPONENTS, Quota.STORAGE);

    private final Database database;
    private final QuotaLimits limits;
    private final Function<UUID, String> organizationName;

    /**
     * Quotas over a migrated database.
     *
     * @param settings checked by {@link #check}
     * @param organizationName as the configuration names organizations; quick
     */
    public Quotas(Database database, QuotaSettings settings, Function<UUID, String> organizationName) {
        this.database = database;
        this.limits = new QuotaLimits(settings);
        this.organizationName = organizationName;
    }

    /** Reports what is wrong with a section of that name. */
    public static void check(String section, QuotaSettings settings, Complaints complaints) {
        QuotaLimits.check(section, settings, complaints);
    }

    /**
     * Uses some of a quota, in the transaction that makes what is counted.
     *
     * @param transaction of the organization
     * @param amount more than zero
     * @throws GantryException {@link ErrorCode#QUOTA_EXCEEDED} if the limit leaves no room; the transaction is to be given up
     */
    public void use(Handle transaction, UUID organization, Quota quota, long amount) {
        requirePositive(amount);
        OptionalLong limit = limits.limit(organizationName.apply(organization), quota);
        long most = limit.orElse(Long.MAX_VALUE);
        boolean used = amount <= most
                && transaction
                                .createUpdate("""
                                INSERT INTO quota_usage (organization_id, quota, used) VALUES (:organization, :quota, :amount)
                                ON CONFLICT (organization_id, quota) DO UPDATE SET used = quota_usage.used + :amount
                                WHERE quota_usage.used <= :room
                                """)
                                .bind("organization", organization)
                                .bind("quota", quota.name())
                                .bind("amount", amount)
                                .bind("room", most - amount)
                                .execute()
                        == 1;
        if (!used) {
            throw exceeded(quota, most, false);
        }
    }

    /**
     * Gives some of a quota back, in the transaction that removes what was counted.
     *
     * @param amount more than zero; what was never used is not given back
     */
    public void release(Handle transaction, UUID organization, Quota quota, long amount) {
        requirePositive(amount);
        transaction
                .createUpdate("""
                        UPDATE quota_usage SET used = greatest(0, used - :amount)
                        WHERE organization_id = :organization AND quota = :quota
                        """)
                .bind("organization", organization)
                .bind("quota", quota.name())
                .bind("amount", amount)
                .execute();
    }

    /**
     * Takes one of the places that may be taken at the same time.
     *
     * @param time after which the place is free again unless the lease is renewed
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} if all are taken; {@link ErrorCode#DATABASE_UNAVAILABLE}
     */
    public QuotaLease lease(UUID organization, Quota quota, Duration time) {
        UUID id = Ids.next();
        long most = limits.limit(organizationName.apply(organization), quota).orElse(Long.MAX_VALUE);
        boolean taken = database.inOrganization(organization, handle -> {
            // The row is there to be locked, so that places are taken one after the other.
            handle.createUpdate("""
                            INSERT INTO quota_usage (organization_id, quota, used) VALUES (:organization, :quota, 0)
                            ON CONFLICT (organization_id, quota) DO UPDATE SET used = quota_usage.used
                            """)
                    .bind("organization", organization)
                    .bind("quota", quota.name())
                    .execute();
            handle.createUpdate("DELETE FROM quota_leases WHERE quota = :quota AND ends_at <= clock_timestamp()")
                    .bind("quota", quota.name())
                    .execute();
            return handle.createUpdate("""
                                    INSERT INTO quota_leases (organization_id, quota, lease, ends_at)
                                    SELECT :organization, :quota, :lease, clock_timestamp() + :ms * interval '1 millisecond'
                                    WHERE (SELECT count(*) FROM quota_leases WHERE quota = :quota) < :most
                                    """)
                            .bind("organization", organization)
                            .bind("quota", quota.name())
                            .bind("lease", id)
                            .bind("ms", time.toMillis())
                            .bind("most", most)
                            .execute()
                    == 1;
        });
        if (!taken) {
            throw exceeded(quota, most, true);
        }
        return new QuotaLease(this, organization, quota, id, time);
    }

    boolean renew(UUID organization, Quota quota, UUID lease, Duration time) {
        return database.inOrganization(
                organization,
                handle -> handle.createUpdate("""
                                        UPDATE quota_leases SET ends_at = clock_timestamp() + :ms * interval '1 millisecond'
                                        WHERE quota = :quota AND lease = :lease AND ends_at > clock_timestamp()
                                        """)
                                .bind("quota", quota.name())
                                .bind("lease", lease)
                                .bind("ms", time.toMillis())
                                .execute()
                        == 1);
    }

    void end(UUID organization, Quota quota, UUID lease) {
        database.inOrganization(
                organization,
                handle -> handle.createUpdate("DELETE FROM quota_leases WHERE quota = :quota AND lease = :lease")
                        .bind("quota", quota.name())
                        .bind("lease", lease)
                        .execute());
    }

    /** Returns how much of a quota counts at the moment. */
    public long used(UUID organization, Quota quota) {
        return database.inOrganization(
                organization,
                handle -> handle.createQuery("""
                        SELECT coalesce((SELECT used FROM quota_usage WHERE quota = :quota), 0)
                            + (SELECT count(*) FROM quota_leases WHERE quota = :quota AND ends_at > clock_timestamp())
                        """)
                        .bind("quota", quota.name())
                        .mapTo(Long.class)
                        .one());
    }

    /** Returns where an organization stands with every quota of the configuration. */
    public List<QuotaStanding> standings(UUID organization) {
        List<QuotaStanding> standings = new ArrayList<>();
        for (Quota quota : KNOWN) {
            OptionalLong limit = limits.limit(organizationName.apply(organization), quota);
            if (limit.isPresent()) {
                standings.add(new QuotaStanding(quota, used(organization, quota), limit));
            }
        }
        return standings;
    }

    private static void requirePositive(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("An amount of " + amount + " cannot be used or released");
        }
    }

    private static GantryException exceeded(Quota quota, long limit, boolean passes) {
        String text = "The quota of your organization is used up: " + limit + " " + quota.unit();
        return passes
                ? new GantryException(
                        ErrorCode.RATE_LIMITED,
                        text + "; try again when one has ended",
                        List.of(),
                        Duration.ofSeconds(1),
                        null)
                : new GantryException(ErrorCode.QUOTA_EXCEEDED, text + "; remove some, or ask your operator for more");
    }
}
