package dev.gantry.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.registry.TestCase.Assertion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads {@code tests.yaml}:
 *
 * <pre>
 * tests:
 *   - name: names the vulnerability
 *     input: "..."
 *     variables: {language: de}
 *     assert:
 *       - contains: CVE-2021-44228
 *       - not_contains: I cannot
 *       - regex: "severity: (high|critical)"
 *       - json_schema: {type: object, required: [severity]}
 *       - similar: {text: "...", at_least: 0.8}
 *       - cost_usd_at_most: 0.01
 *       - latency_ms_at_most: 20000
 *       - judge: {rubric: "...", model: sonnet, at_least: 7}
 * </pre>
 */
final class TestCaseReader {
    /** Tests that one pattern may have. */
    static final int TESTS_MAX = 100;

    private static final int ASSERTIONS_MAX = 20;
    private static final int NAME_LENGTH_MAX = 120;
    private static final int BYTES_MAX = 1024 * 1024;
    private static final Set<String> KEYS = Set.of("name", "input", "variables", "assert");
    private static final Set<String> KINDS = Set.of(
            "contains",
            "not_contains",
            "regex",
            "json_schema",
            "similar",
            "cost_usd_at_most",
            "latency_ms_at_most",
            "judge");

    private TestCaseReader() {}

    /**
     * Reads the tests.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} with the place of what is wrong
     */
    static List<TestCase> read(String content) {
        JsonNode list = tree(content).path("tests");
        if (!list.isArray() || list.isEmpty() || list.size() > TESTS_MAX) {
            throw invalid("tests", "must be a list of 1 to " + TESTS_MAX + " tests");
        }
        List<TestCase> tests = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int index = 0; index < list.size(); index++) {
            TestCase test = test("tests[" + index + "]", index, list.get(index));
            if (!names.add(test.name())) {
                throw invalid("tests[" + index + "].name", "is there twice: '" + test.name() + "'");
            }
            tests.add(test);
        }
        return tests;
    }

    private static JsonNode tree(String content) {
        if (content.length() > BYTES_MAX || content.indexOf('\0') >= 0) {
            throw invalid("tests", "must not be longer than " + BYTES_MAX + " characters, nor hold U+0000");
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel("tests.yaml")
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(BYTES_MAX)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            Object loaded = new Load(settings).loadFromString(content);
            JsonNode tree = Json.mapper().valueToTree(loaded);
            if (tree instanceof ObjectNode object) {
                object.fieldNames().forEachRemaining(key -> {
                    if (!key.equals("tests")) {
                        throw invalid(key, "is not a known key; there is 'tests'");
                    }
                });
                return object;
            }
        } catch (YamlEngineException | IllegalArgumentException broken) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "tests.yaml cannot be read: " + Text.shorten(String.valueOf(broken.getMessage()), 300),
                    broken);
        }
        throw invalid("tests", "is missing");
    }

    private static TestCase test(String place, int index, JsonNode node) {
        if (!node.isObject()) {
            throw invalid(place, "must hold 'input' and 'assert'");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw invalid(
                        place, "has the unknown key '" + Text.shorten(key, 40) + "'" + Text.didYouMean(key, KEYS));
            }
        });
        String name = node.path("name").asText("test " + (index + 1)).strip();
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            throw invalid(place + ".name", "must have 1 to " + NAME_LENGTH_MAX + " characters");
        }
        Map<String, String> variables = new HashMap<>();
        for (Map.Entry<String, JsonNode> variable : node.path("variables").properties()) {
            if (!variable.getValue().isValueNode()) {
                throw invalid(place + ".variables." + Text.shorten(variable.getKey(), 40), "must be a plain value");
            }
            variables.put(variable.getKey(), variable.getValue().asText());
        }
        JsonNode list = node.path("assert");
        if (!list.isArray() || list.isEmpty() || list.size() > ASSERTIONS_MAX) {
            throw invalid(place + ".assert", "must be a list of 1 to " + ASSERTIONS_MAX + " assertions");
        }
        List<Assertion> assertions = new ArrayList<>();
        for (int at = 0; at < list.size(); at++) {
            assertions.add(assertion(place + ".assert[" + at + "]", list.get(at)));
        }
        return new TestCase(name, node.path("input").asText(""), variables, assertions);
    }

    private static Assertion assertion(String place, JsonNode node) {
        if (!node.isObject() || node.size() != 1) {
            throw invalid(
                    place,
                    "must have one key of "
                            + String.join(", ", KINDS.stream().sorted().toList()));
        }
        String kind = node.fieldNames().next();
        JsonNode value = node.path(kind);
        String where = place + "." + Text.shorten(kind, 40);
        return switch (kind) {
            case "contains" -> new Assertion.Contains(text(where, value));
            case "not_contains" -> new Assertion.NotContains(text(where, value));
            case "regex" -> new Assertion.Matches(expression(where, text(where, value)));
            case "json_schema" -> new Assertion.FollowsSchema(schema(where, object(where, value)));
            case "similar" ->
                new Assertion.Similar(
                        text(where + ".text", object(where, value).path("text")),
                        number(where + ".at_least", value.path("at_least"), 0.8, 0, 1));
            case "cost_usd_at_most" ->
                new Assertion.CostAtMost(BigDecimal.valueOf(number(where, value, -1, 0, 1_000))
                        .movePointRight(6)
                        .longValue());
            case "latency_ms_at_most" -> new Assertion.LatencyAtMost((long) number(where, value, -1, 1, 3_600_000));
            case "judge" ->
                new Assertion.Judged(
                        text(where + ".rubric", object(where, value).path("rubric")),
                        value.hasNonNull("model") ? text(where + ".model", value.path("model")) : null,
                        (int) number(where + ".at_least", value.path("at_least"), 7, 0, 10));
            default ->
                throw invalid(
                        place, "has the unknown key '" + Text.shorten(kind, 40) + "'" + Text.didYouMean(kind, KINDS));
        };
    }

    private static Pattern expression(String place, String written) {
        try {
            return Pattern.compile(written, Pattern.DOTALL);
        } catch (PatternSyntaxException broken) {
            throw invalid(place, "is not a regular expression: " + broken.getMessage());
        }
    }

    private static String text(String place, JsonNode value) {
        if (!value.isValueNode() || value.isNull() || value.asText().isEmpty()) {
            throw invalid(place, "must be a text");
        }
        return value.asText();
    }

    private static ObjectNode object(String place, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw invalid(place, "must be a mapping");
    }

    /** Refuses what would let a schema take long, or lead elsewhere. */
    private static ObjectNode schema(String place, ObjectNode schema) {
        for (String key : List.of("pattern", "patternProperties", "format", "$ref", "$dynamicRef", "$id")) {
            if (schema.findValue(key) != null) {
                throw invalid(place, "must not use '" + key + "'; use 'regex' for patterns");
            }
        }
        return schema;
    }

    private static double number(String place, JsonNode value, double absent, double min, double max) {
        if (value.isMissingNode() && absent >= 0) {
            return absent;
        }
        if (!value.isNumber() || value.asDouble() < min || value.asDouble() > max) {
            throw invalid(place, "must be a number from " + min + " to " + max);
        }
        return value.asDouble();
    }

    private static GantryException invalid(String place, String problem) {
        return new GantryException(ErrorCode.INVALID_REQUEST, "tests.yaml: '" + place + "' " + problem);
    }
}
