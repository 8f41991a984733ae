package dev.gantry.gateway;

import dev.gantry.gateway.EventTexts.Piece;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.EventForwarder;
import dev.gantry.provider.EventStreamScanner;
import dev.gantry.provider.JsonCursor.Malformed;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.UpstreamFailures;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a provider's own stream, with the guard before it. Events go out as they came as soon as all their text
 * is decided; while a text might be the beginning of something, its event and those after it wait. An event whose text must
 * change is written anew. For the upstream's event loop while the stream runs, for the waiting thread afterwards.
 */
final class GuardedStream implements ClientStream, EventStreamScanner.Listener {
    /** With more than this waiting, all texts are decided as if they had ended. */
    private static final int WAITING_BYTES_MAX = 1 << 20;

    private static final Buffer NOTHING = Buffer.buffer(0);
    private static final TextEdits NOTHING_TO_DO = new TextEdits();

    private final ClientStream client;
    private final UpstreamFailures failures;
    private final EventTexts events;
    private final AnswerTexts texts;
    private final AnswerCheck check;
    private final List<Integer> unchecked = new ArrayList<>(1);
    private final EventStreamScanner scanner;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private int waitingBytes;
    private byte[] scratch = new byte[0];
    private @Nullable GantryException refusal;

    private Buffer chunk = NOTHING;
    private int base;
    private int inspectedTo;
    private int takenTo;
    private @Nullable Buffer beginning;
    private @Nullable Buffer out;

    /** Bytes that wait, and the event in them; null where there is none. */
    private record Waiting(Buffer raw, @Nullable GuardedEvent event) {}

    /**
     * A guard before a client.
     *
     * @param provider for messages
     */
    GuardedStream(ClientStream client, EventTexts events, AnswerTexts texts, AnswerCheck check, String provider) {
        this.client = client;
        this.events = events;
        this.texts = texts;
        this.check = check;
        this.failures = new UpstreamFailures(provider);
        this.scanner = new EventStreamScanner(EventForwarder.EVENT_BYTES_MAX, failures, this);
    }

    /** Returns why the stream had to end; null when it had not. */
    @Nullable
    GantryException refusal() {
        return refusal;
    }

    /**
     * Takes what the provider sends.
     *
     * @throws GantryException if the answer must not go on: what went before is sent, and nothing after it
     */
    @Override
    public void write(Buffer bytes) {
        if (refusal != null) {
            throw refusal;
        }
        ByteBuf content = ((BufferInternal) bytes).getByteBuf();
        boolean heap = content.hasArray();
        begin(bytes, heap ? content.arrayOffset() + content.readerIndex() : 0);
        try {
            check.count(bytes.length());
            scanner.scan(heap ? content.array() : bytes.getBytes(), base, base + bytes.length());
        } catch (ProviderException | RuntimeException failure) {
            send();
            throw refuse(failure);
        }
        if (out == null && beginning == null && takenTo == 0 && inspectedTo == bytes.length()) {
            client.write(bytes);
            return;
        }
        send();
        if (inspectedTo < bytes.length()) {
            beginning = (beginning == null ? Buffer.buffer() : beginning)
                    .appendBuffer(bytes, inspectedTo, bytes.length() - inspectedTo);
        }
    }

    /**
     * Ends all texts and sends what waits. For when the provider has ended or broken off its stream.
     *
     * @throws GantryException if what waited must not go out
     */
    void finish() {
        if (refusal != null) {
            throw refusal;
        }
        begin(NOTHING, 0);
        try {
            scanner.finish();
            texts.endAll();
            unchecked.forEach(check::complete);
            unchecked.clear();
            drain();
        } catch (ProviderException | RuntimeException failure) {
            throw refuse(failure);
        }
        if (beginning != null) {
            out().appendBuffer(beginning);
            beginning = null;
        }
        send();
    }

    private void begin(Buffer next, int offset) {
        chunk = next;
        base = offset;
        inspectedTo = 0;
        takenTo = 0;
        out = null;
    }

    /** Whatever keeps a text from being inspected keeps it from the client. */
    private GantryException refuse(Exception failure) {
        GantryException reason = failure instanceof GantryException known
                ? known
                : new GantryException(
                        failure instanceof ProviderException ? ErrorCode.PROVIDER_BAD_REPLY : ErrorCode.INTERNAL,
                        "The answer could not be inspected and was withheld",
                        failure);
        refusal = reason;
        return reason;
    }

    @Override
    public void event(@Nullable String name, byte[] bytes, int from, int to, int end) throws ProviderException {
        GuardedEvent event = read(name, bytes, from, to);
        drain();
        if (!queue.isEmpty() || !unchecked.isEmpty() || !event.isDecided()) {
            hold(end, event);
            return;
        }
        Buffer changed = event.changed();
        if (changed != null) {
            takeInspected();
            taken(end - base);
            out().appendBuffer(changed);
        }
        inspectedTo = end - base;
    }

