package dev.gantry.cli;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * The list of commands. Only the one that was called is made, since reading every command's options would take longer
 * than most commands do.
 */
final class Commands {
    static final List<Group> GROUPS = List.of(
            new Group(
                    "Run",
                    List.of(
                            Entry.of("run", "Run a pattern over text, files or addresses", RunCommand::new),
                            Entry.group(
                                    "patterns",
                                    "Patterns: list, search, put, publish, fork, diff, label, submit, …",
                                    PatternsCommands::create),
                            Entry.group(
                                    "workflow",
                                    "Workflows: run, list, show, validate, publish, import",
                                    WorkflowCommands::create),
                            Entry.group(
                                    "runs",
                                    "Runs of workflows: list, show, watch, approve, reject, cancel, retry, …",
                                    RunsCommands::create),
                            Entry.group(
                                    "schedules",
                                    "Workflows that start at times: list, show, put, pause, resume, run, delete",
                                    TriggerCommands::schedules),
                            Entry.group(
                                    "hooks",
                                    "Workflows that start by calls from outside: list, show, put, rotate, …",
                                    TriggerCommands::hooks),
                            Entry.group(
                                    "event-triggers",
                                    "Workflows that start by events: list, show, put, pause, resume, delete",
                                    TriggerCommands::events),
                            Entry.group(
                                    "git",
                                    "Repositories that patterns and workflows come from: list, show, sync",
                                    GitCommands::create),
                            Entry.group(
                                    "mirrors",
                                    "Registries of other Gantrys that are mirrored: list, status, sync, release",
                                    MirrorCommands::create),
                            Entry.group(
                                    "reviews",
                                    "Reviews of versions: list, show, approve, request-changes, publish, …",
                                    ReviewsCommands::create),
                            Entry.group("contexts", "Contexts that runs can be given", AssetCommands::contexts),
                            Entry.group("strategies", "Strategies that runs can follow", AssetCommands::strategies),
                            Entry.group("sessions", "Conversations that runs continue", AssetCommands::sessions),
                            Entry.group(
                                    "batches",
                                    "Many requests at once: submit, wait, results, list, show, cancel, delete",
                                    BatchCommands::create),
                            Entry.of("models", "Models that you may use, with prices", ModelsCommand::new))),
            new Group(
                    "Govern",
                    List.of(
                            Entry.group("keys", "API keys: create, list, rotate, retire, revoke", KeysCommands::create),
                            Entry.group("users", "Users: create, list, show, deactivate", PrincipalCommands::users),
                            Entry.group("teams", "Teams: create, list, members", MembershipCommands::teams),
                            Entry.group("groups", "Groups, which can have roles", MembershipCommands::groups),
                            Entry.group("roles", "Roles, and who has them", RoleCommands::create),
                            Entry.group(
                                    "service-accounts",
                                    "Service accounts: create, list, show, deactivate",
                                    PrincipalCommands::serviceAccounts),
                            Entry.of("login", "Log in by an identity provider", LoginCommand::new),
                            Entry.of("logout", "End that login", LoginCommand.Logout::new),
                            Entry.of("whoami", "As whom the platform sees your key", WhoAmICommand::new),
                            Entry.of(
                                    "limits",
                                    "What limits your requests, and how much of it is left",
                                    LimitsCommand::new),
                            Entry.group(
                                    "budget",
                                    "Budgets: show, set, unset, grant, grants, revoke",
                                    BudgetCommands::create),
                            Entry.of("usage", "Tokens and cost, by model, team, user or day", UsageCommand::new),
                            Entry.group("guard", "Try what the guard finds in a text", GuardCommands::create),
                            Entry.group("audit", "The audit log", AuditCommands::create))),
            new Group(
                    "Operate",
                    List.of(
                            Entry.of("up", "Start the local platform in the background", UpCommand::new),
                            Entry.of("down", "Stop it", DownCommand::new),
                            Entry.of("status", "Tell whether it is up, and what it depends on", StatusCommand::new),
                            Entry.group(
                                    "organizations",
                                    "Tenants: create, list, show, suspend, resume, delete",
                                    OrganizationCommands::create),
                            Entry.group(
                                    "master-key",
                                    "The key that wraps all others: status, rotate, retire",
                                    MasterKeyCommands::create),
                            Entry.group("config", "Check and explain the configuration", ConfigCommands::create))),
            new Group(
                    "Develop",
                    List.of(
                            Entry.launcher("test", "Build with every check and run all tests"),
                            Entry.launcher("bench", "Measure the gateway beside others"),
                            Entry.of("version", "Print the version", VersionCommand::new))));

    private Commands() {}

    /** Commands that belong together in the help. */
    record Group(String title, List<Entry> entries) {}

    /** One command, not yet made. */
    record Entry(String name, String description, Function<Context, CommandLine> factory) {
        static Entry of(String name, String description, Function<Context, Object> command) {
            return new Entry(name, description, context -> new CommandLine(command.apply(context)));
        }

        static Entry group(String name, String description, Function<Context, CommandLine> factory) {
            return new Entry(name, description, factory);
        }

        /** A command that the launcher runs itself and never passes on. */
        static Entry launcher(String name, String description) {
            return new Entry(name, description, context -> {
                throw new CommandFailure(
                        "gantry " + name + " works in the source tree only", "Start it there: ./gantry " + name);
            });
        }
    }
}
