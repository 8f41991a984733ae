package dev.gantry.gitsync;

import dev.gantry.gitsync.SourceStore.Known;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetSync;
import dev.gantry.registry.AssetSync.Authored;
import dev.gantry.registry.AssetSync.Checked;
import dev.gantry.registry.AssetSync.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** Compares a commit with what the registry has of its source. Used by one thread. */
final class CommitReader {
    /** Begins what Git LFS commits in place of a file. */
    private static final String LFS = "version https://git-lfs.github.com/spec/";

    private static final Pattern LINE = Pattern.compile("\\bline (\\d{1,7})\\b");

    private final GitSource source;
    private final AssetSync registry;
    private final GitLimits limits;
    private final Predicate<String> teams;
    private final Map<String, Known> known;
    private final Map<String, String> others;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Known> files = new LinkedHashMap<>();
    private final Map<String, Checked> texts = new LinkedHashMap<>();
    private final Map<String, String> taken = new HashMap<>();
    private final Set<String> skipped = new HashSet<>();
    private long bytes;

    /**
     * A reader for one commit.
     *
     * @param teams knows the names of the organization's teams
     * @param known by their paths: the files that the registry has
     * @param others by kind and name: assets that other sources keep, and which
     */
    CommitReader(
            GitSource source,
            AssetSync registry,
            GitLimits limits,
            Predicate<String> teams,
            Map<String, Known> known,
            Map<String, String> others) {
        this.source = source;
        this.registry = registry;
        this.limits = limits;
        this.teams = teams;
        this.known = known;
        this.others = others;
    }

    /**
     * Reads a commit.
     *
     * @throws GitRefused if it goes beyond a bound or is not signed as it must be
     */
    CommitChange read(Repository repository, ObjectId tip) throws GitRefused, IOException {
        try (RevWalk walk = new RevWalk(repository);
                ObjectReader reader = repository.newObjectReader()) {
            RevCommit commit = walk.parseCommit(tip);
            if (source.settings().signatures() == GitSourceSettings.Signatures.REQUIRED) {
                CommitSignature.require(
                        repository, commit, source.settings().allowedSigners().orElseThrow());
            }
            CommitTree tree = CommitTree.read(reader, root(reader, commit), limits);
            findings.addAll(tree.findings());
            for (CommitTree.File file : tree.files()) {
                file(reader, file);
            }
            known.keySet().stream().filter(tree::isUnread).forEach(skipped::add);
            Map<String, String> authors =
                    CommitAuthors.of(repository, tip, fullPaths(texts.keySet()), limits.historyMax());
            return change(tip.name(), authors);
        }
    }

    /** Returns the tree that is the root of the layout. */
    private ObjectId root(ObjectReader reader, RevCommit commit) throws GitRefused, IOException {
        String directory = source.settings().directory().orElse("");
        if (directory.isEmpty()) {
            return commit.getTree();
        }
        try (TreeWalk found = TreeWalk.forPath(reader, directory, commit.getTree())) {
            if (found == null || !found.isSubtree()) {
                throw new GitRefused("the commit has no directory " + directory);
            }
            return found.getObjectId(0);
        }
    }

    private void file(ObjectReader reader, CommitTree.File file) throws GitRefused, IOException {
        String path = file.path();
        boolean byNamespace = source.settings().layout() == GitSourceSettings.Layout.NAMESPACES;
        try {
            switch (registry.place(path, byNamespace)) {
                case Place.Ignored _ -> {}
                case Place.Unusable unusable -> broken(path, unusable.reason());
                case Place.Asset asset -> asset(reader, file, asset);
            }
        } catch (GantryException unusable) {
            broken(path, String.valueOf(unusable.getMessage()));
        }
    }

