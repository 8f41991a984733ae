package dev.gantry.workflow;

import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Permission;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Finding.Rule;
import dev.gantry.workflow.Policy.OnFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The permissions that the steps of a workflow need. */
public final class Needs {
    private Needs() {}

    /**
     * A permission that a step needs.
     *
     * @param step the step's id
     * @param permission with the name as the file writes it, not looked up in namespaces yet
     */
    public record Need(String step, Position position, Permission permission) {}

    /** Returns what the steps need, those within others and the substitutes of failed ones too. */
    public static List<Need> of(Workflow workflow) {
        return workflow.body().allSteps().flatMap(Needs::of).toList();
    }

    private static Stream<Need> of(Step step) {
        List<Permission> permissions = new ArrayList<>(of(step.action()));
        if (step.policy().onFailure() instanceof OnFailure.Fallback fallback) {
            permissions.addAll(of(fallback.action()));
        }
        return permissions.stream().map(permission -> new Need(step.id(), step.position(), permission));
    }

    /** Returns what an action needs by itself, without the steps that it contains. */
    public static List<Permission> of(Action action) {
        return switch (action) {
            case Action.RunPattern pattern -> List.of(execute("patterns", unversioned(pattern.pattern())));
            case Action.RunAgent agent -> {
                List<Permission> needed = new ArrayList<>();
                if (agent.role() != null) {
                    needed.add(execute("patterns", unversioned(agent.role())));
                } else {
                    needed.add(
                            agent.model() == null
                                    ? Permission.of("models", "execute")
                                    : execute("models", agent.model()));
                }
                agent.tools().forEach(tool -> needed.add(ofTool(tool)));
                yield needed;
            }
            case Action.CallTool tool -> List.of(execute("tools", tool.server() + "/" + tool.tool()));
            case Action.CallHttp _ -> List.of(execute("tools", "http"));
            case Action.RunCommand command -> List.of(execute("tools", "shell/" + command.command()));
            case Action.RunWorkflow workflow -> List.of(execute("workflows", unversioned(workflow.workflow())));
            case Action.Transform _, Action.ForEach _, Action.Branch _, Action.Loop _ -> List.of();
            case Action.Approve _, Action.Pause _, Action.AwaitEvent _, Action.AwaitWebhook _ -> List.of();
        };
    }

    /** Returns what an agent needs for one of its tools. */
    public static Permission ofTool(String tool) {
        if (tool.startsWith("pattern/")) {
            return execute("patterns", unversioned(tool.substring("pattern/".length())));
        }
        return execute("tools", tool.startsWith("http/") ? "http" : tool);
    }

    private static Permission execute(String resource, String name) {
        return Permission.of(resource, "execute", name);
    }

    private static String unversioned(String reference) {
        return reference.replaceFirst("@[A-Za-z0-9._-]{1,64}$", "");
    }

    /** Finds the steps that need more than the file's own {@code permissions} leave. */
    static void check(Workflow workflow, Findings findings) {
        List<String> written = workflow.permissions();
        if (written == null) {
            return;
        }
        List<PermissionPattern> patterns = new ArrayList<>();
        for (String text : written) {
            try {
                patterns.add(PermissionPattern.parse(text));
            } catch (GantryException malformed) {
                findings.add(Rule.INVALID_VALUE, Position.NONE, "permissions", malformed.getMessage());
                return;
            }
        }
        AccessRights rights = AccessRights.of(patterns);
        for (Need need : of(workflow)) {
            if (!allowed(rights, need.permission())) {
                findings.add(
                        Rule.MISSING_PERMISSION,
                        need.position(),
                        "step " + need.step(),
                        "needs " + need.permission() + ", which the workflow's permissions do not include");
            }
        }
    }

    /** A permission for a plain name means that name in every namespace. */
    private static boolean isAllowedInItsNamespace(AccessRights rights, Permission permission) {
        int slash = permission.name().indexOf('/');
        return slash > 0
                && !permission.resource().equals("tools")
                && rights.allow(Permission.of(
                        permission.resource(),
                        permission.action(),
                        permission.name().substring(0, slash),
                        permission.name().substring(slash + 1)));
    }

    /** A name without a namespace may turn out to be in any of those that everybody sees. */
    private static boolean allowed(AccessRights rights, Permission permission) {
        return rights.allow(permission)
                || isAllowedInItsNamespace(rights, permission)
                || (!permission.name().isEmpty()
                        && Stream.of("shared", "builtin")
                                .anyMatch(namespace -> rights.allow(Permission.of(
                                        permission.resource(), permission.action(), namespace, permission.name()))));
    }
}
