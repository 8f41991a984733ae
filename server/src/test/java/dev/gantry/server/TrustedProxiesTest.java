package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.server.ServerSettings.ForwardedHeader;
import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static final String PROXY = "10.0.0.7";
    private static final List<String> NETWORKS =
            List.of("10.0.0.0/8", "192.0.2.128/25", "2001:db8:1::/48", "198.51.100.9");

    private final TrustedProxies proxies = new TrustedProxies(NETWORKS, ForwardedHeader.X_FORWARDED_FOR);
    private final TrustedProxies rfc7239 = new TrustedProxies(NETWORKS, ForwardedHeader.FORWARDED);

    private static MultiMap headers(String name, String... lines) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (String line : lines) {
            headers.add(name, line);
        }
        return headers;
    }

    private String client(String peer, String... lines) {
        return proxies.client(peer, headers("X-Forwarded-For", lines));
    }

    private String forwarded(String... lines) {
        return rfc7239.client(PROXY, headers("Forwarded", lines));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9                                 | 203.0.113.9",
                "203.0.113.9:4711                            | 203.0.113.9",
                "1.1.1.1, 203.0.113.9                        | 203.0.113.9",
                "127.0.0.1, 203.0.113.9                      | 203.0.113.9",
                "1.1.1.1, 203.0.113.9, 10.1.2.3, 192.0.2.200 | 203.0.113.9",
                "192.0.2.127                                 | 192.0.2.127",
                "2001:db8::17                                | 2001:db8:0:0:0:0:0:17",
                "[2001:db8::17]:4711                         | 2001:db8:0:0:0:0:0:17",
                "[2001:db8::17]                              | 2001:db8:0:0:0:0:0:17",
                "203.0.113.9, 2001:db8:1::5                  | 203.0.113.9",
                "203.0.113.9, [2001:db8:1:ffff::5]:80        | 203.0.113.9",
                "2001:db8:2::5                               | 2001:db8:2:0:0:0:0:5",
                "203.0.113.9, ::ffff:10.1.1.1                | 203.0.113.9",
                "::ffff:203.0.113.9                          | 203.0.113.9",
                "10.0.0.1, 10.0.0.2                          | 10.0.0.1",
            })
    void shouldTakeTheLastAddressThatIsNoProxy(String line, String client) {
        assertThat(client(PROXY, line)).isEqualTo(client);
    }

    @Test
    void shouldReadSeveralLinesAsOne() {
        assertThat(client(PROXY, "1.1.1.1", "203.0.113.9, 10.1.1.1", "10.2.2.2"))
                .isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"203.0.113.5", "11.0.0.7", "192.0.2.127", "198.51.100.8", "2001:db8:2::1", "unknown", "127.0.0.1"
            })
    void shouldNotBelieveOthers(String peer) {
        assertThat(client(peer, "1.1.1.1")).isEqualTo(peer);
        assertThat(TrustedProxies.NONE.client(peer, headers("X-Forwarded-For", "1.1.1.1")))
                .isEqualTo(peer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "203.0.113.9.1",
                "203.0.113",
                "256.1.1.1",
                "3405803785",
                "0x7f000001",
                "203.0.113.9:4711:1",
                "203.0.113.9:port",
                "203.0.113.9:999999",
                "[2001:db8::17",
                "2001:db8::17]",
                "[203.0.113.9]",
                "[2001:db8::17]x",
                "2001:db8::17::1",
                "fe80::zz",
                ":::",
                "203.0.113.9; DROP",
                "1.1.1.1 203.0.113.9",
                "1.1.1.1, unknown",
                "1.1.1.1, 203.0.113.9,",
                "\u0661.1.1.1",
            })
    void shouldSayTheProxyWhenItTellsNothingThatCanBeRead(String line) {
        assertThat(client(PROXY, line)).isEqualTo(PROXY);
    }

    @Test
    void shouldSayTheProxyThatTellsNothingAndNotTheOneBehindIt() {
        assertThat(client(PROXY, "1.1.1.1, rubbish, 10.9.9.9")).isEqualTo("10.9.9.9");
        assertThat(client(PROXY)).isEqualTo(PROXY);
    }

    @Test
    void shouldReadVeryLongLists() {
        assertThat(client(PROXY, "1.1.1.1, ".repeat(100_000) + "203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client(PROXY, "203.0.113.9" + ", 10.1.1.1".repeat(100_000))).isEqualTo("203.0.113.9");
        assertThat(client(PROXY, ",".repeat(100_000))).isEqualTo(PROXY);
        assertThat(client(PROXY, "1".repeat(100_000))).isEqualTo(PROXY);
        assertThat(forwarded("\"".repeat(100_001) + ",for=203.0.113.9")).isEqualTo(PROXY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "for=203.0.113.9                                       | 203.0.113.9",
                "For=203.0.113.9;proto=https;by=10.0.0.7               | 203.0.113.9",
                "proto=https; for=\"203.0.113.9:4711\"                 | 203.0.113.9",
                "for=\"[2001:db8:cafe::17]:4711\"                      | 2001:db8:cafe:0:0:0:0:17",
                "for=1.1.1.1, for=203.0.113.9;by=10.0.0.1, for=10.1.1.1 | 203.0.113.9",
                "for=1.1.1.1;host=\"a,for=2.2.2.2\", for=203.0.113.9   | 203.0.113.9",
                "for=1.1.1.1;host=\"a\\\",for=2.2.2.2\", for=203.0.113.9 | 203.0.113.9",
                "for=unknown                                           | 10.0.0.7",
                "for=_gazonk                                           | 10.0.0.7",
                "for=203.0.113.9, proto=https                          | 10.0.0.7",
                "for=\", for=203.0.113.9                               | 10.0.0.7",
                "xfor=203.0.113.9                                      | 10.0.0.7",
            })
    void shouldReadForwardedWhereThatIsWhatProxiesWrite(String line, String client) {
        assertThat(forwarded(line)).isEqualTo(client);
    }

    @Test
    void shouldReadNoHeaderButTheOneThatProxiesWrite() {
        MultiMap both = headers("X-Forwarded-For", "203.0.113.9").add("Forwarded", "for=1.1.1.1");
        assertThat(proxies.client(PROXY, both)).isEqualTo("203.0.113.9");
        assertThat(rfc7239.client(PROXY, both)).isEqualTo("1.1.1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example.com",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "10.0.0.1/8",
                "0.0.0.0/0",
                "::/0",
                "2001:db8::/129",
                "2001:db8::1/32",
                "10.0.0",
                "10.0.0.0/255.0.0.0",
                "*"
            })
    void shouldRefuseWhatIsNoNetwork(String network) {
        assertThatThrownBy(() -> new TrustedProxies(List.of(network), ForwardedHeader.X_FORWARDED_FOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + network + "'");
    }
}
