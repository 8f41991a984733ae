package dev.gantry.guard;

import dev.gantry.guard.InputSanitizingSettings.Treatment;
import java.util.List;

/**
 * What holds for one team in one direction, ready to be used. Immutable.
 *
 * @param kinds all kinds by their index, own patterns among them
 * @param actions what is done, by the index of the kind
 * @param least the least confidence in percent
 * @param isDetecting whether anything is looked for at all
 * @param own the operator's patterns
 * @param allowed what is never taken for personal data
 * @param isReversible whether placeholders turn back into values in answers
 * @param injection what is done about attempts to turn a model against its instructions
 * @param invisible what is done about characters that nobody sees
 */
record Rules(
        List<Kind> kinds,
        List<Action> actions,
        int least,
        boolean isDetecting,
        OwnPatterns own,
        AllowedValues allowed,
        boolean isReversible,
        Invisible invisible,
        Injection injection,
        Direction direction) {
    Rules {
        kinds = List.copyOf(kinds);
        actions = List.copyOf(actions);
    }

    /**
     * What is done about attempts to turn a model against its instructions.
     *
     * @param action in what people write
     * @param documents in results of tools
     * @param least the least score in percent
     */
    record Injection(Action action, Action documents, int least) {
        static final Injection OFF = new Injection(Action.OFF, Action.OFF, 100);

        boolean isOff() {
            return action == Action.OFF && documents == Action.OFF;
        }
    }

    /** What is done about characters that nobody sees. */
    record Invisible(Treatment control, Treatment bidi, Treatment zeroWidth) {
        static final Invisible OFF = new Invisible(Treatment.OFF, Treatment.OFF, Treatment.OFF);

        boolean isOff() {
            return control == Treatment.OFF && bidi == Treatment.OFF && zeroWidth == Treatment.OFF;
        }
    }

    /** Whether text passes without being looked at. */
    boolean isOff() {
        return !isDetecting && invisible.isOff();
    }

    /** Returns what is done about a kind; for invisible characters what comes nearest to it. */
    Action action(Kind kind) {
        return isInvisible(kind)
                ? switch (treatment(kind)) {
                    case OFF -> Action.OFF;
                    case WARN -> Action.WARN;
                    case STRIP -> Action.REDACT;
                    case BLOCK -> Action.BLOCK;
                }
                : actions.get(kind.index());
    }

    /** Returns what is done about a kind of invisible characters. */
    Treatment treatment(Kind kind) {
        return kind.index() == Kinds.CONTROL_CHARACTERS.index()
                ? invisible.control()
                : kind.index() == Kinds.BIDI_OVERRIDES.index() ? invisible.bidi() : invisible.zeroWidth();
    }

    private static boolean isInvisible(Kind kind) {
        return kind.index() == Kinds.CONTROL_CHARACTERS.index()
                || kind.index() == Kinds.BIDI_OVERRIDES.index()
                || kind.index() == Kinds.ZERO_WIDTH.index();
    }
}
