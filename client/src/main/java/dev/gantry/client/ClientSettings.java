package dev.gantry.client;

import dev.gantry.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a platform is spoken to.
 *
 * @param url where it listens, such as {@code https://gantry.example.com}
 * @param key the caller's API key or access token; empty to call what needs none
 * @param timeout for one call over all its tries, executions excepted
 * @param executionTimeout for an execution; of streams, for the time in which nothing comes
 * @param attempts how often a call is sent that may be repeated; 1 for no repetition
 * @param trust the certificates that are trusted; empty for those that the JDK trusts
 * @param userAgent says in the platform's log who calls
 */
public record ClientSettings(
        URI url,
        Optional<Secret> key,
        Duration timeout,
        Duration executionTimeout,
        int attempts,
        Optional<SSLContext> trust,
        String userAgent) {
    private static final int ATTEMPTS_MAX = 20;

    /** Checks the bounds. */
    public ClientSettings {
        String scheme = url.getScheme() == null ? "" : url.getScheme();
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException("'" + url + "' is no address of a platform: https://HOST[:PORT]");
        }
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || executionTimeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("timeouts are at least a millisecond");
        }
        if (attempts < 1 || attempts > ATTEMPTS_MAX) {
            throw new IllegalArgumentException("a call is sent 1 to " + ATTEMPTS_MAX + " times");
        }
    }

    /** Returns the usual settings: a minute for a call, ten for an execution, three tries. */
    public static ClientSettings of(URI url, Secret key) {
        return new ClientSettings(
                url,
                Optional.of(key),
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                3,
                Optional.empty(),
                "gantry-client");
    }

    /** Returns the settings with another time for calls. */
    public ClientSettings withTimeout(Duration other) {
        return new ClientSettings(url, key, other, executionTimeout, attempts, trust, userAgent);
    }

    /** Returns the settings with another time for executions. */
    public ClientSettings withExecutionTimeout(Duration other) {
        return new ClientSettings(url, key, timeout, other, attempts, trust, userAgent);
    }

    /** Returns the settings with another number of tries. */
    public ClientSettings withAttempts(int other) {
        return new ClientSettings(url, key, timeout, executionTimeout, other, trust, userAgent);
    }

    /** Returns the settings with other certificates to trust. */
    public ClientSettings withTrust(SSLContext other) {
        return new ClientSettings(url, key, timeout, executionTimeout, attempts, Optional.of(other), userAgent);
    }

    /** Returns the settings under another name. */
    public ClientSettings withUserAgent(String other) {
        return new ClientSettings(url, key, timeout, executionTimeout, attempts, trust, other);
    }
}
