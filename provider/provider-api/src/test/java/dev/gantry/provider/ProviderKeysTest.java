package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ProviderException.Failure;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProviderKeysTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("test");

    private final AtomicLong now = new AtomicLong(1);
    private final Set<String> refused = new HashSet<>();
    private final List<String> tried = new ArrayList<>();

    private ProviderKeys keys(Optional<Secret> first, Optional<Secret> second) {
        return ProviderKeys.of(
                "test",
                FAILURES,
                first,
                second,
                key -> UpstreamHeaders.NONE.with("key", key),
                UpstreamHeaders.NONE.with("key", "none"),
                now::get);
    }

    private String call(ProviderKeys keys) throws ProviderException {
        return keys.use(headers -> {
            var written = HttpHeaders.headers();
            headers.addTo(written);
            String key = Objects.requireNonNull(written.get("key"));
            tried.add(key);
            if (refused.contains(key)) {
                throw new ProviderException(Failure.AUTHENTICATION, "refused " + key, 401, null, null, null, null);
            }
            return key;
        });
    }

    private ProviderKeys two() {
        return keys(Optional.of(Secret.of("one")), Optional.of(Secret.of("two")));
    }

    @Test
    void shouldTryTheFirstAgainAfterFiveMinutes() throws ProviderException {
        ProviderKeys keys = two();
        refused.add("one");
        assertThat(call(keys)).isEqualTo("two");
        assertThat(call(keys)).isEqualTo("two");
        assertThat(tried).containsExactly("one", "two", "two");
        refused.clear();
        now.addAndGet(ProviderKeys.REFUSAL_REMEMBERED.toNanos());
        assertThat(call(keys)).isEqualTo("one");
    }

    @Test
    void shouldGoBackToTheFirstWhenTheSecondIsRefusedMeanwhile() throws ProviderException {
        ProviderKeys keys = two();
        refused.add("one");
        assertThat(call(keys)).isEqualTo("two");
        refused.remove("one");
        refused.add("two");
        assertThat(call(keys)).isEqualTo("one");
        assertThat(call(keys)).isEqualTo("one");
        assertThat(tried).containsExactly("one", "two", "two", "one", "one");
    }

    @Test
    void shouldSayThatAllAreRefusedWithoutNamingThem() {
        refused.addAll(List.of("one", "two"));
        ProviderException failure = catchThrowableOfType(ProviderException.class, () -> call(two()));
        assertThat(failure.failure()).isEqualTo(Failure.AUTHENTICATION);
        assertThat(failure.status()).isEqualTo(401);
        assertThat(failure).hasMessageNotContaining("one").hasMessageContaining("api_key_secondary");
    }

    @Test
    void shouldNotTryAnotherKeyForOtherFailures() {
        ProviderKeys keys = two();
        ProviderException failure = catchThrowableOfType(
                ProviderException.class,
                () -> keys.use(headers -> {
                    tried.add("x");
                    throw new ProviderException(Failure.RATE_LIMITED, "slow down", null);
                }));
        assertThat(failure.failure()).isEqualTo(Failure.RATE_LIMITED);
        assertThat(tried).hasSize(1);
    }

    @Test
    void shouldCallWithoutAKeyWhenThereIsNone() throws ProviderException {
        assertThat(call(keys(Optional.empty(), Optional.empty()))).isEqualTo("none");
    }
}
