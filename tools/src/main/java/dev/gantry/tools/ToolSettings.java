package dev.gantry.tools;

import dev.gantry.config.ConfigCheck;
import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Section {@code tools}. */
public record ToolSettings(
        @Setting("Addresses that steps and agents may call") Http http,

        @Setting("Secrets that calls may carry, by the name that workflows use")
        Map<String, SecretUse> secrets,

        @Setting("MCP servers whose tools steps and agents may call, by the name that workflows use")
        Map<String, McpServer> mcp,

        @Setting(
                "Commands that steps and agents may run on this machine, by the name that workflows use; none means: no command"
                        + " is ever run")
        Map<String, Command> commands,

        @Setting(
                value = "Most commands that run at a time; others wait for their turn.",
                defaultValue = "4",
                min = 1,
                max = 1_000)
        int commandsMax) {
    /** Copies the maps. */
    public ToolSettings {
        secrets = Map.copyOf(secrets);
        mcp = Map.copyOf(mcp);
        commands = Map.copyOf(commands);
    }

    /** Section {@code tools.http}. */
    public record Http(
            @Setting(
                    "Hosts that may be called: a name, *.name for all below it, either with a port (80 and 443 are meant where"
                            + " there is none). Empty means: no address is ever called.")
            List<String> allowedHosts,

            @Setting(
                    "Those of the allowed hosts that may be in a private network or this machine itself, written in the same"
                            + " way; all others must have public addresses")
            List<String> privateHosts,

            @Setting(
                    value = "Longest time of a call, redirects included.",
                    defaultValue = "60s",
                    min = 100,
                    max = 3_600_000)
            Duration timeout,

            @Setting(
                    value = "Largest body of an answer.",
                    defaultValue = "4Mi",
                    unit = "bytes",
                    min = 1_024,
                    max = 67_108_864)
            DataSize answerSizeMax,

            @Setting(
                    value = "Most redirects that are followed, each to an allowed host only.",
                    defaultValue = "3",
                    max = 10)
            int redirectsMax) {
        /** Copies the lists. */
        public Http {
            allowedHosts = List.copyOf(allowedHosts);
            privateHosts = List.copyOf(privateHosts);
        }
    }

    /** An entry of {@code tools.secrets}. */
    public record SecretUse(
            @Setting("The secret itself") Secret value,

            @Setting("Put before the secret in a header, such as 'Bearer '.")
            Optional<String> prefix,

            @Setting(
                    "Hosts that it may be sent to, written like allowed hosts; over https only, unless they are private ones")
            List<String> hosts,

            @Setting("Organizations that may use it; empty for all")
            List<String> organizations) {
        /** Copies the lists. */
        public SecretUse {
            hosts = List.copyOf(hosts);
            organizations = List.copyOf(organizations);
        }
    }

    /** An entry of {@code tools.mcp}. */
    public record McpServer(
            @Setting("Address of a server that speaks streamable HTTP")
            Optional<URI> url,

            @Setting(
                    "Program and arguments of a server that speaks over standard input and output; no shell is involved")
            List<String> command,

            @Setting("Sent to a server with an address as its bearer token")
            Optional<Secret> bearerToken,

            @Setting("Environment variables of a command beside PATH; it gets no others")
            Map<String, String> environment,

            @Setting("Environment variables of a command that are secrets")
            Map<String, Secret> secretEnvironment,

            @Setting("Tools that may be called, by name; * for all that the server has")
            List<String> tools,

            @Setting("Organizations that may use it; empty for all")
            List<String> organizations,

            @Setting(value = "Longest time of one call.", defaultValue = "60s", min = 100, max = 3_600_000)
            Duration timeout,

            @Setting(
                    value = "Largest answer to one call, and longest list of tools.",
                    defaultValue = "4Mi",
                    unit = "bytes",
                    min = 1_024,
                    max = 67_108_864)
            DataSize answerSizeMax) {
        /** Copies lists and maps. */
        public McpServer {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            secretEnvironment = Map.copyOf(secretEnvironment);
            tools = List.copyOf(tools);
            organizations = List.copyOf(organizations);
        }
    }

    /** An entry of {@code tools.commands}. */
    public record Command(
            @Setting("Program, by its path, and arguments; {name} stands for a parameter. No shell is involved.")
            List<String> argv,

            @Setting("Parameters by name, each with the regular expression (RE2) that the whole value must match")
            Map<String, String> parameters,

            @Setting("Environment variables; the command gets no others")
            Map<String, String> environment,

            @Setting("Environment variables that are secrets")
            Map<String, Secret> secretEnvironment,

            @Setting(value = "Longest time that it may run.", defaultValue = "60s", min = 100, max = 86_400_000)
            Duration timeout,

            @Setting(
                    value = "Most bytes of standard output, and of standard error; more fails the step.",
                    defaultValue = "1Mi",
                    unit = "bytes",
                    min = 64,
                    max = 67_108_864)
            DataSize outputSizeMax,

            @Setting(value = "Exit codes that are no failure.", defaultValue = "[0]", min = 0, max = 255)
            List<Integer> exitCodes,

            @Setting("Organizations that may run it; empty for all")
            List<String> organizations,

            @Setting("What it does, for agents that may call it.")
            Optional<String> description) {
        /** Copies lists and maps. */
        public Command {
            argv = List.copyOf(argv);
            parameters = Map.copyOf(parameters);
            environment = Map.copyOf(environment);
            secretEnvironment = Map.copyOf(secretEnvironment);
            exitCodes = List.copyOf(exitCodes);
            organizations = List.copyOf(organizations);
        }
    }

    /** Says what cannot be used, at the start and by {@code config check}. */
    public void complain(ConfigCheck.Complaints complaints) {
        new ToolSettingsCheck(this, complaints).check();
    }
}
