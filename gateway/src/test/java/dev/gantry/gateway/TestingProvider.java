package dev.gantry.gateway;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A provider that answers as it is told to, and keeps what it was asked. Thread-safe. */
final class TestingProvider implements ChatProvider {
    private final String name;
    private final Deque<Act> acts = new ConcurrentLinkedDeque<>();
    final List<CallContext> asked = new CopyOnWriteArrayList<>();
    final List<ChatRequest> requests = new CopyOnWriteArrayList<>();

    /** Options that it knows beside those that every provider knows. */
    final Set<ChatOption> options = EnumSet.noneOf(ChatOption.class);

    /** What it does with one request. */
    @FunctionalInterface
    interface Act {
        ChatReply answer() throws ProviderException;
    }

    TestingProvider(String name) {
        this.name = name;
    }

    TestingProvider then(Act act) {
        acts.add(act);
        return this;
    }

    TestingProvider fails(int times, Failure failure) {
        for (int time = 0; time < times; time++) {
            then(() -> {
                throw new ProviderException(failure, name + " failed", null);
            });
        }
        return this;
    }

    TestingProvider limits(Duration retryAfter) {
        return then(() -> {
            throw new ProviderException(Failure.RATE_LIMITED, "slow down", 429, null, null, retryAfter, null);
        });
    }

    TestingProvider cannotBeReached() {
        return then(() -> {
            throw ProviderException.unseen(Failure.UNAVAILABLE, "connection refused", null, null);
        });
    }

    /** Sends a word and breaks off. */
    TestingProvider dies() {
        return then(() -> new Events(
                List.of(new ChatEvent.Started("id", name), new ChatEvent.TextDelta("word")),
                new ProviderException(Failure.UNAVAILABLE, name + " broke off", null)));
    }

    /** Answers nothing until it is cancelled. */
    TestingProvider hangs(CountDownLatch began) {
        return then(() -> {
            began.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new ProviderException(Failure.UNAVAILABLE, name + " was cancelled", cancelled);
            }
            throw new IllegalStateException();
        });
    }

    static ChatReply says(String text) {
        return new Events(
                List.of(
                        new ChatEvent.Started("id", "model"),
                        new ChatEvent.TextDelta(text),
                        new ChatEvent.Finished(
                                ChatEvent.FinishReason.STOP, new TokenUsage(10, 5, 0, 0, 0, false), null)),
                null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return options.contains(option) ? ChatOption.Support.TAKEN : ChatProvider.super.support(option, request);
    }

    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        asked.add(context);
        requests.add(request);
        Act act = acts.poll();
        return act == null ? says("answer of " + name) : act.answer();
    }

    @Override
    public void close() {}

    private static final class Events implements ChatReply {
        private final Deque<ChatEvent> events;
        private final @Nullable ProviderException end;

        Events(List<ChatEvent> events, @Nullable ProviderException end) {
            this.events = new ArrayDeque<>(events);
            this.end = end;
        }

        @Override
        public @Nullable ChatEvent next() throws ProviderException {
            ChatEvent event = events.poll();
            if (event == null && end != null) {
                throw end;
            }
            return event;
        }

        @Override
        public void close() {}
    }
}
