package dev.gantry.config;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret that is looked at again and again where it is kept. A new value is taken when it was seen twice in a row, since
 * a file may be read while it is being written, and when the settings that use it accept it; otherwise the value before
 * stays. Looked at by one thread.
 */
final class LiveSecret {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSecret.class);

    private final String key;
    private final Origin.InFile origin;
    private final Source source;
    private final Secret secret;
    private final List<Use> uses = new ArrayList<>();
    private volatile String text;
    private volatile @Nullable String trouble;
    private @Nullable String seen;

    /** Where it is kept. */
    @FunctionalInterface
    interface Source {
        /** Returns what it is now; never empty. */
        String read() throws UnavailableSecretException;
    }

    /** A settings record that holds the secret. */
    private record Use(Constructor<?> constructor, List<@Nullable Object> arguments) {}

    /**
     * A secret that was just read.
     *
     * @param key the setting that it is the value of
     */
    LiveSecret(String key, Origin.InFile origin, Source source, String text) {
        this.key = key;
        this.origin = origin;
        this.source = source;
        this.text = text;
        this.secret = Secret.live(() -> this.text);
    }

    String key() {
        return key;
    }

    Secret secret() {
        return secret;
    }

    /** Returns why the value is not the newest; null while it is. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Remembers settings that hold the secret, if these do: a new value must be one that they accept. */
    void usedBy(Constructor<?> constructor, @Nullable Object[] arguments) {
        if (Arrays.stream(arguments).anyMatch(this::isIn)) {
            uses.add(new Use(constructor, Arrays.asList(arguments.clone())));
        }
    }

    private boolean isIn(@Nullable Object argument) {
        return switch (argument) {
            case null -> false;
            case Secret held -> isThis(held);
            case Optional<?> optional -> optional.map(this::isIn).orElse(false);
            case List<?> list -> list.stream().anyMatch(this::isIn);
            case Map<?, ?> map -> map.values().stream().anyMatch(this::isIn);
            default -> false;
        };
    }

    @SuppressWarnings("ReferenceEquality") // Another secret may have the same text today.
    private boolean isThis(Secret other) {
        return other == secret;
    }

    /**
     * Looks whether there is a new value.
     *
     * @return whether one was taken
     */
    boolean look() {
        String now;
        try {
            now = source.read();
        } catch (UnavailableSecretException unavailable) {
            seen = null;
            keep(unavailable.text());
            return false;
        }
        if (now.equals(text)) {
            seen = null;
            settle();
            return false;
        }
        if (!now.equals(seen)) {
            seen = now;
            return false;
        }
        String refusal = refusal(now);
        if (refusal != null) {
            keep("its new value cannot be used: " + refusal);
            return false;
        }
        text = now;
        seen = null;
        trouble = null;
        LOG.info("The secret of {} ({}) was renewed", key, origin.place());
        return true;
    }

    private void settle() {
        if (trouble != null) {
            trouble = null;
            LOG.info("The secret of {} ({}) can be read again", key, origin.place());
        }
    }

    private void keep(String why) {
        if (!why.equals(trouble)) {
            trouble = why;
            LOG.warn("The secret of {} ({}) stays as it was: {}", key, origin.place(), why);
        }
    }

    /** Returns why the settings that hold the secret do not accept a value; null if they do. */
    private @Nullable String refusal(String candidate) {
        for (Use use : uses) {
            try {
                use.constructor()
                        .newInstance(use.arguments().stream()
                                .map(argument -> replaced(argument, Secret.of(candidate)))
                                .toArray());
            } catch (InvocationTargetException refused) {
                Throwable cause = refused.getCause();
                return cause instanceof IllegalArgumentException || cause instanceof GantryException
                        ? String.valueOf(cause.getMessage())
                        : "it is not accepted";
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return null;
    }

    private @Nullable Object replaced(@Nullable Object argument, Secret other) {
        return switch (argument) {
            case null -> null;
            case Secret held -> isThis(held) ? other : held;
            case Optional<?> optional -> optional.map(value -> replaced(value, other));
            case List<?> list ->
                list.stream()
                        .<@Nullable Object>map(value -> replaced(value, other))
                        .toList();
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, value) -> copy.put(name, replaced(value, other)));
                yield copy;
            }
            default -> argument;
        };
    }
}
