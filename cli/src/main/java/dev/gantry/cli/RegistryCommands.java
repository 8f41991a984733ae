package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is said about assets besides their text, copies of them, and their versions: the same for every kind. */
final class RegistryCommands {
    private RegistryCommands() {}

    /** Returns the commands that every kind has under the same names. */
    static List<Object> of(Context context, AssetKind kind) {
        return List.of(
                new Diff(context, kind),
                new Rollback(context, kind),
                new Label(context, kind),
                new Deprecate(context, kind),
                new Fork(context, kind),
                new Upstream(context, kind),
                new Merge(context, kind),
                new Submit(context, kind));
    }

    /** A command about one asset. */
    abstract static class AssetCommand extends GantryCommand {
        private final AssetKind kind;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        AssetCommand(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        final AssetKind kind() {
            return kind;
        }

        final String name() {
            return name;
        }

        final JsonNode send(String method, String what, @Nullable JsonNode body) {
            return platform().clientStarted().send(ApiClient.Call.of(method, path(what), body));
        }

        final String path(String what) {
            String collection = kind.path().substring(kind.path().lastIndexOf('/') + 1);
            return "/api/v1/assets/" + collection + "/" + ApiClient.encodePath(name) + "/" + what;
        }

        /** Prints the reply as JSON if that is wanted, otherwise a sentence. */
        final int print(JsonNode reply, String sentence) {
            terminal().print(json ? reply.toPrettyString() : sentence);
            return ExitCode.DONE;
        }

        final boolean json() {
            return json;
        }
    }

    /** {@code publish}. */
    @Command(name = "publish", description = "Say who sees it, who answers for it and what it is tagged with")
    static class Publish extends AssetCommand {
        @Option(names = "--visibility", paramLabel = "WHO", description = "private, team or organization")
        private String visibility = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Whose members see it")
        private String team = "";

        @Option(
                names = "--owners",
                paramLabel = "NAME",
                split = ",",
                description = "Users and teams that answer for it")
        private List<String> owners = List.of();

        @Option(names = "--tags", paramLabel = "TAG", split = ",", description = "Tags besides those of its text")
        private List<String> tags = List.of();

        Publish(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            Fields.put(body, "visibility", visibility);
            Fields.put(body, "team", team);
            Fields.put(body, "owners", owners);
            Fields.put(body, "tags", tags);
            JsonNode asset = send("POST", "publish", body);
            String who = asset.path("visibility").asText();
            String whom = who.equals("team") ? "team " + asset.path("team").asText() : who;
            return print(asset, asset.path("name").asText() + " is visible to: " + whom);
        }
    }

    /** {@code share}, for kinds whose {@code publish} stores a text. */
    @Command(name = "share", description = "Say who sees it, who answers for it and what it is tagged with")
    static final class Share extends Publish {
        Share(Context context, AssetKind kind) {
            super(context, kind);
        }
    }

    /** {@code diff}. */
    @Command(name = "diff", description = "Show what is between two versions")
    static final class Diff extends AssetCommand {
        @Option(names = "--from", paramLabel = "VERSION", description = "A number or a label (default: the one before)")
        private String from = "";

        @Option(names = "--to", paramLabel = "VERSION", description = "A number or a label (default: the newest)")
        private String to = "";

        Diff(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("from", from);
            query.put("to", to);
            query.values().removeIf(String::isEmpty);
            JsonNode diff = platform().clientStarted().send(ApiClient.Call.get(path("diff"), query));
            if (json()) {
                return print(diff, "");
            }
            String name = diff.path("name").asText();
            if (diff.path("unified").asText().isEmpty()) {
                terminal().note("There is no difference");
                return ExitCode.DONE;
            }
            terminal().print("--- " + name + "@" + diff.path("from").asText());
            terminal().print("+++ " + name + "@" + diff.path("to").asText());
            terminal().out().print(diff.path("unified").asText());
            return ExitCode.DONE;
        }
    }

    /** {@code rollback}. */
    @Command(name = "rollback", description = "Make a new version that says what an earlier one said")
    static final class Rollback extends AssetCommand {
        @Parameters(index = "1", paramLabel = "VERSION", description = "A number or a label")
        private String version = "";

        Rollback(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            JsonNode asset = send("POST", "rollback", Json.object().put("version", version));
            return print(
                    asset,
                    asset.path("name").asText() + " is at version "
                            + asset.path("version").asText() + ", equal to " + version);
        }
    }

    /** {@code label}. */
    @Command(name = "label", description = "Let a label, such as production, stand for a version")
    static final class Label extends AssetCommand {
        @Parameters(index = "1", paramLabel = "LABEL")
        private String label = "";

        @Option(names = "--version", paramLabel = "VERSION", description = "A number or a label (default: the newest)")
        private String version = "";

        @Option(names = "--remove", description = "Take the label away")
        private boolean remove;

