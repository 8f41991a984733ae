package dev.gantry.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:aaaa::1, 2001:db8:1:2::/64",
        "2001:DB8:1:2:bbbb:0:0:1%eth0, 2001:db8:1:2::/64",
        "2001:db8::1, 2001:db8:0:0::/64",
        "2001:db8:1:3::1, 2001:db8:1:3::/64",
        "::1, 0:0:0:0::/64",
        "localhost, localhost",
        "'', ''",
        "%, %",
        "2001:db8, 2001:db8"
    })
    void shouldTakeAWholeNetworkOfIpv6ForOneClient(String address, String network) {
        assertThat(ClientNetwork.of(address)).isEqualTo(network);
    }
}
