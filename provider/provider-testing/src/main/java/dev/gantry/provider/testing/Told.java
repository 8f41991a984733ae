package dev.gantry.provider.testing;

import dev.gantry.provider.testing.Scenario.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request, before it has the form of an interface.
 *
 * @param reasoning reasoning before the text; empty for none
 * @param pieces the text
 * @param calls calls of tools; their names are known
 * @param end why it ends
 * @param sequence the text that ended it; null when none did
 */
record Told(
        String id,
        Asked asked,
        Scenario scenario,
        String reasoning,
        List<String> pieces,
        List<Scenario.ToolCall> calls,
        End end,
        @Nullable String sequence) {

    /** Why an answer ends. */
    enum End {
        DONE,
        BOUND,
        SEQUENCE,
        TOOLS
    }

    static Told of(String id, Asked asked, Scenario scenario) {
        List<String> pieces = switch (scenario.answer()) {
            case Answer.Echo echo -> words(asked.lastUserText());
            case Answer.Text text -> text.pieces();
            case Answer.ToolCalls calls -> List.of();
            case Answer.Verbatim verbatim -> List.of();
            case Answer.Reasoned reasoned -> List.of(reasoned.text());
        };
        String reasoning = scenario.answer() instanceof Answer.Reasoned reasoned ? reasoned.reasoning() : "";
        if (scenario.answer() instanceof Answer.ToolCalls tools) {
            List<Scenario.ToolCall> calls = tools.calls().stream()
                    .map(call -> call.name() != null
                            ? call
                            : new Scenario.ToolCall(
                                    asked.firstTool() == null ? "unknown" : asked.firstTool(), call.arguments()))
                    .toList();
            return new Told(id, asked, scenario, reasoning, pieces, calls, End.TOOLS, null);
        }
        return bounded(id, asked, scenario, reasoning, pieces);
    }

    private static Told bounded(String id, Asked asked, Scenario scenario, String reasoning, List<String> pieces) {
        for (String sequence : asked.stop()) {
            int at = String.join("", pieces).indexOf(sequence);
            if (at >= 0) {
                String before = String.join("", pieces).substring(0, at);
                return new Told(id, asked, scenario, reasoning, words(before), List.of(), End.SEQUENCE, sequence);
            }
        }
        return pieces.size() > asked.outputTokensMax()
                ? new Told(
                        id,
                        asked,
                        scenario,
                        reasoning,
                        pieces.subList(0, asked.outputTokensMax()),
                        List.of(),
                        End.BOUND,
                        null)
                : new Told(id, asked, scenario, reasoning, pieces, List.of(), End.DONE, null);
    }

    /** Splits a text behind its spaces. */
    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : new ArrayList<>(Arrays.asList(text.split("(?<= )")));
    }

    String text() {
        return String.join("", pieces);
    }

    int outputTokens() {
        return Math.max(1, pieces.size() + calls.size() * 5) + scenario.reasoningTokens();
    }
}
