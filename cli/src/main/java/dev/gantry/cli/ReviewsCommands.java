package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry reviews}. */
final class ReviewsCommands {
    private static final String PATH = "/api/v1/reviews";

    private ReviewsCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new ListReviews(context),
                new Show(context),
                new Diff(context),
                new Tests(context),
                new ApproveCommand(context),
                new RequestChanges(context),
                new Comment(context),
                new Publish(context),
                new OverrideReview(context),
                new Check(context),
                new Withdraw(context),
                new Policies(context),
                new SetPolicy(context));
    }

    /** Prints a review for people. */
    static void print(Terminal terminal, JsonNode review) {
        terminal.print("Review " + review.path("id").asText() + " of "
                + review.path("name").asText() + "@" + review.path("version").asText() + ": "
                + review.path("state").asText());
        terminal.print("submitted by " + review.path("submitted_by").asText()
                + (review.path("message").asText().isEmpty()
                        ? ""
                        : ": " + review.path("message").asText()));
        for (JsonNode check : review.path("checks")) {
            terminal.print("  check " + check.path("name").asText() + ": "
                    + check.path("status").asText() + ", "
                    + check.path("detail").asText());
        }
        for (JsonNode entry : review.path("entries")) {
            boolean withdrawn = entry.path("withdrawn_at").isTextual();
            terminal.print("  " + entry.path("reviewer").asText() + ": "
                    + entry.path("verdict").asText()
                    + (withdrawn ? " (taken back)" : "")
                    + (entry.path("body").asText().isEmpty()
                            ? ""
                            : ": " + entry.path("body").asText()));
            for (JsonNode line : entry.path("lines")) {
                terminal.print("    line " + line.path("line").asText() + ": "
                        + line.path("text").asText());
            }
        }
        for (JsonNode missing : review.path("missing")) {
            terminal.print("  missing: " + missing.asText());
        }
        if (review.path("ready").asBoolean()) {
            terminal.print(
                    "  ready: gantry reviews publish " + review.path("id").asText());
        }
    }

    /** {@code gantry reviews list}. */
    @Command(name = "list", description = "List reviews, newest first")
    static final class ListReviews extends ListCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "open, published, overridden, withdrawn or superseded")
        private String state = "";

        @Option(names = "--name", paramLabel = "NAME", description = "Only of this pattern")
        private String name = "";

        ListReviews(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("state", state);
            query.put("name", name);
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("id").titled("review"),
                    Table.Column.text("name"),
                    Table.Column.number("version"),
                    Table.Column.text("state"),
                    Table.Column.text("submitted_by").asExtra(),
                    Table.Column.time("submitted_at").titled("submitted"));
        }

        @Override
        String nothing() {
            return "There are no such reviews; hand a version in with gantry patterns submit NAME";
        }
    }

    /** A command about one review. */
    abstract static class ReviewCommand extends GantryCommand {
        @Parameters(index = "0", paramLabel = "REVIEW", description = "Its id")
        private String review = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        ReviewCommand(Context context) {
            super(context);
        }

        final boolean json() {
            return json;
        }

        final JsonNode reply(String method, String what, @Nullable JsonNode body) {
            String path = PATH + "/" + ApiClient.encode(review) + what;
            return platform()
                    .clientStarted()
                    .send(
                            method.equals("GET")
                                    ? ApiClient.Call.get(path, Map.of())
                                    : ApiClient.Call.of(method, path, body));
        }

        final int send(String method, String what, @Nullable JsonNode body) {
            JsonNode reply = reply(method, what, body);
            if (json) {
                terminal().print(reply.toPrettyString());
            } else {
                print(terminal(), reply);
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry reviews show}. */
    @Command(name = "show", description = "Show a review, what was said, and what is missing")
    static final class Show extends ReviewCommand {
        Show(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return send("GET", "", null);
        }
    }

    /** {@code gantry reviews diff}. */
    @Command(name = "diff", description = "Show what has changed since the approved version")
    static final class Diff extends ReviewCommand {
        @Option(names = "--text", description = "Show the whole text of the version instead")
        private boolean text;

        Diff(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode changes = reply("GET", "/changes", null);
            if (json()) {
                terminal().print(changes.toPrettyString());
            } else if (text) {
                terminal().out().print(changes.path("content").asText());
            } else {
                String name = changes.path("name").asText() + "@";
                String base = changes.path("base_version").asText();
                terminal().print("--- " + (changes.path("base_version").isNull() ? "nothing" : name + base));
                terminal().print("+++ " + name + changes.path("version").asText());
                terminal().out().print(changes.path("unified").asText());
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry reviews tests}. */
    @Command(name = "tests", description = "Show the tests of the version, and what came of them")
    static final class Tests extends ReviewCommand {
        Tests(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode reply = reply("GET", "/tests", null);
            JsonNode tests = reply.path("tests");
            if (json()) {
                terminal().print(reply.toPrettyString());
            } else if (tests.isNull()) {
                terminal().note("It has no tests");
            } else {
                terminal().out().print(tests.path("content").asText());
                for (JsonNode run : reply.path("runs")) {
                    terminal()
                            .print("# " + run.path("passed").asText() + " passed, "
                                    + run.path("failed").asText() + " failed with "
                                    + run.path("model").asText() + " (tests "
                                    + run.path("revision").asText() + ", by "
                                    + run.path("run_by").asText() + ")");
                }
            }
            return ExitCode.DONE;
        }
    }

    /** Says something. */
    abstract static class Say extends ReviewCommand {
        private final String verdict;

        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "What is to be said")
        private String message = "";

        @Option(
                names = "--line",
                paramLabel = "N=TEXT",
                description = "A remark on a line of the version; may be repeated")
        private Map<Integer, String> lines = Map.of();

        Say(Context context, String verdict) {
            super(context);
            this.verdict = verdict;
        }

        @Override
        public final Integer call() {
            ObjectNode body = Json.object().put("verdict", verdict);
            Fields.put(body, "body", message);
            ArrayNode remarks = body.putArray("lines");
            lines.forEach((line, text) -> remarks.addObject().put("line", line).put("text", text));
            return send("POST", "/entries", body);
        }
    }

    /** {@code gantry reviews request-changes}. */
    @Command(name = "request-changes", description = "Say what has to change before a version is published")
    static final class RequestChanges extends Say {
        RequestChanges(Context context) {
            super(context, "request_changes");
        }
    }

    /** {@code gantry reviews comment}. */
    @Command(name = "comment", description = "Say something about a version")
    static final class Comment extends Say {
        Comment(Context context) {
            super(context, "comment");
        }
    }

    /** {@code gantry reviews publish}. */
    @Command(name = "publish", description = "Let a version count as approved, when nothing is missing")
    static final class Publish extends ReviewCommand {
        Publish(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return send("POST", "/publish", null);
        }
    }

    /** {@code gantry reviews override}. */
    @Command(name = "override", description = "Let a version count as approved without reviews, in an emergency")
    static final class OverrideReview extends ReviewCommand {
        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept in the audit log")
        private String reason = "";

        OverrideReview(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return send("POST", "/override", Json.object().put("reason", reason));
        }
    }

    /** {@code gantry reviews check}. */
    @Command(name = "check", description = "Let the checks look at a version again")
    static final class Check extends ReviewCommand {
        Check(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return send("POST", "/checks", null);
        }
    }

    /** {@code gantry reviews withdraw}. */
    @Command(name = "withdraw", description = "End a review without a result")
    static final class Withdraw extends ReviewCommand {
        Withdraw(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return send("DELETE", "", null);
        }
    }

    /** {@code gantry reviews policies}. */
    @Command(name = "policies", description = "List what is asked of versions, by namespace")
    static final class Policies extends ListCommand {
        Policies(Context context) {
            super(context);
        }

        @Override
        String path() {
            return "/api/v1/review-policies";
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("namespace"),
                    Table.Column.number("required_reviews"),
                    Table.Column.text("reviewers"),
                    Table.Column.text("require_approved"),
                    Table.Column.text("protected_labels"));
        }

        @Override
        String nothing() {
            return "Nothing is asked";
        }
    }

    /** {@code gantry reviews set-policy}. */
    @Command(name = "set-policy", description = "Set what is asked of versions in a namespace")
    static final class SetPolicy extends GantryCommand {
        @Parameters(
                index = "0",
                paramLabel = "NAMESPACE",
                description = "One, '*' for shared and all teams, or '~' for all users")
        private String namespace = "";

        @Option(
                names = "--required",
                paramLabel = "N",
                defaultValue = "1",
                description = "Approvals that a version needs")
        private int required;

        @Option(names = "--reviewers", paramLabel = "NAME", split = ",", description = "Users, teams and groups")
        private List<String> reviewers = List.of();

        @Option(names = "--require-approved", description = "Only approved versions run")
        private boolean requireApproved;

        @Option(names = "--remove", description = "Take the policy away")
        private boolean remove;

        SetPolicy(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String path = "/api/v1/review-policies/" + ApiClient.encode(namespace);
            if (remove) {
                platform().clientStarted().send(ApiClient.Call.of("DELETE", path, null));
                terminal().print("Removed the policy for " + namespace);
                return ExitCode.DONE;
            }
            ObjectNode body = Json.object().put("required_reviews", required).put("require_approved", requireApproved);
            Fields.put(body, "reviewers", reviewers);
            JsonNode policy = platform().clientStarted().send(ApiClient.Call.of("PUT", path, body));
            terminal().print(policy.toPrettyString());
            return ExitCode.DONE;
        }
    }
}
