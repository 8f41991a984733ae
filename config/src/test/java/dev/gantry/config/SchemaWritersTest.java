package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class SchemaWritersTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();

    private final JsonNode json = SCHEMA.toJsonSchema();

    @Test
    void shouldDescribeNumbersWithTheirLimitsOrAVariable() {
        JsonNode port = json.at("/properties/server/properties/port");

        assertThat(port.at("/anyOf/0")).hasToString("{\"type\":\"integer\",\"minimum\":0,\"maximum\":65535}");
        assertThat(port.at("/anyOf/1")).hasToString("{\"$ref\":\"#/$defs/variable\"}");
        assertThat(port.at("/default").asInt()).isEqualTo(7420);
        assertThat(port.at("/description").asText()).isEqualTo("Port to listen on");
    }

    @Test
    void shouldOfferBothSpellingsOfAName() {
        assertThat(json.at("/properties/database/properties/ssl_mode/anyOf/0/enum"))
                .hasToString("[\"disable\",\"require\",\"verify_full\",\"verify-full\"]");
    }

    @Test
    void shouldAllowASecretByReferenceOnly() {
        String pattern = json.at("/properties/database/properties/password/anyOf/0/pattern")
                .asText();

        assertThat("${DB_PASSWORD}").containsPattern(pattern);
        assertThat("file:/run/secret").containsPattern(pattern);
        assertThat("hunter2").doesNotContainPattern(pattern);
        assertThat("${DB_PASSWORD:-hunter2}").doesNotContainPattern(pattern);
    }

    @Test
    void shouldDescribeMapsListsKindsAndWhatIsRequired() {
        assertThat(json.at("/additionalProperties").asBoolean(true)).isFalse();
        assertThat(json.at("/properties/models/additionalProperties/required"))
                .hasToString("[\"provider\",\"context_tokens\"]");
        assertThat(json.at("/properties/role_assignments/items/required")).hasToString("[\"role\"]");
        assertThat(json.at("/properties/authentication/properties/providers/items/oneOf/1/properties/type/const")
                        .asText())
                .isEqualTo("anonymous");
        assertThat(json.at("/properties/authentication/properties/providers/items/oneOf/1/required"))
                .hasToString("[\"role\",\"type\"]");
    }

    @Test
    void shouldAllowBareNumbersWhereTheSettingHasAUnit() {
        assertThat(json.at("/properties/server/properties/session_timeout/anyOf"))
                .hasSize(3);
        assertThat(json.at("/properties/server/properties/idle_timeout/anyOf")).hasSize(2);
        assertThat("1h30m")
                .containsPattern(json.at("/properties/server/properties/idle_timeout/anyOf/0/pattern")
                        .asText());
        assertThat("512Mi")
                .containsPattern(json.at("/properties/server/properties/body_size_max/anyOf/0/pattern")
                        .asText());
    }

    @Test
    void shouldWriteATableForEachSection() {
        assertThat(SCHEMA.toMarkdown())
                .contains("""
                        ## `server`

                        The HTTP server

                        | Key | Meaning | Value | Default | Environment |
                        |---|---|---|---|---|
                        | `server.host` | Address to listen on | text | `127.0.0.1` |  |
                        """)
                .contains("| `database.url` | Whole address | secret |  | `DATABASE_URL` |")
                .contains("| `server.session_timeout` | Session time | duration, in seconds | `1h` |  |");
    }
}
