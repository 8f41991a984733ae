package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code plugin:sys}: facts about the server. The kind of machine tells nobody anything; names and directories help an
 * attacker and environment variables hold secrets, so those need the operator's word.
 */
final class SystemFunctions {
    private final Set<String> allowedEnvironment;
    private final boolean systemInformation;
    private final Map<String, String> environment;

    SystemFunctions(TemplateSettings settings, Map<String, String> environment) {
        this.allowedEnvironment = Set.copyOf(settings.allowedEnvironment());
        this.systemInformation = settings.systemInformation();
        this.environment = environment;
    }

    String call(String operation, String argument) {
        return switch (operation) {
            case "os" -> property("os.name").toLowerCase(Locale.ROOT);
            case "arch" -> property("os.arch");
            case "env" -> environment(argument.strip());
            case "hostname" -> {
                requireInformation(operation);
                yield hostName();
            }
            case "user" -> {
                requireInformation(operation);
                yield property("user.name");
            }
            case "home" -> {
                requireInformation(operation);
                yield property("user.home");
            }
            case "pwd" -> {
                requireInformation(operation);
                yield property("user.dir");
            }
            default -> throw new IllegalArgumentException("No function sys:" + operation);
        };
    }

    private String environment(String name) {
        if (!allowedEnvironment.contains(name)) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_ACCESS_DENIED,
                    "plugin:sys:env: the operator does not allow templates to read the environment variable '"
                            + Text.shorten(name, 60) + "' (setting patterns.templates.allowed_environment)");
        }
        return environment.getOrDefault(name, "");
    }

    private void requireInformation(String operation) {
        if (!systemInformation) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_ACCESS_DENIED,
                    "plugin:sys:" + operation + ": the operator does not allow templates to read facts about the server"
                            + " (setting patterns.templates.system_information)");
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "");
    }
}
