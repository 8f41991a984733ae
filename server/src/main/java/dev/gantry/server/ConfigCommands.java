package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.ConfigLoader;
import dev.gantry.config.Configuration;
import dev.gantry.config.Explanation;
import dev.gantry.config.Problem;
import dev.gantry.kernel.Json;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code config check} and {@code config explain}: what {@code serve} would say, without serving. */
final class ConfigCommands {
    private ConfigCommands() {}

    static int check(Options options, PrintStream out) {
        List<Problem> problems = ConfigLoader.check(
                options.configDirectory(), options.configOptional(), System.getenv(), ConfigSections.schema());
        if (options.json()) {
            ObjectNode result = Json.object().put("valid", problems.isEmpty());
            ArrayNode list = result.putArray("problems");
            problems.forEach(problem -> list.add(problem.toString()));
            out.println(result);
        } else if (problems.isEmpty()) {
            out.println("The configuration is valid.");
        } else {
            problems.forEach(out::println);
        }
        return problems.isEmpty() ? 0 : 1;
    }

    static int explain(Options options, PrintStream out) {
        Configuration configuration = ConfigLoader.load(
                options.configDirectory(), options.configOptional(), System.getenv(), ConfigSections.schema());
        configuration.secrets().close();
        List<Explanation> explanations =
                options.key() == null ? configuration.settings() : configuration.explain(options.key());
        if (options.json()) {
            ArrayNode list = Json.mapper().createArrayNode();
            explanations.forEach(explanation -> list.add(json(explanation)));
            out.println(list);
        } else if (options.key() == null) {
            explanations.forEach(explanation -> out.println(explanation.key() + " = " + effective(explanation)));
        } else {
            explanations.forEach(explanation -> out.println(full(explanation)));
        }
        return 0;
    }

    private static ObjectNode json(Explanation explanation) {
        return Json.object()
                .put("key", explanation.key())
                .put("meaning", explanation.meaning())
                .put("type", explanation.type())
                .put("unit", explanation.unit())
                .put("default", explanation.defaultValue())
                .put("environment", explanation.environment())
                .put("value", explanation.value())
                .put("source", explanation.source());
    }

    private static String effective(Explanation explanation) {
        return (explanation.value() == null ? "" : explanation.value() + "  ") + "(" + explanation.source() + ")";
    }

    private static String full(Explanation explanation) {
        StringBuilder text = new StringBuilder(explanation.key()).append('\n');
        line(text, "meaning", explanation.meaning());
        line(text, "type", explanation.type());
        line(text, "unit", explanation.unit());
        line(text, "default", explanation.defaultValue());
        line(text, "environment", explanation.environment());
        line(text, "value", explanation.value());
        line(text, "from", explanation.source());
        return text.toString();
    }

    private static void line(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append("  ").append(name).append(": ").append(value).append('\n');
        }
    }
}
