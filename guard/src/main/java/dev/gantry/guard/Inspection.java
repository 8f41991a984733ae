package dev.gantry.guard;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the texts of one request, or of its answer, by the rules of a team. One placeholder stands for one value
 * throughout. A defect while looking refuses the text; nothing passes that was not looked at. Not thread-safe.
 */
public final class Inspection {
    private final Rules rules;
    private final Rules answerRules;
    private final Placeholders placeholders;
    private final int[] counts;

    /** Made with the first text that is looked at: where all rules are off, that is never. */
    private @Nullable Sieve sieve;

    private final boolean isReversible;

    Inspection(Rules rules, Rules answerRules, Placeholders placeholders) {
        this(rules, answerRules, placeholders, rules.isReversible());
    }

    private Inspection(Rules rules, Rules answerRules, Placeholders placeholders, boolean isReversible) {
        this.rules = rules;
        this.isReversible = isReversible;
        this.answerRules = answerRules;
        this.placeholders = placeholders;
        this.counts = new int[rules.kinds().size()];
    }

    /**
     * Returns the inspection of the answer to what this one looked at: by the rules for answers, with the same
     * placeholders, which {@link #restore} and {@link StreamInspection} turn back into values where the rules say so.
     */
    public Inspection answer() {
        placeholders.closeOriginals();
        return new Inspection(answerRules, answerRules, placeholders);
    }

    /**
     * Returns the inspection of an answer that is to be kept for others than the caller: by the rules for answers, and
     * placeholders stay placeholders.
     */
    public Inspection kept() {
        placeholders.closeOriginals();
        return new Inspection(answerRules, answerRules, placeholders, false);
    }

    /** Returns whether texts pass without being looked at. */
    public boolean isOff() {
        return rules.isOff();
    }

    /**
     * Looks at one whole text, such as one string of a message. What surrounds the bytes from {@code from} to {@code to}
     * in the array is not looked at.
     *
     * @param utf8 well-formed UTF-8
     * @return the text that is to take its place; null when it stays as it is
     * @throws GantryException {@code CONTENT_BLOCKED} if it must not pass; names kinds, never values
     */
    public byte @Nullable [] inspect(byte[] utf8, int from, int to) {
        if (rules.isOff() || from >= to) {
            return null;
        }
        try {
            return sieve().whole(utf8, from, to);
        } catch (GantryException refusal) {
            throw refusal;
        } catch (RuntimeException | StackOverflowError defect) {
            throw failed(defect);
        }
    }

    /**
     * Looks at one whole text and tells what must be replaced in it, placeholders of the prompt in an answer included where
     * the rules say that values come back.
     *
     * @param utf8 well-formed UTF-8
     * @param contextFrom where what belongs to the text begins, such as the name of its field; at most {@code from}. It is
     *     looked at for words that say what the text is, and never replaced.
     * @throws GantryException {@code CONTENT_BLOCKED} if it must not pass; names kinds, never values
     */
    public void inspect(byte[] utf8, int contextFrom, int from, int to, Replacements out) {
        boolean isRestoring = isRestoring();
        if ((rules.isOff() && !isRestoring) || from >= to) {
            return;
        }
        try {
            sieve().replace(utf8, contextFrom, from, to, isRestoring, out);
        } catch (GantryException refusal) {
            throw refusal;
        } catch (RuntimeException | StackOverflowError defect) {
            throw failed(defect);
        }
    }

    /** Returns whether it makes a difference to the rules where texts come from; see {@link #document}. */
    public boolean weighsDocuments() {
        return !rules.injection().isOff();
    }

    /**
     * Says where the texts come from that are looked at from now on.
     *
     * @param isDocument whether from others than the caller, such as results of tools, in which instructions have no place
     */
    public void document(boolean isDocument) {
        sieve().document(isDocument);
    }

    /** Returns whether texts pass without being looked at, placeholders in them included. */
    public boolean passesAll() {
        return rules.isOff() && !isRestoring();
    }

    /** Whether placeholders of the prompt turn back into their values. */
    boolean isRestoring() {
        return isReversible && rules.direction() == Direction.ANSWER && !placeholders.isEmpty();
    }

    /**
     * Keeps placeholders that stand in a text already, such as those of an earlier turn, from being given to other values. To
     * be called before anything is inspected.
     *
     * @return whether there are any
     */
    public boolean reserve(byte[] utf8, int from, int to) {
        return placeholders.reserve(utf8, from, to);
    }

    /** Looks at one whole text; see {@link #inspect(byte[], int, int)}. */
    public @Nullable String inspect(String text) {
        byte[] utf8 = Bytes.utf8(text);
        byte[] replaced = inspect(utf8, 0, utf8.length);
        return replaced == null ? null : Bytes.text(replaced, 0, replaced.length);
    }

    /** Opens the inspection of a text that comes in parts. Any number of them may be open for one answer. */
    public StreamInspection stream() {
        return new StreamInspection(this, isReversible ? new Restoration(placeholders) : null);
    }

    /**
     * Puts values back where a text has their placeholders, if the rules say so. To be called after {@link #inspect} on
     * what it returned, since the values are what would be found.
     *
     * @return the text that is to take its place; null when it stays as it is
     */
    public byte @Nullable [] restore(byte[] utf8, int from, int to) {
        return isReversible ? new Restoration(placeholders).whole(utf8, from, to) : null;
    }

    /** Puts values back where a text has their placeholders; see {@link #restore(byte[], int, int)}. */
    public @Nullable String restore(String text) {
        if (!isReversible || placeholders.isEmpty()) {
            return null;
        }
        byte[] utf8 = Bytes.utf8(text);
        byte[] restored = restore(utf8, 0, utf8.length);
        return restored == null ? null : Bytes.text(restored, 0, restored.length);
    }

    /** Returns what was found so far, that which was refused included; empty when nothing was. */
    public List<GuardFinding> findings() {
        if (sieve == null) {
            return List.of();
        }
        List<GuardFinding> out = new ArrayList<>();
        for (Kind kind : rules.kinds()) {
            if (counts[kind.index()] > 0) {
                out.add(new GuardFinding(kind.id(), sieve().action(kind), counts[kind.index()]));
            }
        }
        return List.copyOf(out);
    }

    Sieve sieve() {
        Sieve current = sieve;
        if (current == null) {
            current = new Sieve(rules, placeholders, counts);
            sieve = current;
        }
        return current;
    }

    Rules rules() {
        return rules;
    }

    static GantryException blocked(Direction direction, List<Kind> kinds) {
        StringJoiner names = new StringJoiner(", ");
        kinds.forEach(kind -> names.add(kind.id()));
        boolean isPrompt = direction == Direction.PROMPT;
        return new GantryException(
                ErrorCode.CONTENT_BLOCKED,
                isPrompt
                        ? "The prompt holds what the operator's rules do not let through: " + names
                                + ". Take it out and send the request again."
                        : "The answer held what the operator's rules do not let through: " + names + ".");
    }

    static GantryException failed(Throwable defect) {
        return new GantryException(
                ErrorCode.INTERNAL, "The text could not be inspected, so it was not let through.", defect);
    }
}
