package dev.gantry.identity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Many globs, matched against a text in one pass: a trie over their letters in which a star is an edge of its own, run as
 * a non-deterministic automaton. Where all globs have their only star at the end, a plain walk without allocation does;
 * globs with their only star at the beginning are such globs, read backwards. The cost is then that of the text's length,
 * whatever the number of globs. Immutable.
 */
final class GlobTrie {
    private final Node root;
    private final int stars;
    private final boolean plain;
    private final boolean backwards;

    /** One state. A node's parent is unique, and a star that was reached stays reached, which bounds the frontier. */
    private static final class Node {
        private final char[] letters;
        private final Node[] next;
        private final @Nullable Node star;
        private final int starIndex;
        private final boolean end;

        private Node(char[] letters, Node[] next, @Nullable Node star, int starIndex, boolean end) {
            this.letters = letters;
            this.next = next;
            this.star = star;
            this.starIndex = starIndex;
            this.end = end;
        }

        private @Nullable Node child(char letter) {
            int low = 0;
            int high = letters.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int difference = letters[middle] - letter;
                if (difference == 0) {
                    return next[middle];
                }
                if (difference < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return null;
        }
    }

    private static final class Draft {
        private final Map<Character, Draft> next = new TreeMap<>();
        private @Nullable Draft star;
        private boolean end;
    }

    private static final class Compiler {
        private int stars;
        private boolean plain = true;

        private Node compile(Draft draft, boolean isStar) {
            int index = isStar ? stars++ : -1;
            plain &= !isStar || (draft.end && draft.next.isEmpty());
            char[] letters = new char[draft.next.size()];
            Node[] next = new Node[letters.length];
            int position = 0;
            for (Map.Entry<Character, Draft> edge : draft.next.entrySet()) {
                letters[position] = edge.getKey();
                next[position++] = compile(edge.getValue(), false);
            }
            Node star = draft.star == null ? null : compile(draft.star, true);
            return new Node(letters, next, star, index, draft.end);
        }
    }

    /**
     * Compiles globs in which no two stars follow each other, each at most some hundred characters long.
     *
     * @param backwards whether globs and texts are to be read from their ends
     */
    GlobTrie(Collection<String> globs, boolean backwards) {
        this.backwards = backwards;
        Draft draft = new Draft();
        for (String glob : globs) {
            Draft at = draft;
            for (int index = 0; index < glob.length(); index++) {
                char letter = letter(glob, index);
                if (letter == '*') {
                    if (at.star == null) {
                        at.star = new Draft();
                    }
                    at = at.star;
                } else {
                    at = at.next.computeIfAbsent(letter, added -> new Draft());
                }
            }
            at.end = true;
        }
        Compiler compiler = new Compiler();
        root = compiler.compile(draft, false);
        stars = compiler.stars;
        plain = compiler.plain;
    }

    /** Returns whether any of the globs matches the whole text; a star in the text is a letter like any other. */
    boolean matches(String text) {
        return plain ? walk(text) : new Run().matches(text);
    }

    private char letter(String text, int index) {
        return text.charAt(backwards ? text.length() - 1 - index : index);
    }

    /** The walk for globs whose only star is their last letter: it ends at the first star. */
    private boolean walk(String text) {
        Node at = root;
        for (int index = 0; index < text.length(); index++) {
            if (at.star != null) {
                return true;
            }
            Node child = at.child(letter(text, index));
            if (child == null) {
                return false;
            }
            at = child;
        }
        return at.end || at.star != null;
    }

    private final class Run {
        private final boolean[] reached = new boolean[stars];
        private final List<Node> starsReached = new ArrayList<>();
        private List<Node> frontier = new ArrayList<>();
        private List<Node> following = new ArrayList<>();

        private boolean matches(String text) {
            if (enter(root)) {
                return true;
            }
            for (int index = 0; index < text.length(); index++) {
                swap();
                char letter = letter(text, index);
                if (step(starsReached, letter) || step(following, letter)) {
                    return true;
                }
                if (frontier.isEmpty() && starsReached.isEmpty()) {
                    return false;
                }
            }
            for (Node node : frontier) {
                if (node.end) {
                    return true;
                }
            }
            return false;
        }

        private void swap() {
            List<Node> emptied = following;
            following = frontier;
            frontier = emptied;
            frontier.clear();
        }

        private boolean step(List<Node> nodes, char letter) {
            int before = nodes.size();
            for (int index = 0; index < before; index++) {
                Node child = nodes.get(index).child(letter);
                if (child != null && enter(child)) {
                    return true;
                }
            }
            return false;
        }

        /** Adds a node to the frontier, with the star that follows it; true when that star ends a glob. */
        private boolean enter(Node node) {
            frontier.add(node);
            Node star = node.star;
            if (star == null || reached[star.starIndex]) {
                return false;
            }
            reached[star.starIndex] = true;
            starsReached.add(star);
            return star.end;
        }
    }
}