        Label(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            String path = "labels/" + ApiClient.encode(label);
            if (remove) {
                send("DELETE", path, null);
                terminal().print("Removed the label " + label + " from " + name());
                return ExitCode.DONE;
            }
            ObjectNode body = Json.object();
            Fields.put(body, "version", version);
            JsonNode move = send("PUT", path, body);
            String before = move.path("before").isNumber()
                    ? " (was " + move.path("before").asText() + ")"
                    : "";
            return print(
                    move,
                    move.path("name").asText() + "@" + label + " means version "
                            + move.path("version").asText() + before);
        }
    }

    /** {@code deprecate}. */
    @Command(name = "deprecate", description = "Tell everybody who uses it to stop")
    static final class Deprecate extends AssetCommand {
        @Option(names = "--message", paramLabel = "TEXT", description = "Why, and what to do")
        private String message = "";

        @Option(names = "--replacement", paramLabel = "NAME", description = "What to use instead")
        private String replacement = "";

        @Option(names = "--undo", description = "Take it back")
        private boolean undo;

        Deprecate(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            if (undo) {
                JsonNode asset = send("DELETE", "deprecation", null);
                return print(asset, asset.path("name").asText() + " is no longer deprecated");
            }
            ObjectNode body = Json.object();
            Fields.put(body, "message", message);
            Fields.put(body, "replacement", replacement);
            JsonNode asset = send("PUT", "deprecation", body);
            return print(asset, asset.path("name").asText() + " is deprecated");
        }
    }

    /** {@code fork}. */
    @Command(name = "fork", description = "Copy one under another name, remembering what it was made from")
    static final class Fork extends AssetCommand {
        @Parameters(index = "1", paramLabel = "COPY", description = "The name of the copy")
        private String copy = "";

        Fork(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            JsonNode asset = send("POST", "fork", Json.object().put("name", copy));
            return print(
                    asset,
                    asset.path("name").asText() + " is a fork of "
                            + asset.path("upstream").asText());
        }
    }

    /** {@code upstream}. */
    @Command(name = "upstream", description = "Show what has changed in what a fork was made from")
    static final class Upstream extends AssetCommand {
        Upstream(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            JsonNode lineage = send("GET", "upstream", null);
            if (json()) {
                return print(lineage, "");
            }
            String upstream = lineage.path("upstream").asText();
            if (!lineage.path("upstream_version").isNumber()) {
                terminal().note(upstream + " is gone, or not shown to you");
            } else if (!lineage.path("behind").asBoolean()) {
                terminal()
                        .note(upstream + " has not changed since version "
                                + lineage.path("base_version").asText());
            } else {
                terminal()
                        .print("--- " + upstream + "@"
                                + lineage.path("base_version").asText());
                terminal()
                        .print("+++ " + upstream + "@"
                                + lineage.path("upstream_version").asText());
                terminal().out().print(lineage.path("changes").path("unified").asText());
                terminal()
                        .note("A merge would leave " + lineage.path("conflicts").asText() + " conflicts");
            }
            return ExitCode.DONE;
        }
    }

    /** {@code merge}. */
    @Command(name = "merge", description = "Bring the upstream's changes into a fork")
    static final class Merge extends AssetCommand {
        @Option(
                names = "--resolved",
                paramLabel = "FILE",
                description = "The merged text, after conflicts were resolved")
        private String resolved = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Where to write the text with markers if there are conflicts (default: print it)")
        private @Nullable Path output;

        Merge(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            if (resolved.isEmpty()) {
                JsonNode tried = send("POST", "merge", Json.object().put("dry_run", true));
                int conflicts = tried.path("conflicts").size();
                if (conflicts > 0) {
                    return conflicting(tried, conflicts);
                }
            } else {
                body.put("content", new RunInput(context()).read(List.of(resolved)));
            }
            JsonNode merged = send("POST", "merge", body);
            return print(
                    merged,
                    merged.path("name").asText() + " is at version "
                            + merged.path("version").asText() + " and has taken over "
                            + merged.path("upstream").asText() + "@"
                            + merged.path("upstream_version").asText());
        }

        private int conflicting(JsonNode tried, int conflicts) {
            String content = tried.path("content").asText();
            if (output == null) {
                terminal().out().print(content);
            } else {
                try {
                    Files.writeString(output, content);
                } catch (IOException failure) {
                    throw new CommandFailure("Cannot write " + output + ": " + failure.getMessage());
                }
            }
            terminal()
                    .note(conflicts
                            + " conflicts, and nothing was written. Resolve them between the markers, then merge again"
                            + " with --resolved FILE");
            return ExitCode.FAILED;
        }
    }

    /** {@code submit}. */
    @Command(name = "submit", description = "Hand the newest version in for review")
    static final class Submit extends AssetCommand {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "What is to be said about it")
        private String message = "";

        Submit(Context context, AssetKind kind) {
            super(context, kind);
        }

        @Override
        public Integer call() {
            String collection = kind().path().substring(kind().path().lastIndexOf('/') + 1);
            ObjectNode body = Json.object().put("kind", collection).put("name", name());
            Fields.put(body, "message", message);
            JsonNode review = platform().clientStarted().send(ApiClient.Call.of("POST", "/api/v1/reviews", body));
            if (json()) {
                return print(review, "");
            }
            ReviewsCommands.print(terminal(), review);
            return ExitCode.DONE;
        }
    }
}
