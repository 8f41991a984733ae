package dev.gantry.registry;

import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetResolver.Located;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Copies of assets that know what they were made from, and take over later what has changed there since. The text that the
 * copy last had in common with its upstream is kept with it, so that a merge needs nothing of the upstream's history.
 *
 * <p>Thread-safe; blocks on the database.
 */
public final class Forks {
    private final Database database;
    private final AssetWrites writes;
    private final AssetResolver resolver;
    private final Clock clock;
    private final TeamDirectory teams;

    Forks(Database database, AssetWrites writes, AssetResolver resolver, Clock clock, TeamDirectory teams) {
        this.database = database;
        this.writes = writes;
        this.resolver = resolver;
        this.clock = clock;
        this.teams = teams;
    }

    /**
     * How a fork stands to what it was made from.
     *
     * @param fork its current version
     * @param upstream the upstream's current version; null if it is gone or no longer shown to the caller
     * @param upstreamName the upstream's name
     * @param baseVersion the upstream's version that the fork last took over
     * @param changes what the upstream has changed since; null without an upstream
     * @param merge what a merge would come to; null without an upstream
     */
    public record Lineage(
            AssetVersion fork,
            @Nullable AssetVersion upstream,
            String upstreamName,
            int baseVersion,
            @Nullable TextDiff changes,
            @Nullable TextMerge merge) {
        /** Returns whether the upstream has changed since. */
        public boolean isBehind() {
            return changes != null && !changes.hunks().isEmpty();
        }
    }

    /**
     * What a merge came to.
     *
     * @param result the fork's new version; null when nothing was written, since there are conflicts or it was only tried
     */
    public record Merged(
            Lineage lineage, TextMerge merge, @Nullable PutResult result) {}

    /**
     * A merged text, for where both sides changed the same lines.
     *
     * @param upstreamVersion which of the upstream's versions it takes over; null for whichever is current
     */
    public record Resolution(String text, @Nullable Integer upstreamVersion) {}

    private record Row(String upstream, @Nullable UUID upstreamId, int version, String base) {}

    /**
     * Copies an asset that the caller may read under another name, which must be free.
     *
     * @param source with an optional version or label
     * @param target as for {@link Assets#create}
     * @throws GantryException those of {@link Assets#get} and {@link Assets#create}
     */
    public PutResult fork(Caller caller, AssetKind kind, String source, String target) {
        AssetName name = Namespaces.target(caller, target, teams);
        PutResult result = database.inOrganization(caller.organization(), handle -> {
            AssetVersion upstream = resolver.resolve(handle, caller, kind, source);
            Namespaces.require(caller, kind, upstream.name(), "read");
            AssetText text = writes.check(kind, upstream.content());
            PutResult copy;
            try {
                copy = writes.put(handle, caller, kind, name, text, new Precondition.Absent());
            } catch (GantryException taken) {
                throw AssetWrites.conflict(taken);
            }
            UUID upstreamId = upstream.name().namespace().equals(AssetName.BUILTIN)
                    ? null
                    : resolver.locate(handle, caller, kind, upstream.name().toString())
                            .id();
            UUID id = resolver.locate(handle, caller, kind, name.toString()).id();
            insert(handle, caller, id, copy.asset(), upstream, upstreamId);
            return new PutResult(resolver.current(handle, kind, name), copy.outcome(), copy.warnings());
        });
        writes.learn(caller, result);
        return result;
    }

    /**
     * Shows what has changed since in what an asset was forked from.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if it is no fork
     */
    public Lineage lineage(Caller caller, AssetKind kind, String name) {
        return database.inOrganization(caller.organization(), handle -> {
            Located fork = resolver.locate(
                    handle, caller, kind, AssetReference.parse(name).name());
            Namespaces.require(caller, kind, fork.version().name(), "read");
            return lineage(handle, caller, fork);
        });
    }

    /**
     * Brings the upstream's changes into a fork as a new version, if both did not change the same lines.
     *
     * @param resolution null to merge by lines
     * @param dryRun whether only to show what would come of it
     * @param precondition on the fork
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if it is no fork or its upstream is gone; {@link ErrorCode#CONFLICT}
     *     if the resolved text still holds markers of conflicts, or takes over what is no longer the upstream's current
     *     version; those of {@link Assets#put}
     */
    public Merged merge(
            Caller caller,
            AssetKind kind,
            String name,
            @Nullable Resolution resolution,
            boolean dryRun,
            Precondition precondition) {
        Merged merged = database.inOrganization(caller.organization(), handle -> {
            Located fork = resolver.locate(
                    handle, caller, kind, AssetReference.parse(name).name());
            AssetName forkName = fork.version().name();
            Namespaces.requireWrite(caller, kind, forkName, "update");
            Lineage lineage = lineage(handle, caller, fork);
            AssetVersion upstream = lineage.upstream();
            TextMerge merge = lineage.merge();
            if (upstream == null || merge == null) {
                throw new GantryException(
                        ErrorCode.NOT_FOUND,
                        "'" + lineage.upstreamName() + "', from which '" + forkName
                                + "' was forked, is gone or not shown to you");
            }
            requireUsable(resolution, upstream);
            if (dryRun || (resolution == null && !merge.isClean())) {
                return new Merged(lineage, merge, null);
            }
            Precondition unchanged = precondition instanceof Precondition.None
                    ? new Precondition.Matches(Set.of(fork.version().hash()))
                    : precondition;
            AssetText text = writes.check(kind, resolution != null ? resolution.text() : merge.text());
            PutResult result = writes.put(handle, caller, kind, forkName, text, unchanged);
            takeOver(handle, fork.id(), result.asset().version(), upstream);
            return new Merged(
                    lineage,
                    merge,
                    new PutResult(resolver.current(handle, kind, forkName), result.outcome(), result.warnings()));
        });
        if (merged.result() != null) {
            writes.learn(caller, merged.result());
        }
        return merged;
    }

