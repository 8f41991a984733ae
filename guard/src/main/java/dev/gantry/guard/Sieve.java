package dev.gantry.guard;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at a text, or at as much of it as has come, and writes what may pass. Not thread-safe. */
final class Sieve {
    /** By how much more a sign of injection weighs in texts of others, in percent. */
    private static final int DOCUMENT_MORE = 25;

    /** What is fainter is as ordinary in documents as elsewhere, and blocked by default it would be a nuisance. */
    private static final int DOCUMENT_FROM = 45;

    private final Rules rules;
    private final Placeholders placeholders;
    private final int[] counts;
    private final Passage passage = new Passage();
    private final Candidates found = new Candidates();
    private final Sanitizer sanitizer;
    private @Nullable Folding folding;
    private boolean isFolded;
    private boolean isDocument;
    private Action severest = Action.OFF;

    Sieve(Rules rules, Placeholders placeholders, int[] counts) {
        this.rules = rules;
        this.placeholders = placeholders;
        this.counts = counts;
        this.sanitizer = new Sanitizer(rules, counts);
    }

    /** Returns what takes the place of a whole text; null when it stays. */
    byte @Nullable [] whole(byte[] utf8, int from, int to) {
        byte[] clean = rules.invisible().isOff() ? null : sanitizer.clean(utf8, from, to);
        byte[] text = clean == null ? utf8 : clean;
        int begin = clean == null ? from : 0;
        int end = clean == null ? to : clean.length;
        byte[] redacted = detected(text, begin, end);
        return redacted == null ? clean : redacted;
    }

