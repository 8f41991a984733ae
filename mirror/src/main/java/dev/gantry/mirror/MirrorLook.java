package dev.gantry.mirror;

import dev.gantry.database.Database;
import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStore.Known;
import dev.gantry.outbound.Deadline;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetMirror;
import dev.gantry.registry.AssetMirror.Facts;
import dev.gantry.registry.AssetMirror.Named;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.Visibility;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One look at another registry: walks along its list, takes over what differs part by part, each in one transaction that takes
 * effect only while this node has the task, and marks at the end what was not in the list. Whoever dies in between has lost
 * nothing but the time. Used by one thread.
 */
final class MirrorLook {
    /** Assets of which versions are asked for at a time. */
    private static final int WANTED_MAX = 80;

    /** Findings that are counted; the rest is as these. */
    private static final int FINDINGS_MAX = 10_000;

    private final Database database;
    private final AssetMirror registry;
    private final Mirror mirror;
    private final Upstream upstream;
    private final RunningTask task;
    private final int assetsMax;
    private final Deadline deadline;
    private final Predicate<String> teams;
    private final Map<String, Boolean> askedTeams = new HashMap<>();
    private final MirrorWriter writer;
    private final Set<Named> seen = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> missingTeams = new TreeSet<>();
    private int listed;
    private long approvals;

    /**
     * A look.
     *
     * @param teams knows whether there is a team of a name here
     */
    MirrorLook(
            Database database,
            AssetMirror registry,
            Mirror mirror,
            Upstream upstream,
            RunningTask task,
            int assetsMax,
            Deadline deadline,
            Predicate<String> teams) {
        this.database = database;
        this.registry = registry;
        this.mirror = mirror;
        this.upstream = upstream;
        this.task = task;
        this.assetsMax = assetsMax;
        this.deadline = deadline;
        this.teams = teams;
        this.writer = new MirrorWriter(registry, mirror, task, this::add);
    }

    /** An asset of the list, with its name here. */
    record Listed(Upstream.Item item, Named asset, Facts facts, String factsHash) {}

    /** Returns what is to be said about assets. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Returns the teams that there are not and that assets wait for. */
    List<String> missingTeams() {
        return List.copyOf(missingTeams);
    }

    /** Returns how many approvals of what the mirror keeps there were at the beginning. */
    long approvals() {
        return approvals;
    }

    /** Returns whether something comes without a change of the other side: what versions have to be approved here for. */
    boolean isWaiting() {
        return writer.isWaiting();
    }

    boolean isComplete() {
        return findings.stream().noneMatch(Finding::error);
    }

    /**
     * Looks.
     *
     * @param etag of what is here; empty to walk along the list whatever it is
     * @return the entity tag of what is here now; null if nothing has changed
     */
    @Nullable
    String look(String etag) throws UpstreamFailed {
        Upstream.Page page = upstream.page(etag, null);
        if (page == null) {
            return null;
        }
        String fresh = page.etag();
        approvals = inOrganization(handle -> registry.approvals(handle, mirror.name()));
        Set<String> cursors = new HashSet<>();
        while (true) {
            take(page.items());
            String next = page.next();
            if (next == null) {
                break;
            }
            if (!cursors.add(next) || cursors.size() > assetsMax / 10 + 100) {
                throw UpstreamFailed.unusable("its list of assets has no end");
            }
            requireTime();
            page = Objects.requireNonNull(upstream.page("", next), "without a tag there is a page");
        }
        markGone();
        return fresh;
    }

    private void requireTime() throws UpstreamFailed {
        if (deadline.remainingNanos() == 0) {
            throw UpstreamFailed.unreachable(
                    "one look takes longer than mirrors.look_timeout; the rest comes with the next");
        }
        if (task.isStopping()) {
            throw UpstreamFailed.unreachable("this node stops; the rest comes with the next look");
        }
    }

