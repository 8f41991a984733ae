package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.MicroDollars;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry budget}. */
final class BudgetCommands {
    private static final String PATH = "/api/v1/budgets";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private BudgetCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new Show(context),
                new Set(context),
                new Unset(context),
                new Grant(context),
                new Grants(context),
                new Revoke(context));
    }

    /** Whose budget. */
    static final class Whose {
        @Option(names = "--team", paramLabel = "NAME", description = "A team's budget")
        private String team = "";

        @Option(names = "--project", paramLabel = "TAG", description = "A project's budget")
        private String project = "";

        @Option(names = "--user", paramLabel = "NAME", description = "A user's or service account's budget")
        private String user = "";

        @Option(names = "--organization", description = "The budget of the organization as a whole")
        private boolean organization;

        String level() {
            return !team.isEmpty()
                    ? "team"
                    : !project.isEmpty() ? "project" : !user.isEmpty() ? "user" : organization ? "organization" : "";
        }

        String subject() {
            return team + project + user;
        }
    }

    /** Returns whose budget is meant. */
    private static Whose require(@Nullable Whose whose) {
        if (whose == null || whose.level().isEmpty()) {
            throw CommandFailure.usage(
                    "Whose budget?", "Add --team NAME, --project TAG, --user NAME or --organization");
        }
        return whose;
    }

    private static ObjectNode request(Whose whose, boolean daily) {
        ObjectNode request = Json.object().put("level", whose.level()).put("period", daily ? "day" : "month");
        Fields.put(request, "subject", whose.subject());
        return request;
    }

    private static void put(ObjectNode request, String dollars, String tokens, String name) {
        if (dollars.isEmpty() == tokens.isEmpty()) {
            throw CommandFailure.usage("How much?", "Add either --usd AMOUNT or --tokens COUNT");
        }
        try {
            if (tokens.isEmpty()) {
                request.put(name + "_usd", new BigDecimal(dollars));
            } else {
                request.put(name + "_tokens", Long.parseLong(tokens));
            }
        } catch (NumberFormatException malformed) {
            throw CommandFailure.usage(
                    "'" + dollars + tokens + "' is no amount", "Write --usd 12.50 or --tokens 100000");
        }
    }

    private static Table.Column amount(String field) {
        return Table.Column.of(field.toUpperCase(Locale.ROOT), true, row -> {
            JsonNode value = row.path(field);
            if (!value.isIntegralNumber()
                    || (value.asLong() == 0 && !field.equals("limit") && !field.equals("spent"))) {
                return "";
            }
            return row.path("unit").asText().equals("tokens")
                    ? Format.count(value.asLong())
                    : new MicroDollars(value.asLong()).toString();
        });
    }

    private static final Table.Column WHOSE = Table.Column.of("BUDGET OF", false, row -> {
        String name = Format.cell(row.path("name"));
        String level = row.path("level").asText();
        return name.isEmpty() ? level : level + " " + name;
    });

    private static final Table.Column PERIOD = Table.Column.of(
            "PER",
            false,
            row -> row.path("period").asText() + (row.path("unit").asText().equals("tokens") ? " (tokens)" : ""));

    /** {@code gantry budget show}. */
    @Command(name = "show", description = "Show budgets, what is spent of them, and when they begin anew")
    static final class Show extends ListCommand {
        @ArgGroup
        private @Nullable Whose whose;

        Show(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("level", whose == null ? "" : whose.level());
            query.put("subject", whose == null ? "" : whose.subject());
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    WHOSE,
                    PERIOD,
                    amount("limit"),
                    amount("granted"),
                    amount("spent"),
                    amount("reserved"),
                    amount("held"),
                    amount("remaining"),
                    Table.Column.time("resets_at").titled("resets"),
                    Table.Column.text("source"));
        }

        @Override
        String nothing() {
            return "There are no budgets; set one with gantry budget set, or in budgets.yaml";
        }
    }

    /** {@code gantry budget set}. */
    @Command(name = "set", description = "Set a limit, which goes before that of the configuration")
    static final class Set extends GantryCommand {
        @ArgGroup
        private @Nullable Whose whose;

        @Option(names = "--daily", description = "For each day (default: for each month)")
        private boolean daily;

        @Option(names = "--usd", paramLabel = "AMOUNT", description = "Limit in dollars")
        private String dollars = "";

        @Option(names = "--tokens", paramLabel = "COUNT", description = "Limit in tokens")
        private String tokens = "";

        @Option(
                names = "--alert",
                paramLabel = "SHARE",
                description = "Share from which on an alert is raised, such as 0.8")
        private @Nullable BigDecimal threshold;

        Set(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = request(require(whose), daily);
            put(request, dollars, tokens, "limit");
            if (threshold != null) {
                request.put("alert_threshold", threshold);
            }
            JsonNode state = platform().clientStarted().send(ApiClient.Call.of("PUT", PATH, request));
            new Table(List.of(WHOSE, PERIOD, amount("limit"), amount("spent"), amount("remaining")))
                    .print(terminal(), List.of(state));
            return ExitCode.DONE;
        }
    }

    /** {@code gantry budget unset}. */
    @Command(name = "unset", description = "Take back a limit that was set, so that the configuration holds again")
    static final class Unset extends GantryCommand {
        @ArgGroup
        private @Nullable Whose whose;

        @Option(names = "--daily", description = "That of the day (default: of the month)")
        private boolean daily;

        @Option(names = "--tokens", description = "That in tokens (default: in dollars)")
        private boolean tokens;

        Unset(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            Whose known = require(whose);
            Map<String, String> query = new LinkedHashMap<>();
            query.put("level", known.level());
            query.put("subject", known.subject());
            query.put("period", daily ? "day" : "month");
            query.put("unit", tokens ? "tokens" : "micro_usd");
            platform().clientStarted().send(new ApiClient.Call("DELETE", PATH, query, null, TIMEOUT));
            terminal().note("The configuration holds again");
            return ExitCode.DONE;
        }
    }

    /** {@code gantry budget grant}. */
    @Command(name = "grant", description = "Raise a limit for a time")
    static final class Grant extends GantryCommand {
        @ArgGroup
        private @Nullable Whose whose;

        @Option(names = "--daily", description = "The daily budget (default: the monthly)")
        private boolean daily;

        @Option(names = "--usd", paramLabel = "AMOUNT", description = "By so many dollars")
        private String dollars = "";

        @Option(names = "--tokens", paramLabel = "COUNT", description = "By so many tokens")
        private String tokens = "";

        @Option(names = "--for", paramLabel = "LENGTH", required = true, description = "How long, such as 12h or 3d")
        private String length = "";

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept in the audit log")
        private String reason = "";

        Grant(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = request(require(whose), daily);
            put(request, dollars, tokens, "amount");
            request.put(
                    "expires_at",
                    context()
                            .clock()
                            .instant()
                            .plus(TimeArgument.length("--for", length))
                            .toString());
            request.put("reason", reason);
            JsonNode grant = platform().clientStarted().send(ApiClient.Call.of("POST", PATH + "/grants", request));
            terminal().print(grant.path("id").asText());
            terminal()
                    .note("Raised until " + Format.time(grant.path("expires_at").asText()));
            return ExitCode.DONE;
        }
    }

    /** {@code gantry budget grants}. */
    @Command(name = "grants", description = "List raises, the newest first")
    static final class Grants extends ListCommand {
        Grants(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH + "/grants";
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("id"),
                    WHOSE,
                    PERIOD,
                    amount("amount"),
                    Table.Column.text("reason"),
                    Table.Column.text("granted_by").titled("by"),
                    Table.Column.time("expires_at"),
                    Table.Column.time("revoked_at"));
        }

        @Override
        String nothing() {
            return "Nothing was granted";
        }
    }

    /** {@code gantry budget revoke}. */
    @Command(name = "revoke", description = "End a raise before its time")
    static final class Revoke extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the grant")
        private String id = "";

        Revoke(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform()
                    .clientStarted()
                    .send(ApiClient.Call.of("DELETE", PATH + "/grants/" + ApiClient.encode(id), null));
            terminal().note("Ended");
            return ExitCode.DONE;
        }
    }
}
