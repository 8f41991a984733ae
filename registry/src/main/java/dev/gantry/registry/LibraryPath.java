package dev.gantry.registry;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the path of a file in a library of patterns says: what the file is and what it is called. The layout is that of
 * Fabric: {@code patterns/<name>/system.md}, {@code contexts/<name>}, {@code strategies/<name>.json} and
 * {@code sessions/<name>.json}, below any directory; workflows are {@code workflows/<name>.yaml} (or yml, json), or in {@code stitches}.
 */
sealed interface LibraryPath {
    /** A text for the registry. */
    record Asset(AssetKind kind, String path, boolean renamed) implements LibraryPath {}

    /** A conversation. */
    record Session(String name) implements LibraryPath {}

    /** No part of a library. */
    record Ignored(String reason) implements LibraryPath {}

    /** A part of a library whose name cannot be used, nor made usable. */
    record Unusable(String reason) implements LibraryPath {}

    /** Reads a path. */
    static LibraryPath of(String written) {
        List<String> parts = Arrays.stream(written.replace('\\', '/').split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
        if (parts.isEmpty() || parts.contains("..")) {
            return new Unusable("the path leads out of the library");
        }
        String file = parts.getLast();
        if (parts.stream().anyMatch(part -> part.startsWith("."))) {
            return new Ignored("hidden file");
        }
        for (int index = 0; index < parts.size() - 1; index++) {
            List<String> rest = parts.subList(index + 1, parts.size());
            switch (parts.get(index)) {
                case "patterns" -> {
                    return pattern(rest);
                }
                case "contexts" -> {
                    return asset(AssetKind.CONTEXT, String.join("/", rest));
                }
                case "strategies" -> {
                    return file.endsWith(".json")
                            ? asset(AssetKind.STRATEGY, withoutEnding(String.join("/", rest)))
                            : new Ignored("strategies are .json files");
                }
                case "sessions" -> {
                    return file.endsWith(".json") && rest.size() == 1
                            ? new Session(withoutEnding(file))
                            : new Ignored("sessions are .json files");
                }
                case "workflows", "stitches" -> {
                    return workflow(rest);
                }
                default -> {}
            }
        }
        return parts.size() > 1 && file.equalsIgnoreCase("system.md")
                ? pattern(parts)
                : new Ignored("not below patterns, contexts, strategies, workflows or sessions");
    }

    private static LibraryPath pattern(List<String> rest) {
        String file = rest.getLast().toLowerCase(Locale.ROOT);
        if (!file.equals("system.md")) {
            return new Ignored(IGNORED_FILES.getOrDefault(file, "a pattern is in its system.md"));
        }
        if (rest.size() == 1) {
            return new Unusable("a pattern has a directory of its own");
        }
        return asset(AssetKind.PATTERN, String.join("/", rest.subList(0, rest.size() - 1)));
    }

    private static LibraryPath workflow(List<String> rest) {
        return isWorkflow(rest.getLast())
                ? asset(AssetKind.WORKFLOW, withoutEnding(String.join("/", rest)))
                : new Ignored("workflows are .yaml, .yml or .json files");
    }

    private static boolean isWorkflow(String file) {
        return file.endsWith(".yaml") || file.endsWith(".yml") || file.endsWith(".json");
    }

    /**
     * Reads a path of a library that keeps each namespace in a directory of its own: {@code <namespace>/patterns/…},
     * {@code patterns/<namespace>/…} and the like, {@code <namespace>/<name>/system.md}, and {@code <namespace>/<name>.yaml}
     * for workflows.
     */
    static InNamespace inNamespace(String written) {
        List<String> parts = Arrays.stream(written.replace('\\', '/').split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
        int at = !parts.isEmpty() && KINDS.contains(parts.getFirst()) ? 1 : 0;
        if (parts.size() <= at + 1) {
            return new InNamespace("", new Ignored("not below the directory of a namespace"));
        }
        List<String> rest = new ArrayList<>(parts);
        String namespace = rest.remove(at);
        LibraryPath found = of(String.join("/", rest));
        boolean bare = found instanceof Ignored
                && !rest.contains("..")
                && KINDS.stream().noneMatch(rest::contains);
        return new InNamespace(
                namespace,
                bare && isWorkflow(rest.getLast()) && rest.stream().noneMatch(part -> part.startsWith("."))
                        ? workflow(rest)
                        : bare && rest.getLast().equalsIgnoreCase("system.md") ? pattern(rest) : found);
    }

    /**
     * What a path says that holds a namespace.
     *
     * @param namespace as it is written; empty where there is none
     */
    record InNamespace(String namespace, LibraryPath path) {}

    private static LibraryPath asset(AssetKind kind, String path) {
        if (AssetName.pathProblem(path) == null) {
            return new Asset(kind, path, false);
        }
        String usable = usable(path);
        String problem = AssetName.pathProblem(usable);
        return problem == null ? new Asset(kind, usable, true) : new Unusable("it cannot be named so: " + problem);
    }

    /** Returns the nearest name without what names cannot have: accents, upper case, spaces, punctuation. */
    private static String usable(String path) {
        String plain =
                MARKS.matcher(Normalizer.normalize(path, Normalizer.Form.NFKD)).replaceAll("");
        String allowed = OTHERS.matcher(plain.toLowerCase(Locale.ROOT)).replaceAll("-");
        return EDGES.matcher(DOTS.matcher(allowed).replaceAll(".")).replaceAll("");
    }

    private static String withoutEnding(String file) {
        return file.substring(0, file.lastIndexOf('.'));
    }

    /** Why some files of a pattern's directory are left out. */
    Map<String, String> IGNORED_FILES = Map.of(
            "user.md", "user.md has no effect, as in Fabric",
            "readme.md", "documentation");

    /** Directories that say what lies below them. */
    Set<String> KINDS = Set.of("patterns", "contexts", "strategies", "workflows", "stitches", "sessions");

    /** Accents and the like. */
    Pattern MARKS = Pattern.compile("\\p{M}+");

    /** What no name has. */
    Pattern OTHERS = Pattern.compile("[^a-z0-9._/-]+");

    /** Dots in a row. */
    Pattern DOTS = Pattern.compile("\\.{2,}");

    /** What no part of a name begins or ends with. */
    Pattern EDGES = Pattern.compile("(?<=^|/)[._-]+|[.-]+(?=/|$)");
}
