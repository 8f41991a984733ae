package dev.gantry.gateway;

import dev.gantry.guard.Action;
import dev.gantry.guard.GuardFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * What the guard found in a request and its answer: kinds and counts, never values, so that it may go anywhere.
 *
 * @param prompt what was found in what goes to the model
 * @param answer what was found in what came back, so far
 */
public record GuardReport(List<GuardFinding> prompt, List<GuardFinding> answer) {
    /** The header that tells callers what the guard found. */
    public static final String HEADER = "X-Gantry-Guard";

    /** Nothing was found. */
    public static final GuardReport NONE = new GuardReport(List.of(), List.of());

    /** Copies the lists. */
    public GuardReport {
        prompt = List.copyOf(prompt);
        answer = List.copyOf(answer);
    }

    /** Returns the same with more that was found in the answer. */
    GuardReport with(List<GuardFinding> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<GuardFinding> all = new ArrayList<>(answer);
        more.forEach(finding -> add(finding, all));
        return new GuardReport(prompt, all);
    }

    private static void add(GuardFinding finding, List<GuardFinding> all) {
        for (int index = 0; index < all.size(); index++) {
            GuardFinding known = all.get(index);
            if (known.kind().equals(finding.kind()) && known.action() == finding.action()) {
                all.set(index, new GuardFinding(known.kind(), known.action(), known.count() + finding.count()));
                return;
            }
        }
        all.add(finding);
    }

    /** Returns whether nothing was found. */
    public boolean isEmpty() {
        return prompt.isEmpty() && answer.isEmpty();
    }

    /** Returns the value of the header {@code X-Gantry-Guard}: a list in the form of RFC 9651. */
    public String header() {
        StringJoiner items = new StringJoiner(", ");
        add(prompt, "prompt", items);
        add(answer, "answer", items);
        return items.toString();
    }

    private static void add(List<GuardFinding> findings, String direction, StringJoiner items) {
        for (GuardFinding finding : findings) {
            items.add(finding.kind() + ";in=" + direction + ";action=" + id(finding) + ";count=" + finding.count());
        }
    }

    /** Returns a line for each kind, for people. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        prompt.forEach(finding -> lines.add(line(finding, "the prompt")));
        answer.forEach(finding -> lines.add(line(finding, "the answer")));
        return lines;
    }

    private static String line(GuardFinding finding, String where) {
        String done = switch (finding.action()) {
            case REDACT -> "was replaced by a placeholder";
            case BLOCK -> "is not let through";
            case WARN, OFF -> "was found";
        };
        return "Guard: " + finding.kind() + " in " + where + " " + done
                + (finding.count() == 1 ? "" : " (" + finding.count() + " times)");
    }

    /** Returns findings as the audit log has them, such as {@code email:redact:2, ssn:warn:1}. */
    static String compact(List<GuardFinding> findings) {
        StringJoiner items = new StringJoiner(", ");
        for (GuardFinding finding : findings) {
            items.add(finding.kind() + ":" + id(finding) + ":" + finding.count());
        }
        return items.toString();
    }

    /** Returns the name of what was done, as metrics and headers have it. */
    static String id(GuardFinding finding) {
        return id(finding.action());
    }

    private static String id(Action action) {
        return switch (action) {
            case OFF -> "off";
            case WARN -> "warn";
            case REDACT -> "redact";
            case BLOCK -> "block";
        };
    }
}
