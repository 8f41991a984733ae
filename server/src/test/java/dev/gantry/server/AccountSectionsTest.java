package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountSectionsTest {
    @TempDir
    private Path directory;

    private void write(String yaml) throws IOException {
        Files.writeString(directory.resolve("gantry.yaml"), yaml);
    }

    private boolean isSecondFactorRequired() {
        return AccountSections.accounts(ConfigLoader.load(directory, false, Map.of(), ConfigSections.schema()))
                .mfa()
                .required();
    }

    private List<String> problems() {
        return ConfigLoader.check(directory, false, Map.of(), ConfigSections.schema()).stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void shouldRequireASecondFactorUnlessSomebodySaysOtherwise() throws IOException {
        write("server: {}");
        assertThat(isSecondFactorRequired()).isTrue();
        write("accounts: {mfa: {issuer: Acme}}");
        assertThat(isSecondFactorRequired()).isTrue();
        write("accounts: {mfa: {required: false}}");
        assertThat(isSecondFactorRequired()).isFalse();
    }

    @Test
    void shouldTakeTheOverlaysWordWhereNothingElseIsSaid() throws IOException {
        write("security: {require_mfa: false}");
        assertThat(isSecondFactorRequired()).isFalse();
        write("security: {require_mfa: true}");
        assertThat(isSecondFactorRequired()).isTrue();
    }

    @Test
    void shouldRefuseTwoPlacesThatContradictEachOther() throws IOException {
        for (boolean one : List.of(true, false)) {
            write("security: {require_mfa: " + one + "}\naccounts: {mfa: {required: " + !one + "}}");
            assertThat(problems()).singleElement().asString().contains("contradicts accounts.mfa.required");
            write("security: {require_mfa: " + one + "}\naccounts: {mfa: {required: " + one + "}}");
            assertThat(problems()).isEmpty();
        }
    }
}
