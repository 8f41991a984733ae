package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.gateway.CacheSettings.SemanticSettings;
import dev.gantry.gateway.CacheSettings.Visibility;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.JsonCursor.Malformed;
import dev.gantry.provider.ProviderException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the answer to a request that differs in its last message alone, where that message means nearly the same. Only vectors
 * are kept here; answers lie in the cache. Thread-safe.
 */
final class SemanticIndex {
    private static final Logger LOG = LoggerFactory.getLogger(SemanticIndex.class);

    /** Longer messages say too much for one vector. */
    private static final int TEXT_LENGTH_MAX = 2_000;

    private static final Pattern TELLING = Pattern.compile("[\\p{L}_.-]*\\p{N}[\\p{L}\\p{N}_.,:/-]*|\"[^\"]{1,200}\"");
    private static final Pattern NEGATION =
            Pattern.compile("\\b(?:no|not|never|none|without|except|kein\\w*|nicht|nie|ohne)\\b|n't\\b");

    private final SemanticSettings settings;
    private final MessageEmbedder embedder;
    private final Cache<Scope, ArrayDeque<Known>> scopes;
    private final LongSupplier nanoTime;
    private final long ttlNanos;

    /** Everything but the last message. */
    private record Scope(UUID organization, ByteBuffer digest) {}

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Known(float[] vector, List<String> telling, byte[] key, long atNanos) {}

    /** A request to which answers are looked for. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Question(UUID organization, byte[] scope, float[] vector, List<String> telling) {}

    /** An answer that may fit. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Match(byte[] key, double similarity) {
        String detail() {
            return String.format(Locale.ROOT, "semantic %.3f", similarity);
        }
    }

    SemanticIndex(SemanticSettings settings, Duration ttl, MessageEmbedder embedder, LongSupplier nanoTime) {
        this.settings = settings;
        this.embedder = embedder;
        this.nanoTime = nanoTime;
        this.ttlNanos = ttl.toNanos();
        this.scopes = Caffeine.newBuilder()
                .maximumWeight(settings.entriesMax())
                .weigher((Scope _, ArrayDeque<Known> known) -> Math.max(1, known.size()))
                .expireAfterWrite(ttl)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Reads a request; null when its last message cannot be compared. */
    @Nullable
    Question ask(Admitted admitted, Visibility visibility) {
        if (admitted.prompt().operation() != Operation.CHAT) {
            return null;
        }
        try {
            Rest rest = switch (admitted.prompt()) {
                case Prompt.Raw raw -> rest(admitted, visibility, raw);
                case Prompt.Composed composed -> rest(admitted, visibility, composed);
            };
            if (rest == null || rest.message().isBlank() || rest.message().length() > TEXT_LENGTH_MAX) {
                return null;
            }
            return new Question(
                    admitted.caller().organization(),
                    digest(rest.identity()),
                    embedder.embed(rest.message()),
                    telling(rest.message()));
        } catch (GantryException | ProviderException | Malformed incomparable) {
            LOG.debug("A message is not compared with others: {}", incomparable.getMessage());
            return null;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Rest(byte[] identity, String message) {}

    private static @Nullable Rest rest(Admitted admitted, Visibility visibility, Prompt.Composed composed)
            throws Malformed {
        ChatRequest request = composed.conversation();
        List<Message> messages = new ArrayList<>(request.messages());
        if (messages.isEmpty()) {
            return null;
        }
        Message last = messages.removeLast();
        if (last.role() != Role.USER
                || last.parts().size() != 1
                || !(last.parts().getFirst() instanceof Part.Text text)) {
            return null;
        }
        messages.add(Message.text(Role.USER, ""));
        Prompt.Composed without = composed.with(request.withMessages(messages));
        return new Rest(CacheQuestion.identity(admitted.with(without), visibility), text.text());
    }

    /** The last message is taken out of the body itself, so that no field of it is overlooked. */
    private static @Nullable Rest rest(Admitted admitted, Visibility visibility, Prompt.Raw raw) throws Malformed {
        ObjectNode body = Json.readObject(raw.body());
        JsonNode list = body.has("messages") ? body.get("messages") : body.get("input");
        String message;
        if (list != null && list.isTextual()) {
            message = list.textValue();
            body.put("input", "");
        } else if (list instanceof ArrayNode messages
                && !messages.isEmpty()
                && messages.get(messages.size() - 1) instanceof ObjectNode last
                && last.path("role").asText().equals("user")) {
            message = take(last);
        } else {
            message = null;
        }
        if (message == null) {
            return null;
        }
        body.remove(List.of("model", "stream"));
        byte[] canonical = CanonicalBody.of(Json.write(body), Set.of());
        return new Rest(CacheQuestion.identity(admitted, visibility, raw, canonical), message);
    }

    /** Takes the text out of a message that is nothing but text. */
    private static @Nullable String take(ObjectNode message) {
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            String text = content.textValue();
            message.put("content", "");
            return text;
        }
        if (content.size() == 1
                && content.get(0) instanceof ObjectNode part
                && part.path("text").isTextual()) {
            String text = part.path("text").textValue();
            part.put("text", "");
            return text;
        }
        return null;
    }

    /**
     * What must be the same, however near two messages are: vectors hardly tell {@code 17} from {@code 18}, nor a thing from
     * its opposite.
     */
    private static List<String> telling(String message) {
        List<String> found = new ArrayList<>();
        Matcher telling = TELLING.matcher(message);
        while (telling.find()) {
            found.add(telling.group());
        }
        found.sort(null);
        long negations =
                NEGATION.matcher(message.toLowerCase(Locale.ROOT)).results().count();
        found.add("negations " + negations);
        return found;
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the nearest message that is near enough; null when there is none. */
    @Nullable
    Match find(UUID organization, Question question) {
        ArrayDeque<Known> known = scopes.getIfPresent(new Scope(organization, ByteBuffer.wrap(question.scope())));
        if (known == null) {
            return null;
        }
        long now = nanoTime.getAsLong();
        Known best = null;
        double nearest = settings.threshold();
        synchronized (known) {
            for (Known candidate : known) {
                if (now - candidate.atNanos() >= ttlNanos) {
                    continue;
                }
                double similarity = similarity(candidate.vector(), question.vector());
                if (similarity >= nearest && candidate.telling().equals(question.telling())) {
                    nearest = similarity;
                    best = candidate;
                }
            }
        }
        return best == null ? null : new Match(best.key(), nearest);
    }

    private static double similarity(float[] left, float[] right) {
        // Sums that do not wait for each other; vectors have a multiple of four numbers.
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        for (int index = 0; index + 3 < left.length; index += 4) {
            first += left[index] * right[index];
            second += left[index + 1] * right[index + 1];
            third += left[index + 2] * right[index + 2];
            fourth += left[index + 3] * right[index + 3];
        }
        return first + second + third + fourth;
    }

    /** Remembers where the answer to a question lies. */
    void add(@Nullable Question question, byte[] key) {
        if (question == null) {
            return;
        }
        Scope scope = new Scope(question.organization(), ByteBuffer.wrap(question.scope()));
        scopes.asMap().compute(scope, (_, present) -> {
            ArrayDeque<Known> known = present == null ? new ArrayDeque<>() : present;
            synchronized (known) {
                if (known.size() >= settings.comparedMax()) {
                    known.removeFirst();
                }
                known.add(new Known(question.vector(), question.telling(), key, nanoTime.getAsLong()));
            }
            return known;
        });
    }
}
