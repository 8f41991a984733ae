package dev.gantry.identity;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names to which one action of one resource is granted. Immutable. */
final class NameRules {
    private final boolean all;
    private final Set<String> exact;
    private final @Nullable GlobTrie globs;

    NameRules(Set<String> granted) {
        all = granted.contains("*");
        Set<String> plain = new HashSet<>();
        List<String> starred = granted.stream()
                .filter(glob -> {
                    boolean isStarred = glob.indexOf('*') >= 0;
                    if (!isStarred) {
                        plain.add(glob);
                    }
                    return isStarred;
                })
                .toList();
        exact = all ? Set.of() : Set.copyOf(plain);
        globs = all || starred.isEmpty() ? null : new GlobTrie(starred);
    }

    /** Returns whether an object is among the granted ones, by its name or by its qualified name. */
    boolean allow(String namespace, String name) {
        return all || matches(name) || (!namespace.isEmpty() && matches(namespace + "/" + name));
    }

    /**
     * Returns whether every name that a glob matches is granted. Taking the glob's stars for letters that occur in no
     * other glob decides it exactly: one of ours matches that text only where it has a star itself, and then it matches
     * whatever the star stands for; and that text is itself among the names.
     */
    boolean cover(String glob) {
        return all || matches(glob);
    }

    private boolean matches(String text) {
        return exact.contains(text) || (globs != null && globs.matches(text));
    }
}
