package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ProviderException.Failure;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderKeysTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("test");

    private final AtomicLong now = new AtomicLong(1);
    private final Set<String> refused = new HashSet<>();
    private final Set<String> denied = new HashSet<>();
    private final Map<String, @Nullable Duration> limited = new HashMap<>();
    private final List<String> tried = new ArrayList<>();

    private ProviderKeys keys(String... secrets) {
        return keys(Stream.of(secrets).map(Secret::of).toList());
    }

    private ProviderKeys keys(List<Secret> secrets) {
        return ProviderKeys.of(
                "test",
                FAILURES,
                secrets,
                key -> UpstreamHeaders.NONE.with("key", key),
                UpstreamHeaders.NONE.with("key", "none"),
                now::get);
    }

    private String call(ProviderKeys keys) throws ProviderException {
        return call(keys, "model");
    }

    private String call(ProviderKeys keys, String model) throws ProviderException {
        CallContext context =
                new CallContext(Duration.ofSeconds(1), Duration.ofSeconds(1), null, model, "request", null);
        return keys.use(context, headers -> {
            var written = HttpHeaders.headers();
            headers.addTo(written);
            String key = Objects.requireNonNull(written.get("key"));
            tried.add(key);
            if (refused.contains(key)) {
                throw new ProviderException(Failure.AUTHENTICATION, "refused " + key, 401, null, null, null, null);
            }
            if (denied.contains(key + " " + model)) {
                throw new ProviderException(Failure.DENIED, "denied " + key, 403, null, "permission_error", null, null);
            }
            if (limited.containsKey(key)) {
                throw new ProviderException(Failure.RATE_LIMITED, "slow down", 429, null, null, limited.get(key), null);
            }
            return key;
        });
    }

    private ProviderException failure(ProviderKeys keys) {
        return catchThrowableOfType(ProviderException.class, () -> call(keys));
    }

    @Test
    void shouldTakeTurns() throws ProviderException {
        ProviderKeys keys = keys("one", "two", "three");
        for (int call = 0; call < 6; call++) {
            call(keys);
        }
        assertThat(tried).containsExactly("one", "two", "three", "one", "two", "three");
    }

    @Test
    void shouldLetARefusedKeyRestForFiveMinutes() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        refused.add("one");
        assertThat(call(keys)).isEqualTo("two");
        assertThat(call(keys)).isEqualTo("two");
        assertThat(call(keys)).isEqualTo("two");
        assertThat(tried).containsExactly("one", "two", "two", "two");
        refused.clear();
        now.addAndGet(ProviderKey.REFUSAL_REST.toNanos());
        assertThat(List.of(call(keys), call(keys))).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void shouldLetAKeyRestForThatModelAloneWhichIsDeniedToIt() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        denied.add("one secret");
        assertThat(call(keys, "secret")).isEqualTo("two");
        assertThat(List.of(call(keys, "secret"), call(keys, "secret"))).containsExactly("two", "two");
        assertThat(tried).containsExactly("one", "two", "two", "two");
        assertThat(List.of(call(keys, "model"), call(keys, "model"))).containsExactlyInAnyOrder("one", "two");
        assertThat(keys.health().troubles()).isEmpty();

        denied.clear();
        now.addAndGet(ProviderKey.REFUSAL_REST.toNanos());
        assertThat(List.of(call(keys, "secret"), call(keys, "secret"))).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void shouldSayThatAModelIsDeniedToEveryKeyAndTryAgainNextTime() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        denied.add("one model");
        denied.add("two model");
        assertThat(failure(keys).failure()).isEqualTo(Failure.DENIED);
        assertThat(tried).containsExactly("one", "two");
        assertThat(failure(keys).failure()).isEqualTo(Failure.DENIED);
        assertThat(tried).hasSize(3);
        denied.clear();
        assertThat(call(keys)).isIn("one", "two");
    }

    @Test
    void shouldAskTheOtherKeyForAModelThatTheProjectOfOneDoesNotHave() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        CallContext context =
                new CallContext(Duration.ofSeconds(1), Duration.ofSeconds(1), null, "model", "request", null);
        int[] calls = {0};
        String answered = keys.use(context, _ -> {
            if (calls[0]++ == 0) {
                throw new ProviderException(
                        Failure.UNKNOWN_MODEL, "no access to the model", 403, null, "model_not_found", null, null);
            }
            return "answer";
        });
        assertThat(answered).isEqualTo("answer");
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void shouldUseARenewedKeyAtOnceThoughTheOneBeforeRests() throws ProviderException {
        AtomicReference<String> text = new AtomicReference<>("old");
        ProviderKeys keys = keys(List.of(Secret.live(text::get), Secret.of("other")));
        refused.add("old");
        assertThat(List.of(call(keys), call(keys))).containsExactly("other", "other");
        assertThat(keys.health().troubles()).hasSize(1);

        text.set("new");

        assertThat(List.of(call(keys), call(keys))).containsExactlyInAnyOrder("new", "other");
        assertThat(keys.health().troubles()).isEmpty();
    }

    @Test
    void shouldKeepAKeyWhoseRenewalCannotBeSent() throws ProviderException {
        AtomicReference<String> text = new AtomicReference<>("old");
        ProviderKeys keys = keys(List.of(Secret.live(text::get)));

        text.set("two\nlines");

        assertThat(call(keys)).isEqualTo("old");
        text.set("new");
        assertThat(call(keys)).isEqualTo("new");
    }

    @Test
    void shouldLetALimitedKeyRestForAsLongAsTheProviderWishes() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        limited.put("one", Duration.ofSeconds(30));
        assertThat(call(keys)).isEqualTo("two");
        now.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(List.of(call(keys), call(keys))).containsOnly("two");
        assertThat(tried).containsExactly("one", "two", "two", "two");
        limited.clear();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(List.of(call(keys), call(keys))).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void shouldRestForTheLimitedModelOnly() throws ProviderException {
        ProviderKeys keys = keys("one");
        limited.put("one", Duration.ofSeconds(30));
        assertThat(failure(keys).failure()).isEqualTo(Failure.RATE_LIMITED);
        limited.clear();
        assertThat(call(keys, "another")).isEqualTo("one");
        assertThat(failure(keys).failure()).isEqualTo(Failure.RATE_LIMITED);
    }

    @Test
    void shouldSendNothingWhileEveryKeyMustWaitAndSayHowLong() {
        ProviderKeys keys = keys("one", "two");
        limited.put("one", Duration.ofSeconds(30));
        limited.put("two", Duration.ofSeconds(10));
        assertThat(failure(keys).isUnseen()).isFalse();
        assertThat(tried).containsExactly("one", "two");
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        ProviderException second = failure(keys);
        assertThat(tried).hasSize(2);
        assertThat(second.failure()).isEqualTo(Failure.RATE_LIMITED);
        assertThat(second.isUnseen()).isTrue();
        assertThat(second.retryAfter()).contains(Duration.ofSeconds(6));
    }

    @Test
    void shouldNotRestASingleKeyForALimitWithoutATime() throws ProviderException {
        ProviderKeys keys = keys("one");
        limited.put("one", null);
        assertThat(failure(keys).failure()).isEqualTo(Failure.RATE_LIMITED);
        limited.clear();
        assertThat(call(keys)).isEqualTo("one");
    }

    @Test
    void shouldTryARefusedKeyAgainWhenThereIsNoOther() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        refused.addAll(List.of("one", "two"));
        assertThat(failure(keys).failure()).isEqualTo(Failure.AUTHENTICATION);
        refused.clear();
        assertThat(call(keys)).isIn("one", "two");
    }

    @Test
    void shouldSayThatAllAreRefusedWithoutNamingThem() {
        refused.addAll(List.of("one", "two"));
        ProviderException failure = failure(keys("one", "two"));
        assertThat(failure.failure()).isEqualTo(Failure.AUTHENTICATION);
        assertThat(failure.status()).isEqualTo(401);
        assertThat(failure).hasMessageNotContaining("one").hasMessageContaining("api_key_secondary");
    }

    @Test
    void shouldReportKeysThatAreRefusedAgainAndAgainUntilTheyWork() throws ProviderException {
        ProviderKeys keys = keys("one", "two");
        assertThat(keys.health()).isEqualTo(new KeyHealth(2, List.of()));
        refused.add("two");
        for (int day = 0; day < 8; day++) {
            call(keys);
            now.addAndGet(ProviderKey.REFUSAL_REST.toNanos());
        }
        assertThat(keys.health().troubles()).containsExactly("key 2 of 2 is bad: refused 4 times in a row");
        refused.clear();
        call(keys);
        call(keys);
        assertThat(keys.health().troubles()).isEmpty();
    }

    @Test
    void shouldNotTryAnotherKeyForOtherFailures() {
        ProviderKeys keys = keys("one", "two");
        ProviderException failure = catchThrowableOfType(
                ProviderException.class,
                () -> keys.use(new CallContext(Duration.ZERO, Duration.ZERO, null, "r", null), headers -> {
                    tried.add("x");
                    throw new ProviderException(Failure.UNAVAILABLE, "broken", 500, null, null, null, null);
                }));
        assertThat(failure.failure()).isEqualTo(Failure.UNAVAILABLE);
        assertThat(tried).hasSize(1);
    }

    @Test
    void shouldCallWithoutAKeyWhenThereIsNone() throws ProviderException {
        ProviderKeys keys = keys();
        assertThat(call(keys)).isEqualTo("none");
        assertThat(keys.health()).isEqualTo(KeyHealth.NONE);
    }
}
