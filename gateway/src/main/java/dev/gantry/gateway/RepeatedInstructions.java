package dev.gantry.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.TokenEstimator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Notices instructions that come again, so that a provider which keeps only what is marked is asked to keep them.
 *
 * <p>At Anthropic, keeping a prompt costs a quarter more than reading it, and reading a kept one a tenth of it, for five
 * minutes after each use. Instructions that came once say nothing about a second time; those that came twice within that time
 * are marked. Thread-safe; what it remembers is bounded, and harmless to lose.
 */
final class RepeatedInstructions {
    /** The shortest prompt that any model of Anthropic's keeps; a mark in a shorter one is ignored there, and costs nothing. */
    private static final int TOKENS_MIN = 1_024;

    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final int REMEMBERED_MAX = 10_000;

    private final Cache<Instructions, Boolean> lately;

    /** Instructions by what they are told from others by; taking two for the same costs a little money and nothing else. */
    private record Instructions(UUID organization, String model, int length, int hash) {}

    RepeatedInstructions(Ticker ticker) {
        lately = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_MAX)
                .expireAfterWrite(KEPT)
                .ticker(ticker)
                .build();
    }

    /** Returns the conversation, marked behind its instructions when the same organization sent them to this model lately. */
    ChatRequest mark(UUID organization, Model model, ChatRequest conversation) {
        List<Message> messages = conversation.messages();
        int last = endOfInstructions(messages);
        String text = text(messages.subList(0, last));
        if (TokenEstimator.estimate(text) < TOKENS_MIN) {
            return conversation;
        }
        Instructions instructions = new Instructions(organization, model.name(), text.length(), text.hashCode());
        if (lately.asMap().put(instructions, true) == null) {
            return conversation;
        }
        Message end = messages.get(last - 1);
        List<Part> parts = new ArrayList<>(end.parts());
        parts.add(new Part.CacheMark(null));
        List<Message> marked = new ArrayList<>(messages);
        marked.set(last - 1, new Message(Role.SYSTEM, parts));
        return conversation.withMessages(marked);
    }

    private static int endOfInstructions(List<Message> messages) {
        int end = 0;
        while (end < messages.size() && messages.get(end).role() == Role.SYSTEM) {
            end++;
        }
        return end;
    }

    private static String text(List<Message> instructions) {
        StringBuilder text = new StringBuilder();
        for (Message message : instructions) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text words) {
                    text.append(words.text()).append('\n');
                }
            }
        }
        return text.toString();
    }
}