    private void take(List<Upstream.Item> items) throws UpstreamFailed {
        listed += items.size();
        if (listed > assetsMax) {
            throw UpstreamFailed.unusable("it has more than " + assetsMax
                    + " assets (setting mirrors.assets_max); nothing more is taken over");
        }
        Map<Named, Listed> page = new LinkedHashMap<>();
        for (Upstream.Item item : items) {
            try {
                Listed here = locate(item);
                page.put(here.asset(), here);
            } catch (GantryException unusable) {
                find(item, unusable);
            }
        }
        if (page.isEmpty()) {
            return;
        }
        Map<Named, Known> known = inOrganization(handle -> MirrorStore.known(handle, mirror.name(), page.keySet()));
        leaveToOthers(page, known);
        List<Listed> texts = new ArrayList<>();
        Map<Named, Listed> standing = new LinkedHashMap<>();
        page.forEach((name, there) -> {
            Known here = known.get(name);
            if (here == null
                    || here.version() != there.item().version()
                    || !here.hash().equals(there.item().hash())) {
                texts.add(there);
            } else if (here.gone() || !here.facts().equals(there.factsHash())) {
                standing.put(name, there);
            }
        });
        writer.stand(standing, known);
        for (int from = 0; from < texts.size(); from += WANTED_MAX) {
            requireTime();
            fetch(texts.subList(from, Math.min(texts.size(), from + WANTED_MAX)), known);
        }
    }

    /** Takes those assets off the list that somebody else keeps here, but for those that were the mirror's and still could be. */
    private void leaveToOthers(Map<Named, Listed> page, Map<Named, Known> known) {
        Map<Named, String> taken = inOrganization(handle -> registry.taken(handle, mirror.name(), page.keySet()));
        if (taken.containsValue("")) {
            writer.takeBack(taken.keySet()).forEach((name, here) -> {
                known.put(name, here);
                taken.remove(name);
            });
        }
        taken.forEach((name, keeper) -> find(
                Objects.requireNonNull(page.remove(name), "only names of the page are asked for")
                        .item(),
                takenBy(name, keeper)));
    }

    private static GantryException takenBy(Named name, String keeper) {
        String what = name.kind().id() + " '" + name.name() + "' here that ";
        return invalid(
                keeper.isEmpty()
                        ? "there is a " + what
                                + "the mirror does not keep; delete or rename it, or give the mirror a namespace"
                        : "there is a " + what + "the mirror '" + keeper
                                + "' keeps; give one of them a namespace, or, if '" + keeper
                                + "' is configured no longer, run gantry mirrors release " + keeper);
    }

    /** Says what an asset is called here, or why it cannot be. */
    private Listed locate(Upstream.Item item) {
        AssetKind kind = kind(item.kind());
        int slash = item.name().indexOf('/');
        String namespace = slash < 0 ? "" : item.name().substring(0, slash);
        AssetName there = new AssetName(namespace, item.name().substring(slash + 1));
        List<String> wanted = mirror.settings().namespaces();
        if (namespace.startsWith("~")
                || namespace.equals(AssetName.BUILTIN)
                || (!wanted.isEmpty() && !wanted.contains(namespace))) {
            throw invalid("its namespace is not one that is mirrored, and was not asked for");
        }
        AssetName here = mirror.settings()
                .namespace()
                .map(own -> new AssetName(own, there.toString()))
                .orElse(there);
        Named asset = new Named(kind, here);
        // Not in the list, as far as this registry may show it: what everybody saw once and a team only sees now is
        // gone.
        Visibility visibility = visibility(item, namespace, here);
        // Before the rest is looked at: what the list has is not gone, even if it cannot be taken over.
        if (!seen.add(asset)) {
            throw invalid("it is in the list twice");
        }
        if (!isShared(here.namespace()) && !askedTeams.computeIfAbsent(here.namespace(), teams::test)) {
            missingTeams.add(here.namespace());
            throw invalid("there is no team '" + here.namespace() + "' here; make it, leave it out of the mirror's"
                    + " namespaces, or give the mirror a namespace");
        }
        Facts facts = new Facts(item.labels(), item.tags(), item.deprecation(), visibility);
        String hash = Mirror.hash(new TreeMap<>(facts.labels()) + "\n" + facts.addedTags() + "\n" + facts.deprecation()
                + "\n" + facts.visibility());
        return new Listed(item, asset, facts, hash);
    }

    /** Says who is to see an asset here, or that this cannot be. */
    private Visibility visibility(Upstream.Item item, String namespace, AssetName here) {
        boolean everybody = switch (mirror.settings().visibility()) {
            case SAME -> item.everybody() || isShared(namespace);
            case TEAM -> isShared(here.namespace());
            case ORGANIZATION -> true;
        };
        if (!everybody && isShared(here.namespace())) {
            throw invalid("only the team '" + namespace + "' sees it there, and what is in '" + AssetName.SHARED
                    + "' is seen by everybody here; give the mirror a team's namespace, or visibility: organization");
        }
        return everybody ? Visibility.ORGANIZATION : Visibility.TEAM;
    }

