package dev.gantry.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.tools.ToolException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that workflows and agents may call outside of Gantry. Who may do it is asked elsewhere; here only what the operator
 * configured, and for which organizations. Thread-safe, blocking; a thread that is interrupted ends its call.
 */
public final class Tools implements AutoCloseable {
    private final HttpTool http;
    private final CommandTool commands;
    private final ToolSettings settings;
    private final Map<String, McpServer> servers = new HashMap<>();

    private Tools(ToolSettings settings, Path directory, OutboundHttp outbound) {
        this.settings = settings;
        this.http = new HttpTool(settings, outbound);
        this.commands = new CommandTool(settings, directory);
        settings.mcp()
                .forEach((name, server) -> servers.put(
                        name,
                        new McpServer(
                                name,
                                server,
                                server.url().isPresent()
                                        ? () -> new McpHttp(name, server, outbound)
                                        : () -> McpStdio.start(name, server, directory))));
    }

    /**
     * Opens the tools of a configuration that was checked. Nothing is connected or started before it is needed.
     *
     * @param directory where commands work and programs of MCP servers are started; made when it is needed
     */
    public static Tools open(ToolSettings settings, Path directory) {
        return new Tools(settings, directory, new OutboundHttp());
    }

    static Tools open(ToolSettings settings, Path directory, OutboundHttp outbound) {
        return new Tools(settings, directory, outbound);
    }

    static boolean mayUse(List<String> organizations, String organization) {
        return organizations.isEmpty() || organizations.contains(organization);
    }

    /** Returns the organizations that the configuration names, and one that it does not name. */
    public Set<String> organizations() {
        Set<String> named = new TreeSet<>(Set.of(""));
        settings.mcp().values().forEach(server -> named.addAll(server.organizations()));
        settings.commands().values().forEach(command -> named.addAll(command.organizations()));
        settings.secrets().values().forEach(secret -> named.addAll(secret.organizations()));
        return named;
    }

    // ---- addresses

    /**
     * Calls an address.
     *
     * @param most longest time; the operator's bound holds, too
     */
    public HttpResult call(HttpCall call, Duration most) throws ToolException {
        return http.call(call, most);
    }

    /** Returns why no address could be called; null if there may be some. */
    public @Nullable String httpRefusal() {
        return http.isOff() ? "the operator allows no address to be called (setting tools.http.allowed_hosts)" : null;
    }

    /** Returns why an address may not be called, as far as its host tells; null if nothing is known against it. */
    public @Nullable String addressRefusal(String url) {
        return refusal(() -> http.require(url));
    }

    /** Returns why a secret may not be used; null if nothing is known against it. */
    public @Nullable String secretRefusal(String name, String organization) {
        return refusal(() -> http.requireSecret(name, organization));
    }

    // ---- MCP

    /** Returns the tools of a server that may be called. */
    public List<McpTool> tools(String server, String organization, Duration most) throws ToolException {
        return require(server, organization).tools(most);
    }

    /**
     * Calls a tool.
     *
     * @param key the same at every attempt at the same piece of work
     * @param most longest time; the operator's bound holds, too
     */
    public McpResult call(
            String server, String tool, String organization, ObjectNode arguments, String key, Duration most)
            throws ToolException {
        return require(server, tool, organization).call(tool, arguments, key, most);
    }

    /**
     * Returns why a tool may not be called, as far as the configuration tells; null if nothing is known against it.
     *
     * @param tool {@code *} for any
     */
    public @Nullable String toolRefusal(String server, String tool, String organization) {
        return refusal(() -> tool.equals("*") ? require(server, organization) : require(server, tool, organization));
    }

    private McpServer require(String server, String tool, String organization) throws ToolException {
        McpServer found = require(server, organization);
        if (!found.mayCall(tool)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "the operator does not allow the tool '" + Text.shorten(tool, 80) + "' of '" + server
                            + "' (setting tools.mcp." + server + ".tools)");
        }
        return found;
    }

    private McpServer require(String server, String organization) throws ToolException {
        McpServer found = servers.get(server);
        ToolSettings.McpServer configured = settings.mcp().get(server);
        if (found == null || configured == null || !mayUse(configured.organizations(), organization)) {
            throw new ToolException(
                    Reason.NOT_ALLOWED,
                    "the operator has configured no MCP server '" + Text.shorten(server, 60) + "' (setting tools.mcp)"
                            + Text.didYouMean(server, List.copyOf(servers.keySet())));
        }
        return found;
    }

    // ---- commands

    /**
     * Runs a command and waits for its end.
     *
     * @param most longest time; the operator's bound holds, too
     * @param cancelled whether the result is wanted no more; then the command and all that it started are ended
     */
    public CommandResult run(
            String command,
            String organization,
            Map<String, String> arguments,
            Duration most,
            BooleanSupplier cancelled)
            throws ToolException {
        return commands.run(command, organization, arguments, most, cancelled);
    }

    /** Returns why a command may not be run with arguments of these names; null if nothing is known against it. */
    public @Nullable String commandRefusal(String command, String organization, Set<String> arguments) {
        return refusal(() -> {
            new CommandTemplate(command, commands.require(command, organization)).require(arguments);
            return true;
        });
    }

    /** Returns what is known of a command. */
    public ToolSettings.Command command(String command, String organization) throws ToolException {
        return commands.require(command, organization);
    }

    @FunctionalInterface
    private interface Check {
        Object pass() throws ToolException;
    }

    private static @Nullable String refusal(Check check) {
        try {
            check.pass();
            return null;
        } catch (ToolException refused) {
            return refused.getMessage();
        }
    }

    /** Ends the connections to MCP servers, and the programs among them. */
    @Override
    public void close() {
        servers.values().forEach(McpServer::close);
    }
}
