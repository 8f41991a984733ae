package dev.gantry.provider;

import org.jspecify.annotations.Nullable;

/**
 * An answer of which only the first call of a tool arrives: for providers that always may call several at once, when the
 * caller wants one. The model asks for the others again once it has the result of the first. Used by one thread at a time.
 */
public final class FirstCallOnly implements ChatReply {
    private final ChatReply reply;

    private FirstCallOnly(ChatReply reply) {
        this.reply = reply;
    }

    /** Returns the reply as the request wants it. */
    public static ChatReply where(ChatRequest request, ChatReply reply) {
        return Boolean.FALSE.equals(request.parallelToolCalls()) ? new FirstCallOnly(reply) : reply;
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        ChatEvent event = reply.next();
        while (isFurtherCall(event)) {
            event = reply.next();
        }
        return event;
    }

    private static boolean isFurtherCall(@Nullable ChatEvent event) {
        return switch (event) {
            case ChatEvent.ToolCallStarted call -> call.index() > 0;
            case ChatEvent.ToolCallDelta call -> call.index() > 0;
            case null, default -> false;
        };
    }

    @Override
    public void close() {
        reply.close();
    }
}
