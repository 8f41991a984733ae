package dev.gantry.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.config.GuideKeys;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationSettingsTest {
    private static AuthenticationSettings load(String text) {
        ConfigSchema.Builder schema = ConfigSchema.builder()
                .section("authentication", AuthenticationSettings.class, "How callers prove who they are");
        GuideKeys.declare(schema);
        return ConfigLoader.loadText("security.yaml", text, schema.build())
                .get("authentication", AuthenticationSettings.class);
    }

    @Test
    void shouldReadTheSessionAsPrinted() {
        SessionSettings session = load("""
                        authentication:
                          session:
                            timeout: 3600
                            refresh_enabled: true
                        """).session();
        assertThat(session).isEqualTo(SessionSettings.defaults());
        assertThat(session.timeout()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void shouldReadTheApiKeyProviderAsPrinted() {
        AuthenticationSettings settings = load("""
                        authentication:
                          providers:
                            - type: api_key
                              header: X-Company-Key
                              validation: database
                        """);
        assertThat(settings.apiKeyHeader()).isEqualTo("X-Company-Key");
        assertThat(AuthenticationSettings.defaults().apiKeyHeader()).isEqualTo("X-API-Key");
    }

    @Test
    void shouldReadTheOtherProvidersAsPrinted() {
        AuthenticationSettings settings = load("""
                        authentication:
                          providers:
                            - type: jwt
                              issuer: https://auth.company.com
                              audience: fabric-api
                              jwks_uri: https://auth.company.com/.well-known/jwks.json
                            - type: oauth2
                              provider: okta
                              client_id: some-id
                              issuer: https://company.okta.com
                        """);
        assertThat(settings.providers()).hasSize(2);
        assertThat(((AuthenticationSettings.Jwt) settings.providers().getFirst()).algorithms())
                .containsExactly("RS256", "PS256", "ES256");
    }

    @Test
    void shouldReadTheSectionOfTheFixOpsOverlayAsPrinted() {
        AuthenticationSettings settings = load("""
                        authentication:
                          provider: saml
                          saml:
                            entity_id: https://fixops.yourcompany.com
                            sso_url: https://sso.yourcompany.com/saml
                            certificate_path: /etc/fixops/saml/cert.pem
                        """);
        assertThat(settings.samlProviders()).singleElement().satisfies(saml -> {
            assertThat(saml.provider()).isEqualTo("saml");
            assertThat(saml.certificatePath()).contains(Path.of("/etc/fixops/saml/cert.pem"));
            assertThat(saml.idpInitiated() || saml.allowSha1() || saml.allowCbc())
                    .isFalse();
        });
        assertThat(settings.with(SessionSettings.defaults()).samlProviders()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    providers: [{type: api_key, header: Authorization}] | cannot be the header
                    providers: [{type: api_key, header: 'a b'}]         | cannot be the header
                    providers: [{type: api_key, validation: ldap}]      | database
                    providers: [{type: api_kee}]                        | api_key
                    providers: [{type: api_key}, {type: api_key}]       | twice
                    providers: [{type: jwt, issuer: i, audience: a, jwks_uri: 'http://x.example/k'}] | https
                    providers: [{type: jwt, issuer: i, audience: a, jwks_uri: 'https://x/k', algorithms: [HS256]}] | no signature
                    providers: [{type: jwt, issuer: i, audience: a, jwks_uri: 'https://x/k', algorithms: [none]}] | no signature
                    providers: [{type: oauth2, client_id: c, issuer: 'http://x.example'}] | https
                    providers: [{type: oauth2, client_id: c, issuer: 'https://x', provider: api_key}] | small letters
                    providers: [{type: oauth2, client_id: c, issuer: 'https://x'}, {type: oauth2, client_id: d, issuer: 'https://y'}] | called 'oidc'
                    provider: saml                                      | no section saml
                    saml: {entity_id: e, sso_url: 'https://x'}          | certificate_path
                    saml: {entity_id: e, metadata_url: 'https://x', metadata_path: m.xml} | one of
                    saml: {entity_id: e, metadata_url: 'http://x.example'} | https
                    saml: {entity_id: e, metadata_url: 'https://x', own_certificate_path: o.pem} | go together
                    providers: [{type: saml, entity_id: e, metadata_url: 'https://x', provider: A/b}] | small letters
                    session: {timeout: 10}                              | from 1m
                    session: {timeout: 2h, absolute_timeout: 1h}        | absolute_timeout
                    """, quoteCharacter = '"')
    void shouldRefuseWhatItCannotServe(String section, String expected) {
        assertThatThrownBy(() -> load("authentication: {" + section + "}"))
                .hasMessageContaining("security.yaml:1")
                .hasMessageContaining(expected);
    }
}
