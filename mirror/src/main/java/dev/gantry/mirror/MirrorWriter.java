package dev.gantry.mirror;

import dev.gantry.jobs.RunningTask;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.mirror.MirrorLook.Listed;
import dev.gantry.mirror.MirrorStatus.Finding;
import dev.gantry.mirror.MirrorStore.Known;
import dev.gantry.registry.AssetMirror;
import dev.gantry.registry.AssetMirror.Copy;
import dev.gantry.registry.AssetMirror.Named;
import dev.gantry.registry.AssetMirror.Stood;
import dev.gantry.registry.AssetOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** Writes what a look finds, each part in one transaction together with what is known of it. Used by one thread. */
final class MirrorWriter {
    private final AssetMirror registry;
    private final Mirror mirror;
    private final RunningTask task;
    private final Consumer<Finding> findings;
    private boolean waiting;

    MirrorWriter(AssetMirror registry, Mirror mirror, RunningTask task, Consumer<Finding> findings) {
        this.registry = registry;
        this.mirror = mirror;
        this.task = task;
        this.findings = findings;
    }

    /** Returns whether something waits for approvals. */
    boolean isWaiting() {
        return waiting;
    }

    /** What one transaction did. */
    private static final class Part {
        private final List<Finding> said = new ArrayList<>();
        private final Map<Named, Known> known = new HashMap<>();
        private int changed;
        private boolean waiting;
    }

    /**
     * Writes versions, which are in the order of their numbers. One that cannot be used is left out, the others of its asset are
     * not. What is said of an asset follows with its newest version.
     *
     * @param known what is here of assets; afterwards what is here then
     */
    void takeOver(Map<Listed, List<Upstream.Version>> found, Map<Named, Known> known) {
        List<Copy> copies = new ArrayList<>();
        Map<Named, Listed> whole = new LinkedHashMap<>();
        found.forEach((asset, versions) -> {
            for (Upstream.Version version : versions) {
                try {
                    copies.add(check(asset, version));
                } catch (GantryException unusable) {
                    leaveOut(asset, version, unusable);
                }
            }
            if (versions.getLast().number() >= asset.item().version()) {
                whole.put(asset.asset(), asset);
            }
        });
        store(copies, whole, known);
    }

    /** Says of assets what is said of them there. */
    void stand(Map<Named, Listed> assets, Map<Named, Known> known) {
        store(List.of(), assets, known);
    }

    /** Lets the mirror keep assets again that it kept once, and that nobody changed since; returns what is here of them. */
    Map<Named, Known> takeBack(Set<Named> released) {
        Map<Named, Known> back = new HashMap<>();
        task.transaction(transaction -> {
            registry.takeBack(transaction.handle(), mirror.name(), released)
                    .forEach((name, kept) -> back.put(name, new Known(kept.version(), kept.hash(), "", false)));
            MirrorStore.put(transaction.handle(), mirror, back);
            return null;
        });
        return back;
    }

    private void leaveOut(Listed asset, Upstream.Version version, GantryException unusable) {
        if (unusable.code() == ErrorCode.DATABASE_UNAVAILABLE) {
            throw unusable;
        }
        boolean newest = version.number() >= asset.item().version();
        findings.accept(new Finding(
                asset.item().name(),
                newest,
                "version " + version.number() + " is not taken over: " + unusable.getMessage()));
    }

    private Copy check(Listed asset, Upstream.Version version) {
        boolean newest = version.number() == asset.item().version();
        Copy copy = registry.check(
                asset.asset(),
                version.content(),
                new AssetOrigin(
                        mirror.name(),
                        asset.item().name(),
                        version.number(),
                        Text.storable(version.author(), 200),
                        version.at()));
        if (!copy.hash().equals(version.hash())
                || (newest && !copy.hash().equals(asset.item().hash()))) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "its text does not fit its hash");
        }
        return copy;
    }

    /** Writes versions and what is said of assets, all or none. */
    private void store(List<Copy> copies, Map<Named, Listed> whole, Map<Named, Known> known) {
        if (copies.isEmpty() && whole.isEmpty()) {
            return;
        }
        Part part = task.transaction(transaction -> {
            Part done = new Part();
            Set<Named> refused = write(transaction.handle(), copies, done);
            whole.forEach((name, asset) -> {
                Known here = done.known.getOrDefault(name, known.get(name));
                if (here != null && !refused.contains(name)) {
                    boolean placed = stand(transaction.handle(), asset, done);
                    done.known.put(
                            name, new Known(here.version(), here.hash(), placed ? asset.factsHash() : "", false));
                }
            });
            MirrorStore.put(transaction.handle(), mirror, done.known);
            MirrorStore.changed(transaction.handle(), mirror.name(), done.changed);
            return done;
        });
        known.putAll(part.known);
        waiting |= part.waiting;
        part.said.forEach(findings);
    }

    /** Writes versions; returns the assets of which some may not be written. */
    private Set<Named> write(Handle handle, List<Copy> copies, Part done) {
        Set<Named> refused = new HashSet<>();
        Map<Named, Finding> renumbered = new LinkedHashMap<>();
        registry.write(handle, mirror.organization(), copies).forEach((copy, result) -> {
            switch (result) {
                case AssetMirror.Result.Written there -> {
                    done.known.put(copy.asset(), new Known(copy.origin().version(), copy.hash(), "", false));
                    done.changed++;
                    if (there.version() != copy.origin().version()) {
                        renumbered.put(
                                copy.asset(),
                                new Finding(
                                        copy.origin().name(),
                                        false,
                                        "version " + copy.origin().version() + " there is version " + there.version()
                                                + " here"));
                    } else {
                        renumbered.remove(copy.asset());
                    }
                }
                case AssetMirror.Result.Refused no -> {
                    if (refused.add(copy.asset())) {
                        done.said.add(new Finding(copy.origin().name(), true, no.reason()));
                    }
                }
            }
        });
        done.said.addAll(renumbered.values());
        return refused;
    }

    /** Says of an asset what is said of it there; returns whether all of it could be said. */
    private boolean stand(Handle handle, Listed asset, Part done) {
        Stood stood = registry.stand(handle, mirror.organization(), mirror.name(), asset.asset(), asset.facts());
        if (stood.changed()) {
            done.changed++;
        }
        if (!stood.missing().isEmpty()) {
            done.said.add(new Finding(
                    asset.item().name(),
                    false,
                    "the versions that these labels stand for are older than history_max, or were left out: "
                            + String.join(", ", stood.missing())));
        }
        done.waiting |= stood.isWaiting();
        if (stood.withheld()) {
            done.said.add(new Finding(
                    asset.item().name(),
                    false,
                    "everybody sees it there; here its team does until its newest version is approved here"));
        }
        if (!stood.waiting().isEmpty()) {
            done.said.add(new Finding(
                    asset.item().name(),
                    false,
                    "these labels stay where they are until the versions that they stand for there are approved here: "
                            + String.join(", ", stood.waiting())));
        }
        return !stood.isWaiting();
    }
}