    private static void requireUsable(@Nullable Resolution resolution, AssetVersion upstream) {
        if (resolution == null) {
            return;
        }
        if (TextMerge.hasMarkers(resolution.text())) {
            throw new GantryException(
                    ErrorCode.CONFLICT, "The text still holds markers of a conflict (<<<<<<<, =======, >>>>>>>)");
        }
        Integer takenOver = resolution.upstreamVersion();
        if (takenOver != null && takenOver != upstream.version()) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "'" + upstream.name() + "' is at version " + upstream.version()
                            + " by now, and the text takes over version " + takenOver + "; look at the merge again");
        }
    }

    private Lineage lineage(Handle handle, Caller caller, Located fork) {
        AssetKind kind = fork.version().kind();
        Row row = find(handle, fork.id());
        if (row == null) {
            throw new GantryException(ErrorCode.NOT_FOUND, "'" + fork.version().name() + "' is not a fork");
        }
        AssetVersion upstream = upstream(handle, caller, kind, row);
        if (upstream == null) {
            return new Lineage(fork.version(), null, row.upstream(), row.version(), null, null);
        }
        TextMerge merge = TextMerge.of(
                row.base(),
                fork.version().content(),
                upstream.content(),
                fork.version().name() + "@" + fork.version().version(),
                upstream.name() + "@" + upstream.version());
        return new Lineage(
                fork.version(),
                upstream,
                upstream.name().toString(),
                row.version(),
                TextDiff.between(row.base(), upstream.content()),
                merge);
    }

    /** What the caller may no longer read is as good as gone. An asset that has taken the name is not the one it was made from. */
    private @Nullable AssetVersion upstream(Handle handle, Caller caller, AssetKind kind, Row row) {
        try {
            AssetVersion upstream = resolver.resolve(handle, caller, kind, row.upstream());
            boolean builtin = upstream.name().namespace().equals(AssetName.BUILTIN);
            boolean same = upstream.name().toString().equals(row.upstream())
                    && (builtin
                            ? row.upstreamId() == null
                            : resolver.locate(handle, caller, kind, row.upstream())
                                    .id()
                                    .equals(row.upstreamId()));
            return same && Namespaces.mayRead(caller, kind, upstream.name()) ? upstream : null;
        } catch (GantryException gone) {
            return null;
        }
    }

    private void insert(
            Handle handle,
            Caller caller,
            UUID id,
            AssetVersion copy,
            AssetVersion upstream,
            @Nullable UUID upstreamId) {
        handle.createUpdate("""
                        INSERT INTO asset_forks (organization_id, asset_id, upstream, upstream_id, upstream_version,
                            base_content, taken_over_in, forked_by, forked_at)
                        VALUES (:organization, :id, :upstream, :upstreamId::uuid, :version, :base, :takenOverIn, :by, :now)
                        """)
                .bind("organization", caller.organization())
                .bind("id", id)
                .bind("upstream", upstream.name().toString())
                .bind("upstreamId", upstreamId)
                .bind("version", upstream.version())
                .bind("base", copy.content())
                .bind("takenOverIn", copy.version())
                .bind("by", caller.principal())
                .bind("now", AssetStore.at(now()))
                .execute();
    }

    private void takeOver(Handle handle, UUID id, int takenOverIn, AssetVersion upstream) {
        handle.createUpdate("""
                        UPDATE asset_forks SET upstream_version = :version, base_content = :base, taken_over_in = :takenOverIn,
                            merged_at = :now
                        WHERE asset_id = :id
                        """)
                .bind("id", id)
                .bind("version", upstream.version())
                .bind("base", upstream.content())
                .bind("takenOverIn", takenOverIn)
                .bind("now", AssetStore.at(now()))
                .execute();
    }

    private static @Nullable Row find(Handle handle, UUID id) {
        List<Row> rows = handle.createQuery("""
                        SELECT upstream, upstream_id, upstream_version, base_content FROM asset_forks WHERE asset_id = :id
                        """)
                .bind("id", id)
                .map((row, context) -> new Row(
                        row.getString("upstream"),
                        row.getObject("upstream_id", UUID.class),
                        row.getInt("upstream_version"),
                        row.getString("base_content")))
                .list();
        return rows.isEmpty() ? null : rows.getFirst();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
