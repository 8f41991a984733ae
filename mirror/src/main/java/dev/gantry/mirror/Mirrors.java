package dev.gantry.mirror;

import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskLost;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Text;
import dev.gantry.mirror.MirrorStatus.State;
import dev.gantry.mirror.MirrorStore.Outcome;
import dev.gantry.mirror.MirrorStore.Row;
import dev.gantry.mirror.MirrorStore.Walk;
import dev.gantry.outbound.Addresses;
import dev.gantry.outbound.Deadline;
import dev.gantry.registry.AssetMirror;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.SyncedReviews;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registries of other Gantrys that are mirrored here. One node at a time asks each for what has changed, again and again.
 * While the other registry is away, what is here stays. Thread-safe.
 */
public final class Mirrors {
    private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);
    private static final String TASK = "mirror.sync";
    private static final String NAME = "[a-z0-9][a-z0-9_.-]{0,62}";
    private static final String PARTLY = "not everything that is there can be taken over";

    /** How long what could not be taken over is left alone while nothing has changed that is known to help. */
    private static final Duration WALK_AGAIN = Duration.ofMinutes(10);

    /** Names of assets that are read at a time. */
    private static final int NAMES_MAX = 500;

    private final Database database;
    private final DurableTasks tasks;
    private final AssetMirror registry;
    private final SyncedReviews reviews;
    private final MirrorsSettings settings;
    private final BiPredicate<UUID, String> teams;
    private final MirrorObserver observer;
    private final Map<String, Mirror> mirrors = new TreeMap<>();
    private final Map<String, Upstream> upstreams = new HashMap<>();

    private Mirrors(
            Database database,
            DurableTasks tasks,
            AssetMirror registry,
            SyncedReviews reviews,
            MirrorsSettings settings,
            BiPredicate<UUID, String> teams,
            MirrorObserver observer) {
        this.database = database;
        this.tasks = tasks;
        this.registry = registry;
        this.reviews = reviews;
        this.settings = settings;
        this.teams = teams;
        this.observer = observer;
    }

    /**
     * Mirrors over a migrated database; nothing is looked at before {@link #start}.
     *
     * @param reviews takes what mirrors with an approval workflow bring
     * @param teams knows whether an organization has a team of a name
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if an address or a file cannot be used
     */
    public static Mirrors open(
            Database database,
            DurableTasks tasks,
            AssetMirror registry,
            SyncedReviews reviews,
            MirrorsSettings settings,
            Collection<Mirror> mirrors,
            BiPredicate<UUID, String> teams,
            MirrorObserver observer) {
        Mirrors opened = new Mirrors(database, tasks, registry, reviews, settings, teams, observer);
        for (Mirror mirror : mirrors) {
            opened.mirrors.put(mirror.name(), mirror);
            opened.upstreams.put(mirror.name(), upstream(mirror, settings));
        }
        tasks.handle(TASK, opened::run);
        return opened;
    }

    /**
     * Checks what settings alone can tell of a mirror.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION}
     */
    public static void check(Mirror mirror, MirrorsSettings settings) {
        upstream(mirror, settings);
    }

    private static Upstream upstream(Mirror mirror, MirrorsSettings settings) {
        if (!mirror.name().matches(NAME)) {
            throw unusable("'" + Text.shorten(mirror.name(), 80) + "' cannot be the name of a mirror: lower-case"
                    + " letters, digits, '-', '_' and '.'");
        }
        try {
            URI address = Addresses.parse(mirror.settings().url());
            if (address.getRawQuery() != null || address.getRawFragment() != null) {
                throw unusable("the address of the mirror '" + mirror.name() + "' has a query or a fragment");
            }
            if (address.getScheme().equals("http") && !settings.allowHttp()) {
                throw unusable("the address of the mirror '" + mirror.name()
                        + "' is http://, which protects neither the key nor the texts; use https://, or set"
                        + " mirrors.allow_http");
            }
            if (mirror.settings().visibility() == MirrorSettings.Visibility.TEAM
                    && mirror.settings().namespace().equals(Optional.of(AssetName.SHARED))) {
                throw unusable("the mirror '" + mirror.name() + "' has visibility: team, and namespace: "
                        + AssetName.SHARED + ", which everybody sees; give it a team's namespace");
            }
            return new Upstream(mirror.settings(), settings);
        } catch (IllegalArgumentException unusable) {
            throw unusable(
                    "the address of the mirror '" + mirror.name() + "' cannot be used: " + unusable.getMessage());
        } catch (IOException unusable) {
            throw unusable("ca_file of the mirror '" + mirror.name() + "' cannot be used: " + unusable.getMessage());
        }
    }

    private static GantryException unusable(String problem) {
        return new GantryException(ErrorCode.INVALID_CONFIGURATION, problem);
    }

    /** Lets every registry be looked at now, and from then on; before the tasks start. */
    public void start() {
        for (Mirror mirror : mirrors.values()) {
            UUID task = Ids.next();
            tasks.transaction(mirror.organization(), transaction -> {
                MirrorStore.begin(transaction.handle(), mirror, task)
                        .ifPresent(before -> transaction.remove(new TaskId(TASK, mirror.organization(), before)));
                transaction.schedule(new TaskId(TASK, mirror.organization(), task), JobPriority.NORMAL);
                return null;
            });
        }
    }

    /** A mirror with how it is. */
    public record Listed(Mirror mirror, MirrorStatus status) {}

    /** Returns the mirrors of an organization, by name. */
    public List<Listed> list(UUID organization) {
        return mirrors.values().stream()
                .filter(mirror -> mirror.organization().equals(organization))
                .map(mirror -> new Listed(mirror, status(mirror)))
                .toList();
    }

    /**
     * Returns a mirror.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed get(UUID organization, String name) {
        Mirror mirror = find(organization, name);
        if (mirror == null) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND,
                    "There is no mirror '" + Text.shorten(name, 80) + "'"
                            + Text.didYouMean(
                                    name,
                                    list(organization).stream()
                                            .map(listed -> listed.mirror().name())
                                            .toList()));
        }
        return new Listed(mirror, status(mirror));
    }

    /**
     * Lets a registry be looked at as soon as possible, and again if it is being looked at.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Listed lookNow(UUID organization, String name) {
        Listed listed = get(organization, name);
        tasks.transaction(organization, transaction -> {
            MirrorStore.want(transaction.handle(), name, transaction.now())
                    .ifPresent(task -> transaction.move(new TaskId(TASK, organization, task), transaction.now()));
            return null;
        });
        return listed;
    }

    /**
     * Lets the assets of a mirror that is no longer configured be changed here.
     *
     * @return how many it kept
     * @throws GantryException {@link ErrorCode#CONFLICT} if it is configured, {@link ErrorCode#NOT_FOUND} if there was none
     */
    public int release(UUID organization, String name) {
        if (find(organization, name) != null) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "The mirror '" + name + "' is configured and would take its assets back; remove"
                            + " mirrors.registries." + name + " and restart first");
        }
        return database.inOrganization(organization, handle -> {
            boolean known = MirrorStore.forget(handle, name);
            int released = registry.release(handle, name);
            if (!known && released == 0) {
                throw new GantryException(
                        ErrorCode.NOT_FOUND, "There never was a mirror '" + Text.shorten(name, 80) + "'");
            }
            return released;
        });
    }

    private @Nullable Mirror find(UUID organization, String name) {
        Mirror mirror = mirrors.get(name);
        return mirror != null && mirror.organization().equals(organization) ? mirror : null;
    }

    private MirrorStatus status(Mirror mirror) {
        return database.inOrganization(mirror.organization(), handle -> MirrorStore.status(handle, mirror.name()))
                .orElseGet(
                        () -> new MirrorStatus(mirror.name(), State.NEW, null, null, null, "", List.of(), 0, 0, false));
    }

    private void run(RunningTask task) {
        UUID organization = task.id().organization();
        Mirror mirror = database.inOrganization(
                        organization,
                        handle -> MirrorStore.mirrorOf(handle, task.id().id()))
                .map(name -> find(organization, name))
                .orElse(null);
        Upstream upstream = mirror == null ? null : upstreams.get(mirror.name());
        if (mirror == null || upstream == null) {
            task.transaction(transaction -> {
                transaction.finish();
                return null;
            });
            return;
        }
        look(task, mirror, upstream);
    }

    private void look(RunningTask task, Mirror mirror, Upstream upstream) {
        Instant begun = task.now();
        Row row = database.inOrganization(mirror.organization(), handle -> MirrorStore.lock(handle, mirror.name()))
                .orElseThrow();
        if (!row.told()) {
            tell(mirror, status(mirror), row.untold(), Duration.ZERO);
        }
        MirrorLook look = new MirrorLook(
                database,
                registry,
                mirror,
                upstream,
                task,
                settings.assetsMax(),
                Deadline.in(settings.lookTimeout()),
                team -> teams.test(mirror.organization(), team));
        Outcome outcome = look(mirror, row, look, begun);
        News news = finish(task, mirror, begun, outcome);
        MirrorStatus status = status(mirror);
        if (news.any() && !status.problem().isEmpty()) {
            LOG.warn("Mirror {}: {}", mirror.name(), status.problem());
        }
        // Before what takes time: what has happened should be told soon.
        Duration took = Duration.between(begun, task.now());
        observer.looked(mirror, status, news.changed(), took);
        if (news.any()) {
            tell(mirror, status, news.changed(), took);
        }
        handIn(mirror);
    }

    private Outcome look(Mirror mirror, Row row, MirrorLook look, Instant begun) {
        String kept = row.settingsHash().equals(mirror.settingsHash()) ? null : "";
        String had = row.settingsHash().equals(mirror.settingsHash()) ? row.etag() : "";
        try {
            String fresh = look.look(mayHelpToWalk(mirror, row, begun) ? "" : had);
            if (fresh == null) {
                return row.incomplete()
                        ? new Outcome(State.INCOMPLETE, had, PARTLY, null)
                        : new Outcome(State.SYNCED, had, "", null);
            }
            boolean all = look.isComplete() && !look.isWaiting();
            Walk walk = new Walk(
                    look.findings(), all ? null : begun.plus(WALK_AGAIN), look.missingTeams(), look.approvals());
            return look.isComplete()
                    ? new Outcome(State.SYNCED, fresh, "", walk)
                    : new Outcome(State.INCOMPLETE, fresh, PARTLY, walk);
        } catch (UpstreamFailed failed) {
            return new Outcome(
                    failed.isUnreachable() ? State.UNREACHABLE : State.REFUSED,
                    kept,
                    mirror.settings().url() + ": " + failed.getMessage(),
                    null);
        } catch (TaskLost lost) {
            throw lost;
        } catch (RuntimeException failed) {
            if (failed instanceof GantryException known && known.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw failed;
            }
            // What nobody thought of should show where operators look, instead of being tried again in silence for
            // ever.
            LOG.error("Mirror {}: a look failed", mirror.name(), failed);
            return new Outcome(
                    State.REFUSED,
                    kept,
                    mirror.settings().url()
                            + ": a look fails for a reason that nobody thought of; the log of the node that looked has the"
                            + " details",
                    null);
        }
    }

    /** Returns whether what could not be taken over may be by now, although the list is the same. */
    private boolean mayHelpToWalk(Mirror mirror, Row row, Instant now) {
        Instant walkAt = row.walkAt();
        if (walkAt == null) {
            return false;
        }
        return !now.isBefore(walkAt)
                || row.wantedAt() != null
                || row.missingTeams().stream().anyMatch(team -> teams.test(mirror.organization(), team))
                || row.approvals()
                        != database.inOrganization(
                                mirror.organization(), handle -> registry.approvals(handle, mirror.name()));
    }

    /**
     * What is to be told of a look.
     *
     * @param any whether it is more than that nothing is new
     */
    private record News(int changed, boolean any) {}

    private static News finish(RunningTask task, Mirror mirror, Instant begun, Outcome outcome) {
        boolean trouble = outcome.walk() == null
                ? outcome.state() == State.UNREACHABLE || outcome.state() == State.REFUSED
                : outcome.state() != State.SYNCED;
        return task.transaction(transaction -> {
            Row now = MirrorStore.lock(transaction.handle(), mirror.name()).orElseThrow();
            News news = new News(now.untold(), trouble || now.untold() > 0);
            MirrorStore.looked(transaction.handle(), mirror, outcome, begun, !news.any(), transaction.now());
            boolean wanted = now.wantedAt() != null && now.wantedAt().isAfter(begun);
            transaction.again(
                    wanted
                            ? transaction.now()
                            : transaction.now().plus(mirror.settings().interval()));
            return news;
        });
    }

    private void tell(Mirror mirror, MirrorStatus status, int changed, Duration took) {
        try {
            observer.news(mirror, status, changed, took);
        } catch (GantryException refused) {
            if (refused.code() == ErrorCode.DATABASE_UNAVAILABLE) {
                throw refused;
            }
            // Nobody would ever take it: the mirror goes on, and the log has it.
            LOG.error("Mirror {}: nobody takes the news of a look ({} changes)", mirror.name(), changed, refused);
        }
        database.<@Nullable Void>inOrganization(mirror.organization(), handle -> {
            MirrorStore.told(handle, mirror.name(), changed);
            return null;
        });
    }

    /** Also after a look that found nothing new: whoever died before may have left something. */
    private void handIn(Mirror mirror) {
        UUID organization = mirror.organization();
        if (!mirror.settings().approvalWorkflow()) {
            return;
        }
        try {
            UUID due = database.inOrganization(organization, handle -> MirrorStore.reviewsDue(handle, mirror.name()))
                    .orElse(null);
            if (due == null) {
                return;
            }
            SyncedReviews.Outcome done = reviews.handIn(
                    organization,
                    last -> database.inOrganization(
                            organization, handle -> MirrorStore.keptAfter(handle, mirror.name(), last, NAMES_MAX)),
                    "mirror:" + mirror.name(),
                    "From " + mirror.settings().url());
            if (done.refused() == 0) {
                database.<@Nullable Void>inOrganization(organization, handle -> {
                    MirrorStore.handedIn(handle, mirror.name(), due);
                    return null;
                });
            }
        } catch (GantryException failed) {
            LOG.warn("Mirror {}: not everything was handed in for review, which is tried again", mirror.name(), failed);
        }
    }
}
