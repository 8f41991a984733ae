package dev.gantry.tools;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.gantry.config.ConfigCheck;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds what in the section {@code tools} cannot be used. */
record ToolSettingsCheck(ToolSettings settings, ConfigCheck.Complaints complaints) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /** Names that stand for something else where a workflow lists tools. */
    static final Set<String> RESERVED = Set.of("http", "pattern", "shell", "workflow");

    void check() {
        hosts("tools.http.allowed_hosts", settings.http().allowedHosts());
        hosts("tools.http.private_hosts", settings.http().privateHosts());
        settings.secrets().forEach((name, secret) -> {
            String place = "tools.secrets." + name;
            name(place, name);
            hosts(place + ".hosts", secret.hosts());
            if (secret.hosts().isEmpty()) {
                complaints.add(place + ".hosts", "names no host, so that the secret could never be used");
            }
        });
        settings.mcp().forEach(this::server);
        settings.commands().forEach(this::command);
    }

    private void server(String name, ToolSettings.McpServer server) {
        String place = "tools.mcp." + name;
        name(place, name);
        if (RESERVED.contains(name)) {
            complaints.add(place, "cannot have this name, which means something else in a list of tools");
        }
        if (server.url().isPresent() != server.command().isEmpty()) {
            complaints.add(place, "needs either 'url' or 'command'");
        }
        server.url().ifPresent(url -> {
            String scheme = String.valueOf(url.getScheme());
            if (!Set.of("http", "https").contains(scheme) || url.getHost() == null || url.getUserInfo() != null) {
                complaints.add(place + ".url", "must be an address with http:// or https://, and without a user name");
            }
        });
        if (server.tools().isEmpty()) {
            complaints.add(place + ".tools", "names no tool, so that the server could never be used; * allows all");
        }
        if (server.command().isEmpty()
                && (!server.environment().isEmpty()
                        || !server.secretEnvironment().isEmpty())) {
            complaints.add(place + ".environment", "belongs to a 'command'");
        }
        if (!server.command().isEmpty() && server.bearerToken().isPresent()) {
            complaints.add(place + ".bearer_token", "belongs to a 'url'");
        }
    }

    private void command(String name, ToolSettings.Command command) {
        String place = "tools.commands." + name;
        name(place, name);
        if (command.argv().isEmpty() || !command.argv().getFirst().startsWith("/")) {
            complaints.add(place + ".argv", "must begin with the absolute path of a program");
        }
        Set<String> used = new TreeSet<>();
        command.argv().forEach(item -> used.addAll(CommandTemplate.parameters(item)));
        if (!command.argv().isEmpty()
                && !CommandTemplate.parameters(command.argv().getFirst()).isEmpty()) {
            complaints.add(place + ".argv", "must not take the program itself from a parameter");
        }
        used.stream()
                .filter(parameter -> !command.parameters().containsKey(parameter))
                .forEach(parameter -> complaints.add(
                        place + ".argv", "uses the parameter {" + parameter + "}, which 'parameters' does not have"));
        command.parameters().forEach((parameter, expression) -> {
            if (!used.contains(parameter)) {
                complaints.add(place + ".parameters." + parameter, "is used nowhere in 'argv'");
            }
            try {
                Pattern.compile(expression);
            } catch (PatternSyntaxException malformed) {
                complaints.add(
                        place + ".parameters." + parameter,
                        "is no regular expression (RE2): " + malformed.getDescription());
            }
        });
    }

    private void name(String place, String name) {
        if (!NAME.matches(name)) {
            complaints.add(place, "must have a name of at most 64 letters, digits, '_', '.' and '-'");
        }
    }

    private void hosts(String place, List<String> hosts) {
        for (String host : hosts) {
            if (!HostNames.isUsable(host)) {
                complaints.add(
                        place, "'" + host + "' is no host: write api.example.com, *.example.com or localhost:8080");
            }
        }
    }
}
