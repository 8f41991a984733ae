package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the answer to a request may be given again, and to which requests: those that are the same in everything on which
 * an answer depends, and come from those who share answers.
 */
final class CacheQuestion {
    /**
     * What a request may say for its answer to be kept. A field that is not known here may stand for something that changes
     * with time or has effects.
     */
    private static final Set<String> KNOWN = Set.of(
            "model",
            "messages",
            "input",
            "instructions",
            "system",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "max_output_tokens",
            "temperature",
            "top_p",
            "top_k",
            "n",
            "stop",
            "stop_sequences",
            "seed",
            "frequency_penalty",
            "presence_penalty",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "response_format",
            "text",
            "output_format",
            "output_config",
            "reasoning",
            "reasoning_effort",
            "verbosity",
            "thinking",
            "tools",
            "functions",
            "tool_choice",
            "function_call",
            "parallel_tool_calls",
            "user",
            "metadata",
            "safety_identifier",
            "service_tier",
            "store",
            "include",
            "truncation",
            "prediction",
            "cache_control",
            "prompt_cache_key",
            "prompt_cache_retention",
            "encoding_format",
            "dimensions",
            "background",
            "previous_response_id",
            "conversation",
            "prompt");

    private static final Set<String> NOT_IN_KEY_OF_STREAM = Set.of("model", "stream");
    private static final Set<String> NOT_IN_KEY = Set.of("model", "stream", "stream_options");
    private static final byte[] TYPE = "type".getBytes(StandardCharsets.US_ASCII);
    private static final double USUAL_TEMPERATURE = 1;
    private static final String TEMPERATURE = "temperature";

    private CacheQuestion() {}

    /** Returns why an answer cannot be given again, in a few words for the caller; null when it can. */
    static @Nullable String obstacle(Prompt prompt, CacheSettings settings, CacheWishes wishes) {
        if (!wishes.store()) {
            return "no-store";
        }
        return switch (prompt) {
            case Prompt.Composed composed -> obstacle(composed.conversation(), settings, wishes);
            case Prompt.Raw raw -> {
                if (raw.operation() == Operation.CHAT
                        && !wishes.asked()
                        && isDrawn(raw.head().temperature(), settings)) {
                    yield TEMPERATURE;
                }
                try {
                    yield new Look(raw.body()).obstacle(settings, wishes);
                } catch (Malformed malformed) {
                    yield "body";
                }
            }
        };
    }

    private static boolean isDrawn(double temperature, CacheSettings settings) {
        return (Double.isNaN(temperature) ? USUAL_TEMPERATURE : temperature) > settings.temperatureMax();
    }

    private static @Nullable String obstacle(ChatRequest request, CacheSettings settings, CacheWishes wishes) {
        double temperature = request.temperature() == null ? Double.NaN : request.temperature();
        if (!wishes.asked() && isDrawn(temperature, settings)) {
            return TEMPERATURE;
        }
        return request.tools().isEmpty() || settings.tools() || wishes.asked() ? null : "tools";
    }

    /** One look at the outermost fields of a body. */
    private static final class Look {
        private final JsonCursor cursor = new JsonCursor();
        private boolean tools;
        private boolean foreignTools;

        Look(byte[] body) {
            cursor.reset(body, 0, body.length);
        }

        @Nullable
        String obstacle(CacheSettings settings, CacheWishes wishes) throws Malformed {
            Set<String> seen = new HashSet<>();
            cursor.enterObject();
            while (cursor.nextField()) {
                String name = cursor.rawText();
                if (!KNOWN.contains(name)) {
                    return "unknown field";
                }
                if (!seen.add(name)) {
                    return "field given twice";
                }
                if (name.equals("tools") || name.equals("functions")) {
                    tools();
                } else {
                    cursor.skip();
                }
            }
            if (foreignTools) {
                return "tools of the provider";
            }
            return tools && !settings.tools() && !wishes.asked() ? "tools" : null;
        }

        private void tools() throws Malformed {
            if (!cursor.atArray()) {
                cursor.skip();
                return;
            }
            cursor.enterArray();
            while (cursor.nextItem()) {
                tools = true;
                if (!cursor.atObject()) {
                    foreignTools = true;
                    cursor.skip();
                    continue;
                }
                cursor.enterObject();
                while (cursor.nextField()) {
                    if (cursor.nameIs(TYPE) && cursor.atString()) {
                        cursor.readString();
                        String type = cursor.rawText();
                        foreignTools |= !type.equals("function") && !type.equals("custom");
                    } else {
                        cursor.skip();
                    }
                }
            }
        }
    }

    /**
     * Returns the bytes that are the same for all requests which may have the same answer.
     *
     * @throws Malformed if the body is not a JSON object
     */
    static byte[] identity(Admitted admitted, CacheSettings.Visibility visibility) throws Malformed {
        return switch (admitted.prompt()) {
            case Prompt.Raw raw ->
                identity(
                        admitted,
                        visibility,
                        raw,
                        CanonicalBody.of(raw.body(), raw.stream() ? NOT_IN_KEY_OF_STREAM : NOT_IN_KEY));
            case Prompt.Composed composed -> {
                Digest digest = new Digest();
                digest.head(admitted, visibility, "composed");
                digest.text(ConversationText.of(composed.conversation()));
                yield digest.bytes();
            }
        };
    }

    /** Returns the same for a body in canonical form. */
    static byte[] identity(
            Admitted admitted, CacheSettings.Visibility visibility, Prompt.Raw raw, byte[] canonicalBody) {
        Digest digest = new Digest();
        digest.head(admitted, visibility, raw.schema() + (raw.stream() ? " stream" : " whole"));
        for (Map.Entry<String, String> header : new TreeMap<>(raw.headers()).entrySet()) {
            digest.text(header.getKey());
            digest.text(header.getValue());
        }
        digest.part(canonicalBody);
        return digest.bytes();
    }

    /** Parts of a key, each with its length before it, so that no two lists of parts look the same. */
    private static final class Digest {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
        private final DataOutputStream out = new DataOutputStream(bytes);

        /**
         * Who shares answers, and what was asked for: the group, by the name of its permission, or else the model that is asked
         * first, which for the same name may be another for another task or region.
         */
        void head(Admitted admitted, CacheSettings.Visibility visibility, String kind) {
            Caller caller = admitted.caller();
            String team = caller.team();
            switch (visibility) {
                case ORGANIZATION -> text("organization");
                case TEAM -> text(team == null ? "user " + caller.principalId() : "team " + team);
                case USER -> text("user " + caller.principalId());
            }
            Plan plan = admitted.plan();
            text(plan.permission().toString());
            text(plan.interchangeable() ? "any" : "model " + plan.model().name());
            text(kind);
        }

        void text(String text) {
            part(text.getBytes(StandardCharsets.UTF_8));
        }

        void part(byte[] part) {
            try {
                out.writeInt(part.length);
                out.write(part);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