    private void asset(ObjectReader reader, CommitTree.File file, Place.Asset asset) throws GitRefused, IOException {
        String path = file.path();
        String namespace = namespace(asset.namespace());
        AssetName name = new AssetName(namespace, asset.path());
        String key = key(asset.kind(), name);
        String same = taken.putIfAbsent(key, path);
        if (same != null) {
            broken(path, "it would have the same name as " + same);
            return;
        }
        String other = others.get(key);
        if (other != null) {
            broken(path, name + " is kept by the source '" + other + "'");
            return;
        }
        Known before = known.get(path);
        Known now = new Known(file.blob().name(), asset.kind(), name);
        if (!now.equals(before)) {
            texts.put(path, registry.check(asset.kind(), name, content(reader, file)));
            if (asset.renamed()) {
                findings.add(
                        Finding.note(path, "it is named '" + asset.path() + "', since its own name cannot be used"));
            }
        }
        files.put(path, now);
    }

    private String namespace(@Nullable String written) {
        GitSourceSettings settings = source.settings();
        if (written == null) {
            requireNamespace(settings.namespace());
            return settings.namespace();
        }
        if (!settings.namespaces().isEmpty() && !settings.namespaces().contains(written)) {
            throw refused("the source may not write to the namespace '" + written + "' (setting namespaces)");
        }
        requireNamespace(written);
        return written;
    }

    private void requireNamespace(String namespace) {
        if (!namespace.equals(AssetName.SHARED) && !teams.test(namespace)) {
            throw refused("there is no team '" + namespace + "' whose namespace it could be in");
        }
    }

    private byte[] content(ObjectReader reader, CommitTree.File file) throws GitRefused, IOException {
        ObjectLoader loader = reader.open(file.blob(), Constants.OBJ_BLOB);
        long size = loader.getSize();
        if (size > limits.objectSizeMax().bytes()) {
            throw refused("it has " + size + " bytes, more than git.limits.object_size_max");
        }
        bytes += size;
        if (bytes > limits.textSizeMax().bytes()) {
            throw new GitRefused("the commit's texts are larger together than git.limits.text_size_max");
        }
        byte[] content = loader.getCachedBytes((int) Math.max(1, size));
        if (new String(content, 0, Math.min(content.length, LFS.length()), StandardCharsets.US_ASCII).equals(LFS)) {
            throw refused("it is a pointer of Git LFS, whose content is not fetched; commit the text itself");
        }
        return content;
    }

    private void broken(String path, String text) {
        Matcher line = LINE.matcher(text);
        findings.add(new Finding(path, line.find() ? Integer.valueOf(line.group(1)) : null, true, text));
        skipped.add(path);
    }

    private CommitChange change(String commit, Map<String, String> authors) {
        Map<String, Authored> authored = new LinkedHashMap<>();
        texts.forEach((path, text) -> {
            text.warnings().forEach(warning -> findings.add(Finding.note(path, warning)));
            String author = authors.getOrDefault(fullPath(path), "git:" + source.name());
            authored.put(path, new Authored(text, author));
        });
        Set<String> names = new HashSet<>();
        files.values().forEach(file -> names.add(key(file.kind(), file.name())));
        List<String> removed = new ArrayList<>();
        List<Known> gone = new ArrayList<>();
        known.forEach((path, file) -> {
            if (files.containsKey(path) || skipped.contains(path)) {
                Known now = files.get(path);
                if (now != null && !names.contains(key(file.kind(), file.name()))) {
                    gone.add(file);
                }
                return;
            }
            removed.add(path);
            if (!names.contains(key(file.kind(), file.name()))) {
                gone.add(file);
            }
        });
        return new CommitChange(commit, authored, files, removed, gone, findings);
    }

    private Set<String> fullPaths(Set<String> paths) {
        Set<String> full = new HashSet<>();
        paths.forEach(path -> full.add(fullPath(path)));
        return full;
    }

    private String fullPath(String path) {
        String directory = source.settings().directory().orElse("");
        return directory.isEmpty() ? path : directory + "/" + path;
    }

    static String key(AssetKind kind, AssetName name) {
        return kind.id() + " " + name;
    }

    private static GantryException refused(String problem) {
        return new GantryException(dev.gantry.kernel.ErrorCode.INVALID_REQUEST, problem);
    }
}
