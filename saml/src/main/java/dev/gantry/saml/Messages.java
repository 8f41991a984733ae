package dev.gantry.saml;

import dev.gantry.saml.SamlSettings.Binding;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what this server says: requests, answers, and its own metadata. Thread-safe. */
final class Messages {
    private static final String LOGOUT_REASON = "urn:oasis:names:tc:SAML:2.0:logout:user";

    private final SamlSettings settings;

    Messages(SamlSettings settings) {
        this.settings = settings;
    }

    /**
     * Asks for somebody to sign in.
     *
     * @param fresh whether the provider has to ask them, though it may know the browser
     */
    String authnRequest(String id, Instant now, URI destination, String consumer, boolean fresh) {
        String format = settings.nameIdFormat()
                .map(name -> " Format=\"" + Xml.escape(name) + "\"")
                .orElse("");
        return start("AuthnRequest", id, now, destination)
                + " AssertionConsumerServiceURL=\"" + Xml.escape(consumer) + "\" ProtocolBinding=\""
                + Binding.POST.uri() + "\"" + (fresh ? " ForceAuthn=\"true\"" : "")
                + ">" + issuer() + "<samlp:NameIDPolicy" + format + " AllowCreate=\"true\"/>" + contexts()
                + "</samlp:AuthnRequest>";
    }

    private String contexts() {
        if (settings.contexts().isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder("<samlp:RequestedAuthnContext Comparison=\"exact\">");
        settings.contexts()
                .forEach(context -> out.append("<saml:AuthnContextClassRef>")
                        .append(Xml.escape(context))
                        .append("</saml:AuthnContextClassRef>"));
        return out.append("</samlp:RequestedAuthnContext>").toString();
    }

    /** Says that somebody signs out. */
    String logoutRequest(String id, Instant now, URI destination, String subject, @Nullable String session) {
        String format = settings.nameIdFormat()
                .map(name -> " Format=\"" + Xml.escape(name) + "\"")
                .orElse("");
        return start("LogoutRequest", id, now, destination)
                + " NotOnOrAfter=\"" + now.plusSeconds(Attempt.SECONDS_MAX).truncatedTo(ChronoUnit.SECONDS)
                + "\" Reason=\"" + LOGOUT_REASON + "\">" + issuer()
                + "<saml:NameID" + format + ">" + Xml.escape(subject) + "</saml:NameID>"
                + (session == null ? "" : "<samlp:SessionIndex>" + Xml.escape(session) + "</samlp:SessionIndex>")
                + "</samlp:LogoutRequest>";
    }

    /** Says that somebody has been signed out, as was asked. */
    String logoutResponse(String id, Instant now, URI destination, String request) {
        return start("LogoutResponse", id, now, destination)
                + " InResponseTo=\"" + Xml.escape(request) + "\">" + issuer()
                + "<samlp:Status><samlp:StatusCode Value=\"" + ResponseReader.SUCCESS
                + "\"/></samlp:Status></samlp:LogoutResponse>";
    }

    private static String start(String name, String id, Instant now, URI destination) {
        return "<samlp:" + name + " xmlns:samlp=\"" + Xml.PROTOCOL + "\" xmlns:saml=\"" + Xml.ASSERTION + "\" ID=\""
                + Xml.escape(id) + "\" Version=\"" + Xml.VERSION + "\" IssueInstant=\""
                + now.truncatedTo(ChronoUnit.SECONDS) + "\" Destination=\"" + Xml.escape(destination.toString()) + "\"";
    }

    private String issuer() {
        return "<saml:Issuer>" + Xml.escape(settings.entityId()) + "</saml:Issuer>";
    }

    /**
     * Describes this server for the provider (SAML metadata, 2.4.4).
     *
     * @param consumer where responses go
     * @param logout where messages of signing out go
     */
    String metadata(String consumer, String logout) {
        Optional<OwnKey> own = settings.ownKey();
        StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
                .append("<md:EntityDescriptor xmlns:md=\"")
                .append(Xml.METADATA)
                .append("\" entityID=\"")
                .append(Xml.escape(settings.entityId()))
                .append("\">\n")
                .append("  <md:SPSSODescriptor AuthnRequestsSigned=\"")
                .append(own.isPresent())
                .append("\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"")
                .append(Xml.PROTOCOL)
                .append("\">\n");
        own.ifPresent(key -> {
            out.append(keyDescriptor("signing", key, List.of()));
            if (key.decrypts()) {
                out.append(keyDescriptor(
                        "encryption",
                        key,
                        List.of(
                                Xml.ENCRYPTION_11 + "aes256-gcm",
                                Xml.ENCRYPTION_11 + "aes128-gcm",
                                Xml.ENCRYPTION + "rsa-oaep-mgf1p")));
            }
        });
        for (Binding binding : Binding.values()) {
            out.append("    <md:SingleLogoutService Binding=\"")
                    .append(binding.uri())
                    .append("\" Location=\"")
                    .append(Xml.escape(logout))
                    .append("\"/>\n");
        }
        settings.nameIdFormat()
                .ifPresent(format -> out.append("    <md:NameIDFormat>")
                        .append(Xml.escape(format))
                        .append("</md:NameIDFormat>\n"));
        return out.append("    <md:AssertionConsumerService Binding=\"")
                .append(Binding.POST.uri())
                .append("\" Location=\"")
                .append(Xml.escape(consumer))
                .append("\" index=\"0\" isDefault=\"true\"/>\n")
                .append("  </md:SPSSODescriptor>\n</md:EntityDescriptor>\n")
                .toString();
    }

    private static String keyDescriptor(String use, OwnKey key, List<String> methods) {
        StringBuilder out = new StringBuilder("    <md:KeyDescriptor use=\"" + use + "\">\n")
                .append("      <ds:KeyInfo xmlns:ds=\"")
                .append(Xml.SIGNATURE)
                .append("\"><ds:X509Data><ds:X509Certificate>");
        try {
            out.append(Base64.getEncoder().encodeToString(key.certificate().getEncoded()));
        } catch (java.security.cert.CertificateEncodingException impossible) {
            throw new IllegalStateException("It was decoded before", impossible);
        }
        out.append("</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\n");
        methods.forEach(method -> out.append("      <md:EncryptionMethod Algorithm=\"")
                .append(method)
                .append("\"/>\n"));
        return out.append("    </md:KeyDescriptor>\n").toString();
    }
}