    @Override
    public void blank(int end) {
        if (queue.isEmpty() && unchecked.isEmpty()) {
            inspectedTo = end - base;
        } else {
            hold(end, null);
        }
    }

    /** Reads an event, adds its pieces to their texts, and ends those that it ends. */
    private GuardedEvent read(@Nullable String name, byte[] bytes, int from, int to) throws ProviderException {
        if (isEndMark(bytes, from, to)) {
            texts.endAll();
            return new GuardedEvent(name, bytes, from, to, List.of(), NOTHING_TO_DO, List.of());
        }
        TextEdits whole;
        try {
            whole = events.read(bytes, from, to);
        } catch (Malformed malformed) {
            throw failures.badReply("an event of its stream is " + malformed.getMessage());
        }
        List<Piece> pieces = events.pieces();
        List<GuardedEvent.Part> parts = pieces.isEmpty() ? List.of() : new ArrayList<>(pieces.size());
        for (int index = 0; index < pieces.size(); index++) {
            parts.add(part(bytes, pieces.get(index)));
        }
        if (check.hasSchema()) {
            // Looked at by the waiting thread, since it takes time; until then the client does not learn of the end.
            events.completed().forEach(unchecked::add);
        }
        if (events.endsAny()) {
            texts.end(events);
        }
        return new GuardedEvent(name, bytes, from, to, parts, whole, events.tokens());
    }

    private GuardedEvent.Part part(byte[] bytes, Piece piece) {
        AnswerText text = texts.of(piece.group(), piece.text(), piece.json());
        long start = text.taken();
        if (!piece.escaped()) {
            text.push(bytes, piece.from(), piece.to());
            spoken(piece, bytes, piece.from(), piece.to());
            return new GuardedEvent.Part(text, start, piece.to() - piece.from(), piece.from(), piece.to());
        }
        if (scratch.length < piece.to() - piece.from()) {
            scratch = new byte[Math.max(256, piece.to() - piece.from())];
        }
        int length = JsonStrings.unescape(bytes, piece.from(), piece.to(), scratch);
        text.push(scratch, 0, length);
        spoken(piece, scratch, 0, length);
        return new GuardedEvent.Part(text, start, length, piece.from(), piece.to());
    }

    private void spoken(Piece piece, byte[] utf8, int from, int to) {
        if (piece.spoken() && check.hasSchema()) {
            check.text(events.choiceOf(piece.group()), utf8, from, to);
        }
    }

    /** OpenAI's streams end with {@code [DONE]}. */
    private static boolean isEndMark(byte[] bytes, int from, int to) {
        return to - from == 6 && bytes[from] == '[' && bytes[from + 1] == 'D' && bytes[from + 5] == ']';
    }

    private void hold(int end, @Nullable GuardedEvent event) {
        takeInspected();
        Buffer raw = taken(end - base);
        inspectedTo = end - base;
        queue.add(new Waiting(raw, event));
        waitingBytes += raw.length();
        if (waitingBytes > WAITING_BYTES_MAX) {
            texts.endAll();
            drain();
        }
    }

    /** Adds to what goes out everything at the head of the queue that is decided. */
    private void drain() {
        for (Waiting head = queue.peek(); head != null && unchecked.isEmpty(); head = queue.peek()) {
            if (head.event() != null && !head.event().isDecided()) {
                return;
            }
            queue.poll();
            waitingBytes -= head.raw().length();
            Buffer changed = head.event() == null ? null : head.event().changed();
            out().appendBuffer(changed == null ? head.raw() : changed);
        }
    }

    private void send() {
        takeInspected();
        Buffer ready = out;
        out = null;
        if (ready != null && ready.length() > 0) {
            client.write(ready);
        }
    }

    /** Adds to what goes out the events of the chunk that are decided and unchanged. */
    private void takeInspected() {
        if (inspectedTo > takenTo) {
            out().appendBuffer(taken(inspectedTo));
        }
    }

    /** Returns what has come up to an offset in the chunk and is not taken yet. */
    private Buffer taken(int offset) {
        Buffer bytes = chunk.slice(takenTo, Math.max(takenTo, offset));
        takenTo = Math.max(takenTo, offset);
        if (beginning != null) {
            bytes = beginning.appendBuffer(bytes);
            beginning = null;
        }
        return bytes;
    }

    private Buffer out() {
        Buffer target = out == null ? Buffer.buffer() : out;
        out = target;
        return target;
    }

    @Override
    public boolean isFull() {
        return client.isFull();
    }

    @Override
    public void onDrain(Runnable action) {
        client.onDrain(action);
    }

    @Override
    public boolean isGone() {
        return client.isGone();
    }

    @Override
    public boolean isCut() {
        return client.isCut();
    }

    @Override
    public void onGone(Runnable action) {
        client.onGone(action);
    }

    @Override
    public void abort() {
        client.abort();
    }
}
