package dev.gantry.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The texts of one answer that are still coming. Used by one thread at a time. */
final class AnswerTexts {
    private final Supplier<TextFlow> flows;
    private final List<Open> open = new ArrayList<>(2);

    private record Open(int group, long name, AnswerText text) {}

    /** {@code flows} begins the inspection of a further text. */
    AnswerTexts(Supplier<TextFlow> flows) {
        this.flows = flows;
    }

    /**
     * Returns the text of a name, which begins now unless it is open. When a text begins, the others of its group end: a choice
     * or a block says one thing after the other.
     */
    AnswerText of(int group, long name, boolean json) {
        for (int index = 0; index < open.size(); index++) {
            Open known = open.get(index);
            if (known.name() == name && known.group() == group) {
                return known.text();
            }
        }
        end(group);
        AnswerText text = new AnswerText(flows.get(), json);
        open.add(new Open(group, name, text));
        return text;
    }

    /** Ends the texts of a group. */
    void end(int group) {
        for (int index = open.size() - 1; index >= 0; index--) {
            if (open.get(index).group() == group) {
                open.remove(index).text().end();
            }
        }
    }

    /** Ends the texts of the groups that an event ends. */
    void end(EventTexts event) {
        for (int index = open.size() - 1; index >= 0; index--) {
            if (event.ends(open.get(index).group())) {
                open.remove(index).text().end();
            }
        }
    }

    /** Ends every text. */
    void endAll() {
        while (!open.isEmpty()) {
            open.removeLast().text().end();
        }
    }
}
