package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CanonicalBodyTest {
    private static String canonical(String json, String... omitted) throws Malformed {
        return new String(
                CanonicalBody.of(json.getBytes(StandardCharsets.UTF_8), Set.of(omitted)), StandardCharsets.UTF_8);
    }

    @Test
    void shouldNotCareForSpaceAndTheOrderOfMembersAtAnyDepth() throws Malformed {
        assertThat(canonical("{ \"b\" : [ { \"y\" : 1, \"x\" : \"s p\" } ],\n\t\"a\":null }"))
                .isEqualTo(canonical("{\"a\":null,\"b\":[{\"x\":\"s p\",\"y\":1}]}"));
    }

    @Test
    void shouldTellValuesAndTheirOrderInArraysApart() throws Malformed {
        assertThat(canonical("{\"a\":[1,2]}")).isNotEqualTo(canonical("{\"a\":[2,1]}"));
        assertThat(canonical("{\"a\":\"1\"}")).isNotEqualTo(canonical("{\"a\":1}"));
        assertThat(canonical("{\"a\":{\"b\":1},\"c\":2}")).isNotEqualTo(canonical("{\"a\":{\"b\":1,\"c\":2}}"));
        assertThat(canonical("{\"a\":[[1],2]}")).isNotEqualTo(canonical("{\"a\":[1,[2]]}"));
    }

    @Test
    void shouldKeepTheOrderOfMembersOfOneName() throws Malformed {
        assertThat(canonical("{\"a\":1,\"a\":2}")).isNotEqualTo(canonical("{\"a\":2,\"a\":1}"));
    }

    @Test
    void shouldLeaveOutWhatIsNamedOfTheOutermostObjectAlone() throws Malformed {
        assertThat(canonical("{\"stream\":true,\"a\":{\"stream\":true}}", "stream"))
                .isEqualTo(canonical("{\"a\":{\"stream\":true}}"))
                .isNotEqualTo(canonical("{\"a\":{}}"));
    }

    @Test
    void shouldRefuseWhatIsNoObject() {
        assertThatThrownBy(() -> canonical("[1]")).isInstanceOf(Malformed.class);
        assertThatThrownBy(() -> canonical("{\"a\":1} x")).isInstanceOf(Malformed.class);
        assertThatThrownBy(() -> canonical("{\"a\":")).isInstanceOf(Malformed.class);
    }
}
