package dev.gantry.scim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScimFilterTest {
    private static final JsonNode JANE = Json.read("""
            {"userName": "Jane@Example.com", "active": true, "title": "", "level": 3,
             "name": {"familyName": "O'Malley"},
             "emails": [{"type": "work", "value": "jane@example.com", "primary": true}, {"type": "home", "value": "j@home.org"}],
             "meta": {"lastModified": "2026-05-13T04:42:34Z"},
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Research"}}
            """);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "userName eq \"jane@example.com\"",
                "USERNAME EQ \"JANE@EXAMPLE.COM\"",
                "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"jane\"",
                "name.familyName co \"O'Malley\"",
                "userName sw \"J\" and active eq true",
                "active eq \"True\"",
                "title pr or userType pr or emails pr",
                "emails[type eq \"work\" and value co \"@example.com\"]",
                "emails[type eq \"work\"].value eq \"JANE@example.com\"",
                "emails[type eq \"work\"].value co \"jane\" and active eq true",
                "emails.type eq \"home\"",
                "emails eq \"j@home.org\"",
                "not (emails.type eq \"other\")",
                "userType ne \"Employee\" and not (emails co \"example.net\" or emails.value co \"example.net\")",
                "meta.lastModified gt \"2026-05-13T04:42:33+00:00\"",
                "meta.lastModified le \"2026-05-13T06:42:34+02:00\"",
                "level ge 3",
                "level lt 3.5",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"research\"",
                "userName eq \"x\" or userName ew \"COM\" and active eq true"
            })
    void shouldFind(String filter) {
        assertThat(ScimFilter.parse(filter).matches(JANE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "userName eq \"john@example.com\"",
                "title pr",
                "active eq false",
                "emails[type eq \"home\" and value co \"@example.com\"]",
                "emails[type eq \"home\"].value eq \"jane@example.com\"",
                "not (userName pr)",
                "userName ne \"jane@example.com\"",
                "(userName eq \"x\" or userName ew \"com\") and active eq false",
                "level gt 3",
                "nothing eq \"x\""
            })
    void shouldNotFind(String filter) {
        assertThat(ScimFilter.parse(filter).matches(JANE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "userName",
                "userName eq",
                "userName is \"x\"",
                "userName eq \"x",
                "userName eq \"x\" and",
                "(userName eq \"x\"",
                "userName eq \"x\")",
                "emails[type eq \"work\"",
                "emails[type eq \"work\"].",
                "emails[type eq \"work\"]. eq \"x\"",
                "userName eq {}",
                "userName eq x",
                "\"x\" eq userName",
                "userName eq \"\\q\""
            })
    void shouldRefuseWhatItCannotRead(String filter) {
        assertThatThrownBy(() -> ScimFilter.parse(filter))
                .isInstanceOfSatisfying(
                        ScimException.class,
                        refusal -> assertThat(refusal.scimType()).isEqualTo("invalidFilter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "not (", "emails[", "a[b["})
    void shouldBoundNesting(String opening) {
        assertThatThrownBy(() -> ScimFilter.parse(opening.repeat(500))).isInstanceOf(ScimException.class);
    }

    @Test
    void shouldBoundLengthAndComparisons() {
        assertThatThrownBy(() -> ScimFilter.parse("a pr or ".repeat(100) + "a pr"))
                .hasMessageContaining("100 comparisons");
        assertThatThrownBy(() -> ScimFilter.parse("a eq \"" + "x".repeat(4_000) + "\""))
                .hasMessageContaining("4000 characters");
    }

    @Test
    void shouldSayWhatHasToEqualWhat() {
        List<ScimFilter> all = ScimFilter.parse(
                        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\" and active eq true and title pr")
                .conjuncts();
        assertThat(all).hasSize(3);
        assertThat(all.getFirst().equality())
                .hasValueSatisfying(first -> assertThat(first.attribute()).isEqualTo("username"));
        assertThat(all.get(1).equality())
                .hasValueSatisfying(
                        second -> assertThat(second.value().booleanValue()).isTrue());
        assertThat(all.get(2).equality()).isEmpty();
        assertThat(ScimFilter.parse("a eq 1 or b eq 2").conjuncts()).hasSize(1);
        assertThat(ScimFilter.parse("userName sw \"a\"").equality()).isEmpty();
    }
}