    private static boolean isShared(String namespace) {
        return namespace.equals(AssetName.SHARED);
    }

    private static AssetKind kind(String id) {
        for (AssetKind kind : AssetKind.values()) {
            if (kind.id().equals(id)) {
                return kind;
            }
        }
        throw invalid("this release of Gantry knows no assets of the kind '" + Text.storable(id, 40) + "'");
    }

    /** Takes over the versions that are missing of some assets. */
    private void fetch(List<Listed> assets, Map<Named, Known> known) throws UpstreamFailed {
        Map<UUID, Listed> byId = new LinkedHashMap<>();
        Map<UUID, Integer> wanted = new LinkedHashMap<>();
        for (Listed asset : assets) {
            byId.put(asset.item().id(), asset);
            wanted.put(asset.item().id(), lastHere(asset, known.get(asset.asset())));
        }
        while (!wanted.isEmpty()) {
            requireTime();
            Upstream.Versions answer = upstream.versions(wanted);
            Map<Listed, List<Upstream.Version>> found = new LinkedHashMap<>();
            for (Upstream.Version version : answer.versions()) {
                Listed asset = byId.get(version.asset());
                Integer last = wanted.get(version.asset());
                if (asset == null || last == null || version.number() <= last) {
                    throw UpstreamFailed.unusable("it answers with versions that were not asked for");
                }
                found.computeIfAbsent(asset, _ -> new ArrayList<>()).add(version);
            }
            found.forEach((asset, versions) -> {
                versions.sort(Comparator.comparingInt(Upstream.Version::number));
                wanted.put(asset.item().id(), versions.getLast().number());
            });
            writer.takeOver(found, known);
            if (answer.complete()) {
                byId.forEach((id, asset) -> {
                    if (!found.containsKey(asset) && wanted.containsKey(id)) {
                        find(
                                asset.item(),
                                invalid("it gives no text of version "
                                        + asset.item().version()));
                    }
                });
                return;
            }
            if (answer.versions().isEmpty()) {
                throw UpstreamFailed.unusable("it says that there are more versions, and gives none");
            }
            wanted.entrySet()
                    .removeIf(entry -> entry.getValue()
                            >= Objects.requireNonNull(byId.get(entry.getKey()))
                                    .item()
                                    .version());
        }
    }

    /** Returns the number after which versions are missing. */
    private int lastHere(Listed asset, @Nullable Known here) {
        int newest = asset.item().version();
        if (here == null) {
            return Math.max(0, newest - mirror.settings().historyMax());
        }
        if (here.version() >= newest) {
            note(
                    asset.item(),
                    "it went back from version " + here.version() + " to " + newest
                            + " there; its text is a further version here, and numbers differ from now on");
            return newest - 1;
        }
        return Math.max(here.version(), newest - mirror.settings().historyMax());
    }

    /** What was not in the list is gone there, or not shown any more. */
    private void markGone() {
        List<Named> missing = inOrganization(handle -> MirrorStore.kept(handle, mirror.name())).stream()
                .filter(asset -> !seen.contains(asset))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        task.transaction(transaction -> {
            registry.gone(
                    transaction.handle(),
                    mirror.name(),
                    missing,
                    "the registry that the mirror '" + mirror.name() + "' follows has it no longer");
            MirrorStore.gone(transaction.handle(), mirror.name(), missing);
            MirrorStore.changed(transaction.handle(), mirror.name(), missing.size());
            return null;
        });
    }

    private static GantryException invalid(String problem) {
        return new GantryException(ErrorCode.INVALID_REQUEST, problem);
    }

    private void find(Upstream.Item item, GantryException unusable) {
        if (unusable.code() == ErrorCode.DATABASE_UNAVAILABLE) {
            throw unusable;
        }
        add(new Finding(Text.storable(item.name(), 500), true, String.valueOf(unusable.getMessage())));
    }

    private void note(Upstream.Item item, String text) {
        add(new Finding(Text.storable(item.name(), 500), false, text));
    }

    private void add(Finding finding) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    private <T> T inOrganization(dev.gantry.database.Work<T> work) {
        return database.inOrganization(mirror.organization(), work);
    }
}
