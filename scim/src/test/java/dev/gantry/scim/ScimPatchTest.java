package dev.gantry.scim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScimPatchTest {
    private static final ObjectNode JANE = object("""
            {"userName": "jane@example.com", "active": true, "name": {"givenName": "Jane", "familyName": "Doe"},
             "emails": [{"type": "work", "value": "jane@example.com"}]}""");

    private static final ObjectNode TEAM = object(
            "{\"displayName\": \"Team\", \"members\": [{\"value\": \"1\"}, {\"value\": \"2\"}, {\"value\": \"3\"}]}");

    private static ObjectNode object(String json) {
        return Json.readObject(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode patch(ObjectNode resource, String... operations) {
        return ScimPatch.apply(resource, object("{\"Operations\": [" + String.join(",", operations) + "]}"));
    }

    @Test
    void shouldChangeACopy() {
        ObjectNode changed = patch(JANE, "{\"op\": \"replace\", \"path\": \"active\", \"value\": false}");

        assertThat(changed.path("active").booleanValue()).isFalse();
        assertThat(JANE.path("active").booleanValue()).isTrue();
    }

    /** As Entra ID sends them. */
    @Nested
    class Entra {
        @Test
        void shouldReadOperationsInCapitalsAndQuotedTruth() {
            assertThat(patch(JANE, "{\"op\": \"Replace\", \"path\": \"active\", \"value\": \"False\"}")
                            .path("active")
                            .asText())
                    .isEqualTo("False");
        }

        @Test
        void shouldReadDottedNamesInAValueWithoutAPath() {
            ObjectNode changed = patch(
                    JANE,
                    "{\"op\": \"Add\", \"value\": {\"name.givenName\": \"Joan\", \"displayName\": \"Joan Doe\","
                            + " \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department\": \"R&D\"}}");

            assertThat(changed.path("name").toString()).isEqualTo("{\"givenName\":\"Joan\",\"familyName\":\"Doe\"}");
            assertThat(changed.path("displayName").textValue()).isEqualTo("Joan Doe");
            assertThat(changed.path("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")
                            .path("department")
                            .textValue())
                    .isEqualTo("R&D");
        }

        @Test
        void shouldSetTheValueOfAWorkAddressThatIsNotThereYet() {
            ObjectNode changed = patch(
                    object("{\"userName\": \"j\"}"),
                    "{\"op\": \"Add\", \"path\": \"emails[type eq \\\"work\\\"].value\", \"value\": \"j@example.com\"}");

            assertThat(changed.path("emails").toString())
                    .isEqualTo("[{\"type\":\"work\",\"value\":\"j@example.com\"}]");
        }

        @Test
        void shouldRemoveMembersThatAreListedAsTheValue() {
            ObjectNode changed = patch(
                    TEAM,
                    "{\"op\": \"Remove\", \"path\": \"members\", \"value\": [{\"value\": \"1\"}, {\"value\": \"3\"}]}");

            assertThat(changed.path("members").toString()).isEqualTo("[{\"value\":\"2\"}]");
        }
    }

    /** As Okta sends them. */
    @Nested
    class Okta {
        @Test
        void shouldDeactivateByAValueWithoutAPath() {
            ObjectNode changed = patch(JANE, "{\"op\": \"replace\", \"value\": {\"active\": false}}");

            assertThat(changed.path("active").booleanValue()).isFalse();
            assertThat(changed.path("userName").textValue()).isEqualTo("jane@example.com");
        }

        @Test
        void shouldRemoveAMemberByFilterAndAddAnother() {
            ObjectNode changed = patch(
                    TEAM,
                    "{\"op\": \"remove\", \"path\": \"members[value eq \\\"2\\\"]\"}",
                    "{\"op\": \"add\", \"path\": \"members\", \"value\": [{\"value\": \"9\", \"display\": \"j\"}]}");

            assertThat(changed.path("members").findValuesAsText("value")).containsExactly("1", "3", "9");
        }

        @Test
        void shouldRenameAGroupByAValueThatRepeatsItsId() {
            ObjectNode changed =
                    patch(TEAM, "{\"op\": \"replace\", \"value\": {\"id\": \"abc\", \"displayName\": \"Platform\"}}");

            assertThat(changed.path("displayName").textValue()).isEqualTo("Platform");
        }

        @Test
        void shouldReplaceAllMembers() {
            ObjectNode changed =
                    patch(TEAM, "{\"op\": \"replace\", \"path\": \"members\", \"value\": [{\"value\": \"7\"}]}");

            assertThat(changed.path("members").findValuesAsText("value")).containsExactly("7");
        }
    }

    @Test
    void shouldAddTheSameMemberOnce() {
        String add = "{\"op\": \"add\", \"path\": \"members\", \"value\": [{\"value\": \"1\"}, {\"value\": \"1\"}]}";

        assertThat(patch(TEAM, add, add).path("members")).hasSize(3);
    }

    @Test
    void shouldRemoveWhatIsThereAndNotMindWhatIsNot() {
        ObjectNode changed = patch(
                JANE,
                "{\"op\": \"remove\", \"path\": \"name.givenName\"}",
                "{\"op\": \"remove\", \"path\": \"title\"}",
                "{\"op\": \"remove\", \"path\": \"emails[type eq \\\"work\\\"].type\"}");

        assertThat(changed.path("name").toString()).isEqualTo("{\"familyName\":\"Doe\"}");
        assertThat(changed.path("emails").toString()).isEqualTo("[{\"value\":\"jane@example.com\"}]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"op": "move", "path": "a", "value": 1}                       | invalidSyntax
            {"path": "a", "value": 1}                                     | invalidSyntax
            {"op": "add", "path": "a"}                                    | invalidValue
            {"op": "replace", "value": "text"}                            | invalidValue
            {"op": "remove"}                                              | noTarget
            {"op": "replace", "path": "emails[type eq", "value": 1}       | invalidPath
            {"op": "replace", "path": "emails[type is 1].x", "value": 1}  | invalidFilter
            {"op": "replace", "path": "a..b", "value": 1}                 | invalidPath
            {"op": "replace", "path": "userName.x", "value": 1}           | noTarget
            {"op": "replace", "path": "emails[type sw \\"x\\"].y", "value": 1}| noTarget
            {"op": "remove", "path": "members", "value": []}              | noError
            {"op": "replace", "path": "userName[type eq \\"x\\"].y", "value": 1} | invalidPath
            """)
    void shouldSayWhatIsWrong(String operation, String type) {
        if (type.equals("noError")) {
            assertThat(patch(JANE, operation)).isEqualTo(JANE);
            return;
        }
        assertThatThrownBy(() -> patch(JANE, operation))
                .isInstanceOfSatisfying(
                        ScimException.class,
                        refusal -> assertThat(refusal.scimType()).isEqualTo(type));
    }

    @Test
    void shouldRefuseToAddToWhatHasOneValueOnly() {
        ObjectNode odd = object("{\"members\": \"1\"}");
        assertThatThrownBy(() -> patch(odd, "{\"op\": \"add\", \"path\": \"members\", \"value\": {\"value\": \"2\"}}"))
                .isInstanceOf(ScimException.class)
                .hasMessageContaining("one value only");
    }

    @Test
    void shouldReplaceAnExtensionThatIsNamedAsAWhole() {
        String extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        ObjectNode changed = patch(
                JANE,
                "{\"op\": \"replace\", \"value\": {\"" + extension + "\": {\"department\": \"R&D\"}}}",
                "{\"op\": \"add\", \"path\": \"" + extension + ":costCenter\", \"value\": \"42\"}");

        assertThat(changed.path(extension).toString()).isEqualTo("{\"department\":\"R&D\",\"costCenter\":\"42\"}");
    }

    /** The values of so many members, of whom every second one is written in capitals. */
    private static String members(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> "{\"value\":\"" + (n % 2 == 0 ? "m" : "M") + n + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Each by each these would be billions of comparisons, and a filter of fifty thousand parts. */
    @Test
    void shouldAddAndRemoveAsManyMembersAsAGroupMayHave() {
        ObjectNode large = object("{\"members\":" + members(0, 50_000) + "}");
        ObjectNode larger =
                patch(large, "{\"op\":\"add\",\"path\":\"members\",\"value\":" + members(1_000, 50_000) + "}");
        assertThat(larger.path("members")).hasSize(51_000);

        ObjectNode smaller =
                patch(larger, "{\"op\":\"remove\",\"path\":\"members\",\"value\":" + members(2, 50_000) + "}");
        assertThat(smaller.path("members").findValuesAsText("value")).startsWith("m0", "M1", "m50002");
    }

    @Test
    void shouldRefuseMoreValuesThanAGroupMayHave() {
        String half = members(0, 25_000);
        assertThatThrownBy(() -> patch(
                        TEAM,
                        "{\"op\":\"add\",\"path\":\"members\",\"value\":[" + half + "]}",
                        "{\"op\":\"add\",\"value\":{\"members\":" + half + "}}"))
                .isInstanceOfSatisfying(
                        ScimException.class,
                        refusal -> assertThat(refusal.scimType()).isEqualTo("tooMany"));
    }

    @Test
    void shouldRefuseManyOperationsThatEachGoThroughALargeGroup() {
        ObjectNode large = object("{\"members\":" + members(0, 50_000) + "}");
        String one = "{\"op\":\"remove\",\"path\":\"members[value eq \\\"x\\\"]\"}";
        assertThat(patch(large, one, one)).isEqualTo(large);
        assertThatThrownBy(() -> patch(large, (one + ",").repeat(900) + one)).hasMessageContaining("several parts");
    }

    /** Each member would get all of them, which is gigabytes of a body of fifty kilobytes. */
    @Test
    void shouldRefuseToPutALargeValueIntoEachOfManyMembers() {
        ObjectNode large = object("{\"members\":" + members(0, 50_000) + "}");
        String properties =
                IntStream.range(0, 3_000).mapToObj(n -> "\"p" + n + "\":1").collect(Collectors.joining(",", "{", "}"));
        String operation = "{\"op\":\"replace\",\"path\":\"members[value pr]\",\"value\":%s}";

        assertTooMany(large, operation.formatted(properties));
        ObjectNode changed = patch(large, operation.formatted("{\"display\":\"x\"}"));
        assertThat(changed.path("members").path(49_999).path("display").textValue())
                .isEqualTo("x");
    }

    /** A value without an id is compared as a whole, by each of the operations. */
    @Test
    void shouldRefuseToCompareALargeValueOverAndOver() {
        ObjectNode photos = object("{\"photos\":[{\"text\":\"" + "x".repeat(1_000_000) + "\"}]}");
        String add = "{\"op\":\"add\",\"path\":\"photos\",\"value\":{\"value\":\"1\"}}";

        assertThat(patch(photos, add).path("photos")).hasSize(2);
        assertTooMany(photos, (add + ",").repeat(998) + add);
    }

    private static void assertTooMany(ObjectNode resource, String operations) {
        assertThatThrownBy(() -> patch(resource, operations))
                .isInstanceOfSatisfying(
                        ScimException.class,
                        refusal -> assertThat(refusal.scimType()).isEqualTo("tooMany"));
    }

    @Test
    void shouldRefusePatchesWithoutOrWithTooManyOperations() {
        assertThatThrownBy(() -> ScimPatch.apply(JANE, object("{}"))).hasMessageContaining("Operations");
        String operation = "{\"op\": \"remove\", \"path\": \"x\"}";
        assertThatThrownBy(() -> patch(JANE, (operation + ",").repeat(1_000) + operation))
                .hasMessageContaining("1000");
    }
}
