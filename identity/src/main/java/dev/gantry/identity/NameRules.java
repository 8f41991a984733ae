package dev.gantry.identity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names to which one action of one resource is granted. Immutable. */
final class NameRules {
    private final boolean all;
    private final Set<String> exact;
    /** Globs by where their stars are: one at the end, one at the beginning, anything else. */
    private final List<GlobTrie> globs;

    NameRules(Set<String> granted) {
        all = granted.contains("*");
        Set<String> plain = new HashSet<>();
        List<String> prefixes = new ArrayList<>();
        List<String> suffixes = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String glob : granted) {
            int first = glob.indexOf('*');
            if (first < 0) {
                plain.add(glob);
            } else if (first == glob.length() - 1) {
                prefixes.add(glob);
            } else if (first == 0 && glob.indexOf('*', 1) < 0) {
                suffixes.add(glob);
            } else {
                others.add(glob);
            }
        }
        exact = all ? Set.of() : Set.copyOf(plain);
        List<GlobTrie> tries = new ArrayList<>();
        if (!prefixes.isEmpty()) {
            tries.add(new GlobTrie(prefixes, false));
        }
        if (!suffixes.isEmpty()) {
            tries.add(new GlobTrie(suffixes, true));
        }
        if (!others.isEmpty()) {
            tries.add(new GlobTrie(others, false));
        }
        globs = all ? List.of() : List.copyOf(tries);
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
        if (exact.contains(text)) {
            return true;
        }
        for (GlobTrie trie : globs) {
            if (trie.matches(text)) {
                return true;
            }
        }
        return false;
    }
}
