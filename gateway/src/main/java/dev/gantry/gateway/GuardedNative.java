package dev.gantry.gateway;

import dev.gantry.guard.Inspection;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ClientStream;
import dev.gantry.provider.JsonCursor.Malformed;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A provider's reply in the client's own schema, with the guard before it. Used by one thread. */
final class GuardedNative implements NativeReply {
    private final NativeReply reply;
    private final ClientSchema schema;
    private final Inspection inspection;
    private final AnswerCheck check;
    private final String provider;

    GuardedNative(NativeReply reply, ClientSchema schema, Inspection inspection, AnswerCheck check, String provider) {
        this.reply = reply;
        this.schema = schema;
        this.inspection = inspection;
        this.check = check;
        this.provider = provider;
    }

    /**
     * Waits for the whole body.
     *
     * @throws GantryException if it must not go on
     */
    @Override
    public Buffer body() throws ProviderException {
        Buffer body = reply.body();
        check.count(body.length());
        check.whole(schema, body);
        if (inspection.passesAll()) {
            return body;
        }
        byte[] bytes = body.getBytes();
        try {
            byte[] changed = new JsonTexts(Guard.inspector(inspection)).inspect(bytes, 0, bytes.length, false);
            return changed == null ? body : Buffer.buffer(changed);
        } catch (Malformed malformed) {
            throw new GantryException(
                    ErrorCode.PROVIDER_BAD_REPLY,
                    "The answer of provider '" + provider + "' could not be inspected: it is "
                            + malformed.getMessage());
        }
    }

    /**
     * Pipes the stream.
     *
     * @throws GantryException if it must not go on; what went before is sent
     */
    @Override
    public void pipeTo(ClientStream client) throws ProviderException {
        if (inspection.passesAll() && !check.hasSchema()) {
            CountedStream counted = new CountedStream(client, check);
            try {
                reply.pipeTo(counted);
            } catch (ProviderException failure) {
                throw reason(failure, counted.refusal());
            }
            return;
        }
        GuardedStream guarded = new GuardedStream(
                client,
                new EventTexts(schema, Guard.inspector(inspection)),
                new AnswerTexts(() -> flow(inspection)),
                check,
                provider);
        try {
            reply.pipeTo(guarded);
        } catch (ProviderException failure) {
            throw reason(failure, guarded.refusal());
        }
        guarded.finish();
    }

    /** What we refused ourselves comes back as a failure of the call. */
    private static ProviderException reason(ProviderException failure, @Nullable GantryException refusal) {
        if (refusal != null) {
            throw refusal;
        }
        return failure;
    }

    /** Begins the inspection of a text that comes in pieces. */
    static TextFlow flow(Inspection inspection) {
        var stream = inspection.stream();
        return new TextFlow() {
            @Override
            public long push(byte[] utf8, int from, int to, TextEdits edits) {
                return stream.push(utf8, from, to, edits);
            }

            @Override
            public void finish(TextEdits edits) {
                stream.finish(edits);
            }
        };
    }

    @Override
    public @Nullable TokenUsage usage() {
        return reply.usage();
    }

    @Override
    public String producedText() {
        return reply.producedText();
    }

    @Override
    public void close() {
        reply.close();
    }
}