    private byte @Nullable [] detected(byte[] text, int begin, int end) {
        if (!rules.isDetecting()) {
            return null;
        }
        look(text, begin, begin, end, true);
        if (!act(end)) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - begin + 64);
        write(text, begin, end, out);
        return out.toByteArray();
    }

    /** Tells what must be replaced in a whole text; what stands before {@code from} is only looked at. */
    void replace(byte[] utf8, int contextFrom, int from, int to, boolean isRestoring, Replacements out) {
        byte[] clean = rules.invisible().isOff() ? null : sanitizer.clean(utf8, from, to);
        if (clean == null) {
            tellWhole(utf8, contextFrom, from, to, isRestoring, out);
            return;
        }
        int context = from - contextFrom;
        byte[] text = Arrays.copyOfRange(utf8, contextFrom, contextFrom + context + clean.length);
        System.arraycopy(clean, 0, text, context, clean.length);
        Rewriting rewriting = new Rewriting(text, context);
        tellWhole(text, 0, context, text.length, isRestoring, rewriting);
        out.replace(from, to, rewriting.end());
    }

    private void tellWhole(byte[] utf8, int contextFrom, int from, int to, boolean isRestoring, Replacements out) {
        if (rules.isDetecting()) {
            look(utf8, contextFrom, from, to, true);
            for (int index = 0; index < found.count() && start(index) < from; index++) {
                if (end(index) <= from) {
                    found.drop(index);
                }
            }
            act(to);
        } else {
            lookAtNothing();
        }
        if (isRestoring) {
            tellAndRestore(utf8, from, to, 0, out);
        } else {
            tell(utf8, from, to, 0, out);
        }
    }

    /** Makes the replacements in a text of its own, from an offset on. */
    private static final class Rewriting implements Replacements {
        private final byte[] text;
        private final ByteArrayOutputStream out;
        private int position;

        Rewriting(byte[] text, int from) {
            this.text = text;
            this.out = new ByteArrayOutputStream(text.length - from + 64);
            this.position = from;
        }

        @Override
        public void replace(long from, long to, byte[] with) {
            out.write(text, position, (int) from - position);
            out.writeBytes(with);
            position = (int) to;
        }

        byte[] end() {
            out.write(text, position, text.length - position);
            return out.toByteArray();
        }
    }

    /** Tells what must be replaced before {@code to}, in offsets that are {@code shift} more than those in the array. */
    void tell(byte[] utf8, int from, int to, long shift, Replacements out) {
        for (int index = 0; index < found.count() && start(index) < to; index++) {
            if (!found.isDropped(index)) {
                tell(index, utf8, from, shift, out);
            }
        }
    }

    private void tell(int index, byte[] utf8, int from, long shift, Replacements out) {
        int start = Math.max(from, start(index));
        int end = end(index);
        out.replace(
                start + shift, end + shift, placeholders.of(rules.kinds().get(found.kind(index)), utf8, start, end));
    }

    /** Tells the same, together with the placeholders in the text whose values come back. */
    void tellAndRestore(byte[] utf8, int from, int to, long shift, Replacements out) {
        int index = 0;
        for (int position = from; position < to; position++) {
            if (utf8[position] != '[') {
                continue;
            }
            int end = Placeholders.labelEnd(utf8, position + 1, to) + 1;
            byte[] original = end <= to && utf8[end - 1] == ']' ? placeholders.original(utf8, position, end) : null;
            if (original == null) {
                continue;
            }
            for (; index < found.count() && start(index) < end; index++) {
                if (!found.isDropped(index) && end(index) <= position) {
                    tell(index, utf8, from, shift, out);
                }
            }
            out.replace(position + shift, end + shift, original);
            position = end - 1;
        }
        for (; index < found.count() && start(index) < to; index++) {
            if (!found.isDropped(index)) {
                tell(index, utf8, from, shift, out);
            }
        }
    }

    /** Finds nothing. */
    void lookAtNothing() {
        found.clear(0);
    }

    /** Returns where a placeholder begins that may not have come as a whole; {@code to} when there is none. */
    int openPlaceholder(byte[] utf8, int from, int to, int end) {
        for (int position = Math.max(from, end - Placeholders.LENGTH_MAX); position < to; position++) {
            if (utf8[position] == '[' && Placeholders.labelEnd(utf8, position + 1, end) == end) {
                return position;
            }
        }
        return to;
    }

    /** Returns a place at or before one in which nothing that was found is cut. */
    int uncut(int place) {
        int uncut = place;
        for (int index = found.count() - 1; index >= 0; index--) {
            if (end(index) > uncut && start(index) < uncut) {
                uncut = start(index);
            }
        }
        return uncut;
    }

    /**
     * Finds what begins at {@code start} or later in a text from {@code from} to {@code to}.
     *
     * @return up to where nothing that may follow can change anything, in the given array
     */
    int look(byte[] utf8, int from, int start, int to, boolean isComplete) {
        isFolded = Folding.isNeeded(utf8, from, to);
        found.clear(rules.least());
        int begin = start;
        if (isFolded) {
            if (folding == null) {
                folding = new Folding();
            }
            folding.fold(utf8, from, to);
            passage.set(folding.bytes(), 0, folding.length(), isComplete);
            begin = folding.positionOf(start);
        } else {
            passage.set(utf8, from, to, isComplete);
        }
        int held = Detectors.builtIn().scan(passage, begin, found);
        held = Math.min(held, rules.own().find(passage, begin, found));
        if (isComplete) {
            found.resolve();
            return to;
        }
        held = found.undivided(held);
        found.resolve();
        if (isFolded) {
            held = held >= folding().length() ? to : folding().origin(held);
        }
        while (held > start && held < to && (utf8[held] & 0xC0) == 0x80) {
            held--; // Never within a character.
        }
        return held;
    }

    /**
     * Counts what was found before {@code end}, refuses what must not pass, and forgets what is of no consequence.
     *
     * @return whether anything is to be replaced
     */
    boolean act(int end) {
        Action onInjection = onInjection();
        List<Kind> blocked = new ArrayList<>(0);
        boolean isReplacing = false;
        for (int index = 0; index < found.count() && start(index) < end; index++) {
            if (found.isDropped(index)) {
                continue;
            }
            if (found.kind(index) == Kinds.HARMLESS.index()) {
                found.drop(index);
                continue;
            }
            Kind kind = rules.kinds().get(found.kind(index));
            boolean isInjection = kind.index() == Kinds.PROMPT_INJECTION.index();
            Action action = isAllowed(index) ? Action.OFF : isInjection ? onInjection : rules.action(kind);
            switch (action) {
                case OFF -> found.drop(index);
                case WARN -> {
                    counts[kind.index()]++;
                    found.drop(index);
                }
                case REDACT -> {
                    counts[kind.index()]++;
                    isReplacing = true;
                }
                case BLOCK -> {
                    counts[kind.index()]++;
                    if (!blocked.contains(kind)) {
                        blocked.add(kind);
                    }
                }
            }
        }
        if (!blocked.isEmpty()) {
            throw Inspection.blocked(rules.direction(), blocked);
        }
        return isReplacing;
    }

    /** Returns what is done about a kind; of prompt injection the severest that was done. */
    Action action(Kind kind) {
        return kind.equals(Kinds.PROMPT_INJECTION) ? severest : rules.action(kind);
    }

    /** Says whether the texts that come are of others than the caller, such as results of tools. */
    void document(boolean isDocument) {
        this.isDocument = isDocument;
    }

    /**
     * Returns what is done about attempts to turn the model against its instructions in the text that was looked at: their
     * scores are added up as if each were a chance of its own.
     */
    private Action onInjection() {
        Rules.Injection injection = rules.injection();
        if (injection.isOff()) {
            return Action.OFF;
        }
        double harmless = 1;
        for (int index = 0; index < found.count(); index++) {
            if (!found.isDropped(index) && found.kind(index) == Kinds.PROMPT_INJECTION.index()) {
                int confidence = found.confidence(index);
                int score = confidence + (isDocument && confidence >= DOCUMENT_FROM ? DOCUMENT_MORE : 0);
                harmless *= 1 - Math.min(99, score) / 100.0;
            }
        }
        boolean isOne = Math.round((1 - harmless) * 100) >= injection.least();
        Action action = !isOne ? Action.OFF : isDocument ? injection.documents() : injection.action();
        severest = action.compareTo(severest) > 0 ? action : severest;
        return action;
    }

    /** Writes a part of the text with placeholders in place of what was found in it. */
    void write(byte[] utf8, int from, int to, ByteArrayOutputStream out) {
        int written = from;
        for (int index = 0; index < found.count() && start(index) < to; index++) {
            if (found.isDropped(index)) {
                continue;
            }
            int start = start(index);
            int end = end(index);
            out.write(utf8, written, start - written);
            out.writeBytes(placeholders.of(rules.kinds().get(found.kind(index)), utf8, start, end));
            written = end;
        }
        out.write(utf8, written, to - written);
    }

    private boolean isAllowed(int index) {
        if (rules.allowed().isEmpty()) {
            return false;
        }
        int start = found.start(index);
        return rules.allowed().isAllowed(Bytes.text(passage.bytes(), start, found.end(index)));
    }

    private int start(int index) {
        return isFolded ? folding().origin(found.start(index)) : found.start(index);
    }

    private int end(int index) {
        return isFolded ? folding().originEnd(found.end(index)) : found.end(index);
    }

    private Folding folding() {
        return Objects.requireNonNull(folding);
    }
}
