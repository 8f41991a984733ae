package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Finds the asset that a name means to a caller, inside of the transactions of others. */
final class AssetResolver {
    /** Names before and behind an unknown one that it may have been meant to be. */
    private static final int SUGGESTIONS_FROM_MAX = 1_000;

    private final AssetStore store;
    private final Builtins builtins;
    private final boolean approvedByDefault;
    private final BiPredicate<UUID, String> alwaysApproved;

    /**
     * A resolver.
     *
     * @param approvedByDefault whether only approved versions run in shared and in teams' namespaces of organizations that
     *     have not said it themselves
     * @param alwaysApproved whether only approved versions run in a namespace of an organization whatever it says
     */
    AssetResolver(
            AssetStore store, Builtins builtins, boolean approvedByDefault, BiPredicate<UUID, String> alwaysApproved) {
        this.store = store;
        this.builtins = builtins;
        this.approvedByDefault = approvedByDefault;
        this.alwaysApproved = alwaysApproved;
    }

    /** A stored asset, by its key. */
    record Located(UUID id, AssetVersion version) {}

    /**
     * Returns the version that a name means to somebody who wants it to run, without asking for a permission. Where only
     * approved versions may, a name without a version means the newest of these.
     *
     * @throws GantryException {@link ErrorCode#NOT_APPROVED} if it is not one of these
     */
    AssetVersion toRun(Handle handle, Caller caller, AssetKind kind, String written) {
        AssetVersion version = resolve(handle, caller, kind, written);
        if (version.standing().approved() || !requiresApproval(handle, caller.organization(), kind, version.name())) {
            return version;
        }
        AssetReference reference = AssetReference.parse(written);
        boolean any = reference.version() == null && reference.label() == null;
        if (any && version.standing().approvedVersion() != null) {
            return resolve(handle, caller, kind, version.name() + "@" + AssetReference.APPROVED);
        }
        throw new GantryException(
                ErrorCode.NOT_APPROVED,
                any
                        ? "No version of '" + version.name() + "' is approved, and only approved ones run in '"
                                + version.name().namespace() + "'; submit it for review"
                        : "Version " + version.version() + " of '" + version.name()
                                + "' is not approved, and only approved ones run in '"
                                + version.name().namespace() + "'"
                                + (version.standing().approvedVersion() == null
                                        ? "; submit it for review"
                                        : "; the newest approved one is "
                                                + version.standing().approvedVersion()));
    }

    /** Returns whether only approved versions of an asset run, which exists. */
    boolean requiresApproval(Handle handle, UUID organization, AssetKind kind, AssetName name) {
        if (alwaysApproved.test(organization, name.namespace())) {
            return true;
        }
        Boolean said = find(handle, kind, name).requireApproved();
        return said != null ? said : approvedByDefault && !name.namespace().startsWith("~");
    }

    /** Returns the asset that a name means, without asking for a permission. */
    AssetVersion resolve(Handle handle, Caller caller, AssetKind kind, String written) {
        AssetReference reference = AssetReference.parse(written);
        List<AssetName> candidates = Namespaces.candidates(caller, reference.name());
        Optional<AssetStore.Found> found = store.findFirst(handle, Viewer.of(caller), kind, candidates, reference);
        int place = found.map(asset -> candidates.indexOf(asset.name())).orElse(candidates.size());
        for (AssetName candidate : candidates.subList(0, place)) {
            if (candidate.namespace().equals(AssetName.BUILTIN)) {
                Optional<AssetVersion> builtin = builtins.find(kind, candidate.path());
                if (builtin.isPresent()) {
                    return requireVersion(builtin.get(), reference);
                }
            }
        }
        if (found.isPresent()) {
            return versionOf(kind, found.get(), reference);
        }
        throw unknown(handle, caller, kind, reference.name(), candidates);
    }

    /**
     * Returns the stored asset that a name means, without asking for a permission.
     *
     * @throws GantryException also if the name means what comes with the product
     */
    Located locate(Handle handle, Caller caller, AssetKind kind, String written) {
        AssetVersion version = resolve(handle, caller, kind, written);
        if (version.name().namespace().equals(AssetName.BUILTIN)) {
            throw Namespaces.builtin(version.name());
        }
        return new Located(find(handle, kind, version.name()).id(), version);
    }

    /** Returns the stored asset of just this name, which exists. */
    Located exactly(Handle handle, AssetKind kind, AssetName name) {
        AssetStore.Found found = find(handle, kind, name);
        return new Located(found.id(), Optional.ofNullable(found.version()).orElseThrow());
    }

    /** Returns a version of what comes with the product, or one that there ever was; empty if there was none. */
    Optional<AssetVersion> pinned(Handle handle, AssetKind kind, AssetName name, int version) {
        return name.namespace().equals(AssetName.BUILTIN)
                ? builtins.find(kind, name.path()).filter(builtin -> builtin.version() == version)
                : store.pinned(handle, kind, name, version).map(AssetStore.Found::version);
    }

    /** Returns the current version of an asset that exists. */
    AssetVersion current(Handle handle, AssetKind kind, AssetName name) {
        return Optional.ofNullable(find(handle, kind, name).version()).orElseThrow();
    }

    private AssetStore.Found find(Handle handle, AssetKind kind, AssetName name) {
        Viewer all = new Viewer("", List.of(), List.of(), true);
        return store.findFirst(handle, all, kind, List.of(name), new AssetReference(name.toString(), null, null))
                .orElseThrow();
    }

    private static AssetVersion versionOf(AssetKind kind, AssetStore.Found found, AssetReference reference) {
        AssetVersion version = found.version();
        if (version == null) {
            String problem = AssetReference.APPROVED.equals(reference.label())
                    ? "' has no approved version"
                    : "' has no " + reference.wanted();
            throw new GantryException(
                    kind.unknown(), "'" + found.name() + problem + "; the newest is " + found.currentVersion());
        }
        return version;
    }

    private static AssetVersion requireVersion(AssetVersion builtin, AssetReference reference) {
        Integer wanted = reference.version();
        boolean fits = reference.label() == null
                ? wanted == null || wanted == builtin.version()
                : reference.label().equals(AssetReference.APPROVED);
        if (!fits) {
            throw new GantryException(
                    builtin.kind().unknown(),
                    "Of '" + builtin.name() + "' this release of Gantry has version " + builtin.version() + " only");
        }
        return builtin;
    }

    /** Returns the refusal of a name that means nothing to the caller, with the nearest that does. */
    GantryException unknown(Handle handle, Caller caller, AssetKind kind, String written) {
        return unknown(handle, caller, kind, written, Namespaces.candidates(caller, written));
    }

    private GantryException unknown(
            Handle handle, Caller caller, AssetKind kind, String written, List<AssetName> candidates) {
        Viewer viewer = Viewer.of(caller);
        List<AssetName> names = candidates.stream()
                .map(AssetName::path)
                .distinct()
                .flatMap(path -> store.namesAround(handle, viewer, kind, path, SUGGESTIONS_FROM_MAX).stream())
                .filter(name -> Namespaces.mayRead(caller, kind, name))
                .toList();
        List<String> known = Stream.concat(
                        Stream.concat(
                                names.stream().map(AssetName::path),
                                names.stream().map(AssetName::toString)),
                        builtins.list(kind).stream().map(asset -> asset.name().path()))
                .toList();
        return new GantryException(
                kind.unknown(),
                "There is no " + kind.id() + " '" + Text.shorten(written, 120) + "'" + Text.didYouMean(written, known)
                        + "; looked in " + String.join(", ", Namespaces.visible(caller)));
    }
}
