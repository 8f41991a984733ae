package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatEvent.ReasoningDelta;
import dev.gantry.provider.ChatEvent.TextDelta;
import dev.gantry.provider.ChatEvent.ToolCallDelta;
import dev.gantry.provider.ChatEvent.ToolCallStarted;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ProviderException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A provider's answer in the words that all schemas share, with the guard before it: an event comes as soon as its text is
 * decided. Used by one thread at a time.
 */
final class GuardedReply implements ChatReply {
    private static final int TEXT = -1;
    private static final int REASONING = -2;

    private final ChatReply reply;
    private final TextInspector inspector;
    private final AnswerTexts texts;
    private final AnswerCheck check;
    private final ChatAnswer.Builder received;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private boolean exhausted;

    /** An event that waits; {@code text} is null when it has none, {@code plain} its piece of it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Waiting(ChatEvent event, @Nullable AnswerText text, long start, byte[] plain) {
        private static final byte[] NONE = new byte[0];

        static Waiting of(ChatEvent event) {
            return new Waiting(event, null, 0, NONE);
        }

        boolean isDecided() {
            return text == null || text.decided() >= start + plain.length;
        }

        @Nullable
        String changed() {
            byte[] changed = text == null ? null : text.changed(plain, 0, plain.length, start);
            return changed == null ? null : new String(changed, StandardCharsets.UTF_8);
        }
    }

    /**
     * A guard before a reply.
     *
     * @param inspector for what comes whole, such as the name of a tool
     * @param received takes every event as the provider gave it
     */
    GuardedReply(
            ChatReply reply,
            TextInspector inspector,
            AnswerTexts texts,
            AnswerCheck check,
            ChatAnswer.Builder received) {
        this.reply = reply;
        this.inspector = inspector;
        this.texts = texts;
        this.check = check;
        this.received = received;
    }

    /**
     * Waits for the next event that may go out.
     *
     * @throws GantryException if the answer must not go on
     */
    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (true) {
            Waiting head = queue.peek();
            if (head != null && head.isDecided()) {
                queue.poll();
                return decided(head);
            }
            if (exhausted) {
                return null;
            }
            ChatEvent event = reply.next();
            if (event == null) {
                exhausted = true;
                texts.endAll();
            } else {
                received.add(event);
                queue.add(take(event));
            }
        }
    }

    private Waiting take(ChatEvent event) {
        return switch (event) {
            case TextDelta delta -> {
                Waiting piece = piece(event, texts.of(0, TEXT, false), delta.text());
                check.text(0, piece.plain(), 0, piece.plain().length);
                yield piece;
            }
            case ReasoningDelta delta -> piece(event, texts.of(0, REASONING, false), delta.text());
            case ToolCallDelta delta -> piece(event, texts.of(0, delta.index(), true), delta.argumentsFragment());
            case ToolCallStarted call -> {
                texts.endAll();
                yield Waiting.of(new ToolCallStarted(call.index(), call.id(), whole(call.name())));
            }
            case ChatEvent.Finished finished -> {
                texts.endAll();
                if (finished.reason() == FinishReason.STOP || finished.reason() == FinishReason.STOP_SEQUENCE) {
                    check.complete(0);
                }
                yield Waiting.of(event);
            }
            case ChatEvent.Started started -> Waiting.of(event);
        };
    }

    private Waiting piece(ChatEvent event, AnswerText text, String words) {
        byte[] plain = words.getBytes(StandardCharsets.UTF_8);
        long start = text.taken();
        check.count(plain.length);
        if (plain.length > 0) {
            text.push(plain, 0, plain.length);
        }
        return new Waiting(event, text, start, plain);
    }

    private String whole(String words) {
        byte[] plain = words.getBytes(StandardCharsets.UTF_8);
        TextEdits edits = new TextEdits();
        inspector.inspect(plain, 0, 0, plain.length, edits);
        return edits.isEmpty() ? words : new String(edits.apply(plain, 0, plain.length), StandardCharsets.UTF_8);
    }

    private static ChatEvent decided(Waiting waiting) {
        String changed = waiting.changed();
        if (changed == null) {
            return waiting.event();
        }
        return switch (waiting.event()) {
            case TextDelta delta -> new TextDelta(changed);
            case ReasoningDelta delta -> new ReasoningDelta(changed, delta.signature());
            case ToolCallDelta delta -> new ToolCallDelta(delta.index(), changed);
            case ToolCallStarted call -> call;
            case ChatEvent.Started started -> started;
            case ChatEvent.Finished finished -> finished;
        };
    }

    @Override
    public void close() {
        reply.close();
    }
}
