package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What organizations ask of versions. The most particular policy holds: that of the namespace, that of its kind of namespace,
 * that of the configuration.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class ReviewPolicies {
    private static final int POLICIES_MAX = 1_000;

    private final Database database;
    private final ReviewPolicy configured;
    private final Clock clock;

    ReviewPolicies(Database database, ApprovalSettings settings, Clock clock) {
        this.database = database;
        this.configured = ReviewPolicy.of(settings);
        this.clock = clock;
    }

    /** Returns the policy that holds for a namespace. */
    public ReviewPolicy of(Caller caller, String namespace) {
        return database.inOrganization(caller.organization(), handle -> of(handle, namespace));
    }

    ReviewPolicy of(Handle handle, String namespace) {
        boolean personal = namespace.startsWith("~");
        return handle.createQuery("""
                        SELECT * FROM review_policies WHERE namespace IN (:namespace, :kind)
                        ORDER BY namespace = :namespace DESC LIMIT 1
                        """)
                .bind("namespace", namespace)
                .bind("kind", personal ? ReviewPolicy.PERSONAL : ReviewPolicy.ALL)
                .map((row, context) -> policy(row))
                .findOne()
                .orElseGet(() -> personal ? configured.forUsers() : configured);
    }

    /**
     * Returns what the configuration asks for and what the organization has set, in the order of namespaces: to those who may
     * read policies all of it, to others what holds where they see something.
     */
    public List<ReviewPolicy> list(Caller caller) {
        boolean all = caller.may(Permission.of("policies", "read"));
        return database.inOrganization(caller.organization(), this::all).stream()
                .filter(policy -> all || policy.isGeneral() || Namespaces.sees(caller, policy.namespace()))
                .toList();
    }

    private List<ReviewPolicy> all(Handle handle) {
        List<ReviewPolicy> all = new ArrayList<>(handle.createQuery("SELECT * FROM review_policies ORDER BY namespace")
                .map((row, context) -> policy(row))
                .list());
        if (all.stream().noneMatch(policy -> policy.namespace().equals(ReviewPolicy.ALL))) {
            all.addFirst(configured);
        }
        return all;
    }

    /** Returns which reviews somebody sees who is in some groups. */
    ReviewSight sight(Handle handle, Caller caller, Collection<String> groups) {
        List<ReviewPolicy> all = new ArrayList<>(all(handle));
        if (all.stream().noneMatch(policy -> policy.namespace().equals(ReviewPolicy.PERSONAL))) {
            all.add(configured.forUsers());
        }
        return new ReviewSight(
                Viewer.of(caller),
                all.stream()
                        .filter(policy -> policy.names(caller, groups))
                        .map(ReviewPolicy::namespace)
                        .toList(),
                all.stream()
                        .filter(policy -> !policy.isGeneral())
                        .map(ReviewPolicy::namespace)
                        .toList());
    }

    /** Sets the policy of a namespace. */
    public void put(Caller caller, ReviewPolicy policy) {
        database.<Integer>inOrganization(caller.organization(), handle -> {
            long count = handle.createQuery("SELECT count(*) FROM review_policies")
                    .mapTo(Long.class)
                    .one();
            if (count >= POLICIES_MAX) {
                throw new GantryException(
                        ErrorCode.QUOTA_EXCEEDED, "An organization may have " + POLICIES_MAX + " policies of reviews");
            }
            return handle.createUpdate("""
                            INSERT INTO review_policies (organization_id, namespace, required_reviews, reviewers,
                                require_approved, protected_labels, updated_by, updated_at)
                            VALUES (:organization, :namespace, :required, :reviewers::text[], :approved, :labels::text[],
                                :by, :now)
                            ON CONFLICT (organization_id, namespace) DO UPDATE SET required_reviews = excluded.required_reviews,
                                reviewers = excluded.reviewers, require_approved = excluded.require_approved,
                                protected_labels = excluded.protected_labels, updated_by = excluded.updated_by,
                                updated_at = excluded.updated_at
                            """)
                    .bind("organization", caller.organization())
                    .bind("namespace", policy.namespace())
                    .bind("required", policy.requiredReviews())
                    .bindArray("reviewers", String.class, policy.reviewers())
                    .bind("approved", policy.requireApproved())
                    .bindArray("labels", String.class, policy.protectedLabels())
                    .bind("by", caller.principal())
                    .bind("now", AssetStore.at(clock.instant().truncatedTo(ChronoUnit.MICROS)))
                    .execute();
        });
    }

    /**
     * Takes the policy of a namespace away; the next less particular one holds then.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is none
     */
    public void delete(Caller caller, String namespace) {
        int removed = database.inOrganization(
                caller.organization(),
                handle -> handle.createUpdate("DELETE FROM review_policies WHERE namespace = :namespace")
                        .bind("namespace", namespace)
                        .execute());
        if (removed == 0) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND, "There is no policy of reviews for '" + Text.storable(namespace, 80) + "'");
        }
    }

    /** Whoever sets a policy wants it obeyed: one that is set always asks. */
    private static ReviewPolicy policy(ResultSet row) throws SQLException {
        return new ReviewPolicy(
                row.getString("namespace"),
                true,
                row.getInt("required_reviews"),
                AssetStore.texts(row, "reviewers"),
                row.getBoolean("require_approved"),
                AssetStore.texts(row, "protected_labels"));
    }
}
