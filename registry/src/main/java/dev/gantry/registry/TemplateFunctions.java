package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The functions that a template may call as {@code {{plugin:namespace:operation:argument}}}. Arguments and results are
 * text. Thread-safe.
 */
final class TemplateFunctions {
    private static final Map<String, Set<String>> OPERATIONS = Map.of(
            "text", Set.of("upper", "lower", "title", "trim"),
            "datetime", DateTimeFunctions.OPERATIONS,
            "file", Set.of("read", "tail", "exists", "size", "modified"),
            "fetch", Set.of("get"),
            "sys", Set.of("hostname", "user", "os", "arch", "env", "pwd", "home"));

    private final DateTimeFunctions dateTimes;
    private final FileFunctions files;
    private final SystemFunctions system;
    private final GuardedFetch fetch;

    TemplateFunctions(TemplateSettings settings, Clock clock) {
        this(settings, clock, new GuardedFetch(settings));
    }

    TemplateFunctions(TemplateSettings settings, Clock clock, GuardedFetch fetch) {
        this.dateTimes = new DateTimeFunctions(clock);
        this.files = new FileFunctions(settings);
        this.system = new SystemFunctions(settings, System.getenv());
        this.fetch = fetch;
    }

    /** Returns whether there is such a function. */
    static boolean exists(String namespace, String operation) {
        return OPERATIONS.getOrDefault(namespace, Set.of()).contains(operation);
    }

    /**
     * Calls a function that {@link #exists}.
     *
     * @throws GantryException {@link ErrorCode#TEMPLATE_ACCESS_DENIED} if the operator does not allow it,
     *     {@link ErrorCode#INVALID_VARIABLE} if the argument is not one it takes, {@link ErrorCode#TEMPLATE_FAILED} if it
     *     cannot be done
     */
    String call(String namespace, String operation, String argument) {
        return switch (namespace) {
            case "text" -> text(operation, argument);
            case "datetime" -> dateTimes.call(operation, argument);
            case "file" -> files.call(operation, argument);
            case "sys" -> system.call(operation, argument);
            case "fetch" -> fetch.get(argument);
            default -> throw new IllegalArgumentException("No functions " + namespace);
        };
    }

    private static String text(String operation, String argument) {
        return switch (operation) {
            case "upper" -> argument.toUpperCase(Locale.ROOT);
            case "lower" -> argument.toLowerCase(Locale.ROOT);
            case "trim" -> argument.strip();
            case "title" -> titleCase(argument);
            default -> throw new IllegalArgumentException("No function text:" + operation);
        };
    }

    /** Puts the first letter of each word into title case and leaves the others as they are. */
    private static String titleCase(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean wordBegins = true;
        for (int index = 0; index < text.length(); ) {
            int codePoint = text.codePointAt(index);
            title.appendCodePoint(wordBegins ? Character.toTitleCase(codePoint) : codePoint);
            wordBegins = Character.isWhitespace(codePoint);
            index += Character.charCount(codePoint);
        }
        return title.toString();
    }

    /** The error of a function whose argument makes no sense. */
    static GantryException badArgument(String function, String problem) {
        return new GantryException(ErrorCode.INVALID_VARIABLE, function + ": " + problem);
    }
}
