package dev.gantry.saml;

import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Reads responses to requests for authentication (SAML profiles, 4.1.4). What it returns was read from signed bytes alone.
 * Throws {@link UntrustedException}. Thread-safe.
 */
final class ResponseReader {
    static final String SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";
    private static final String BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    private static final String FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
    private static final String EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

    /** Who asks for it leaves the choice to the provider. */
    private static final String UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

    private static final String ENTITY = FORMAT + "entity";
    private static final Set<String> CONDITIONS = Set.of("AudienceRestriction", "OneTimeUse", "ProxyRestriction");
    private static final int ATTRIBUTES_MAX = 300;
    private static final int VALUES_MAX = 2_000;
    private static final int TEXT_MAX = 255;
    private static final int IDS_MAX = 255;

    /** Nobody vouches for that long; so long ids have to be remembered. */
    private static final Duration LIFE_MAX = Duration.ofHours(24);

    private final SamlSettings settings;
    private final Clock clock;

    ResponseReader(SamlSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Reads a response.
     *
     * @param consumer where the response arrived
     * @param request the id of the request that it answers; null if there was none
     */
    Vouched read(byte[] xml, Partner partner, String consumer, @Nullable String request) {
        List<PublicKey> keys = partner.keys();
        Document document = Xml.parse(xml);
        Element response = document.getDocumentElement();
        if (!Xml.is(response, Xml.PROTOCOL, "Response")) {
            throw new UntrustedException("the message is no response");
        }
        requireSuccess(response);
        requireShape(document, response);
        Element signature = SignedXml.signatureOf(response).orElse(null);
        boolean signed = signature != null;
        if (signature != null) {
            response = SignedXml.verify(response, signature, keys, settings.sha1());
            requireSuccess(response);
            requireShape(response.getOwnerDocument(), response);
        }
        requireResponse(response, signed, partner.entityId(), consumer, request);
        Element assertion = assertion(response, signed);
        Element inner = SignedXml.signatureOf(assertion).orElse(null);
        if (inner != null) {
            assertion = SignedXml.verify(assertion, inner, keys, settings.sha1());
        } else if (!signed) {
            throw new UntrustedException("neither the response nor the assertion is signed");
        }
        return vouched(assertion, partner, consumer, request);
    }

    private static void requireSuccess(Element response) {
        Element status = Xml.requireChild(response, Xml.PROTOCOL, "Status");
        String code = Xml.attribute(Xml.requireChild(status, Xml.PROTOCOL, "StatusCode"), "Value");
        if (!SUCCESS.equals(code)) {
            throw new UntrustedException("the provider answers with status "
                    + UntrustedException.quote(
                            status.getElementsByTagNameNS(Xml.PROTOCOL, "StatusCode")
                                                    .getLength()
                                            > 1
                                    ? lowest(status)
                                    : String.valueOf(code)));
        }
    }

    /** The codes go from the general to the particular. */
    private static String lowest(Element status) {
        var codes = status.getElementsByTagNameNS(Xml.PROTOCOL, "StatusCode");
        return ((Element) codes.item(codes.getLength() - 1)).getAttributeNS(null, "Value");
    }

    /** There is one assertion, where it belongs, and signatures of it and of the response, and of nothing else. */
    private static void requireShape(Document document, Element response) {
        List<Element> assertions = new ArrayList<>(Xml.all(document, Xml.ASSERTION, "Assertion"));
        assertions.addAll(Xml.all(document, Xml.ASSERTION, "EncryptedAssertion"));
        if (assertions.size() != 1 || !response.isSameNode(assertions.getFirst().getParentNode())) {
            throw new UntrustedException("the response has not exactly one assertion in its place");
        }
        requireSignaturesOf(document, response, assertions.getFirst());
    }

    private static void requireSignaturesOf(Document document, Element... owners) {
        for (Element signature : Xml.all(document, Xml.SIGNATURE, "Signature")) {
            if (!List.of(owners).contains(signature.getParentNode())) {
                throw new UntrustedException("the response has a signature at a place where none belongs");
            }
        }
    }

    private void requireResponse(
            Element response, boolean signed, @Nullable String issuer, String consumer, @Nullable String request) {
        requireVersion(response);
        String destination = Xml.attribute(response, "Destination");
        if (destination == null ? signed : !destination.equals(consumer)) {
            throw new UntrustedException("the response is for " + UntrustedException.quote(String.valueOf(destination))
                    + " and arrived at " + consumer);
        }
        String answered = Xml.attribute(response, "InResponseTo");
        if (answered != null && !answered.equals(request)) {
            throw new UntrustedException("the response answers another request");
        }
        Element by = Xml.child(response, Xml.ASSERTION, "Issuer").orElse(null);
        if (by != null) {
            requireIssuer(by, issuer);
        }
    }

    private Element assertion(Element response, boolean signed) {
        Element plain = Xml.child(response, Xml.ASSERTION, "Assertion").orElse(null);
        if (plain != null) {
            return plain;
        }
        OwnKey own = settings.ownKey()
                .filter(OwnKey::decrypts)
                .orElseThrow(
                        () -> new UntrustedException("the assertion is encrypted, and there is no RSA key for it"));
        Element assertion = EncryptedXml.decrypt(
                Xml.requireChild(response, Xml.ASSERTION, "EncryptedAssertion"), own.key(), settings.cbc() && signed);
        Document document = assertion.getOwnerDocument();
        boolean alone = Xml.all(document, Xml.ASSERTION, "Assertion").size() == 1
                && Xml.all(document, Xml.ASSERTION, "EncryptedAssertion").isEmpty();
        if (!alone) {
            throw new UntrustedException("the encrypted assertion holds another");
        }
        requireSignaturesOf(document, assertion);
        return assertion;
    }

    private Vouched vouched(Element assertion, Partner partner, String consumer, @Nullable String request) {
        requireVersion(assertion);
        requireIssuer(Xml.requireChild(assertion, Xml.ASSERTION, "Issuer"), partner.entityId());
        String id = Xml.attribute(assertion, "ID");
        if (id == null || id.length() > IDS_MAX) {
            throw new UntrustedException("the assertion has no ID, or a very long one");
        }
        Element subject = Xml.requireChild(assertion, Xml.ASSERTION, "Subject");
        Instant until = requireConfirmation(subject, consumer, request);
        requireConditions(Xml.requireChild(assertion, Xml.ASSERTION, "Conditions"));
        List<Element> statements = Xml.children(assertion, Xml.ASSERTION, "AuthnStatement");
        if (statements.isEmpty()) {
            throw new UntrustedException("the assertion does not say that anybody signed in");
        }
        Element statement = statements.getFirst();
        Instant ends = Xml.time(statement, "SessionNotOnOrAfter");
        if (ends != null && !clock.instant().isBefore(ends.plus(settings.clockSkew()))) {
            throw new UntrustedException("the session at the provider has ended");
        }
        String session = Xml.attribute(statement, "SessionIndex");
        Map<String, List<String>> attributes = attributes(assertion);
        Instant issued = Xml.time(assertion, "IssueInstant");
        if (issued == null || isFuture(issued)) {
            throw new UntrustedException("the assertion does not say when it was made, or is of the future");
        }
        return new Vouched(
                partner.identity(),
                subject(subject, attributes),
                issued,
                provenAt(statements),
                context(statements),
                attributes,
                session == null || session.length() > TEXT_MAX ? null : session,
                ends,
                id,
                until.plus(settings.clockSkew()));
    }

    /** Of several proofs the latest counts, as a second factor may have come later. */
    private static @Nullable Instant provenAt(List<Element> statements) {
        Instant latest = null;
        for (Element statement : statements) {
            Instant proven = Xml.time(statement, "AuthnInstant");
            if (proven != null && (latest == null || proven.isAfter(latest))) {
                latest = proven;
            }
        }
        return latest;
    }

    /** Of several proofs the one that is asked for, as others may have come before it. */
    private @Nullable String context(List<Element> statements) {
        List<String> named = statements.stream()
                .flatMap(statement -> Xml.child(statement, Xml.ASSERTION, "AuthnContext").stream())
                .flatMap(context -> Xml.child(context, Xml.ASSERTION, "AuthnContextClassRef").stream())
                .map(Xml::text)
                .filter(context -> !context.isEmpty() && context.length() <= TEXT_MAX)
                .toList();
        return named.stream()
                .filter(settings.contexts()::contains)
                .findFirst()
                .orElse(named.isEmpty() ? null : named.getFirst());
    }

    private static void requireVersion(Element message) {
        if (!Xml.VERSION.equals(Xml.attribute(message, "Version"))) {
            throw new UntrustedException(message.getLocalName() + " is not of SAML 2.0");
        }
    }

    static void requireIssuer(Element issuer, @Nullable String expected) {
        String format = Xml.attribute(issuer, "Format");
        String name = Xml.text(issuer);
        boolean other = expected == null ? name.isEmpty() : !name.equals(expected);
        if (other || (format != null && !format.equals(ENTITY))) {
            throw new UntrustedException("the issuer is " + UntrustedException.quote(name) + ", not " + expected);
        }
    }

    /** Returns until when one of the confirmations holds. */
    private Instant requireConfirmation(Element subject, String consumer, @Nullable String request) {
        String why = "there is none by bearer";
        for (Element confirmation : Xml.children(subject, Xml.ASSERTION, "SubjectConfirmation")) {
            if (BEARER.equals(Xml.attribute(confirmation, "Method"))) {
                Element data = Xml.requireChild(confirmation, Xml.ASSERTION, "SubjectConfirmationData");
                Instant until = Xml.time(data, "NotOnOrAfter");
                String answered = Xml.attribute(data, "InResponseTo");
                if (!consumer.equals(Xml.attribute(data, "Recipient"))) {
                    why = "it is for " + UntrustedException.quote(String.valueOf(Xml.attribute(data, "Recipient")))
                            + " and arrived at " + consumer;
                } else if (request == null ? answered != null : !request.equals(answered)) {
                    why = "it answers another request, or none";
                } else if (until == null || isPast(until) || isFuture(Xml.time(data, "NotBefore"))) {
                    why = "it is over, or has not begun; the clocks may differ";
                } else if (until.isAfter(clock.instant().plus(LIFE_MAX))) {
                    why = "it lasts for more than " + LIFE_MAX.toHours() + " hours";
                } else {
                    return until;
                }
            }
        }
        throw new UntrustedException("no confirmation of the subject counts: " + why);
    }

    private void requireConditions(Element conditions) {
        if (isFuture(Xml.time(conditions, "NotBefore"))) {
            throw new UntrustedException("the assertion does not hold yet; the clocks may differ");
        }
        Instant until = Xml.time(conditions, "NotOnOrAfter");
        if (until != null && isPast(until)) {
            throw new UntrustedException("the assertion does not hold any more; the clocks may differ");
        }
        boolean named = false;
        for (Element condition : Xml.children(conditions)) {
            if (!Xml.ASSERTION.equals(condition.getNamespaceURI()) || !CONDITIONS.contains(condition.getLocalName())) {
                throw new UntrustedException("the assertion has a condition that is not known here");
            }
            if (condition.getLocalName().equals("AudienceRestriction")) {
                List<String> audiences = Xml.children(condition, Xml.ASSERTION, "Audience").stream()
                        .map(Xml::text)
                        .toList();
                if (!audiences.contains(settings.entityId())) {
                    throw new UntrustedException("the assertion is for "
                            + UntrustedException.quote(audiences.toString()) + ", not for " + settings.entityId());
                }
                named = true;
            }
        }
        if (!named) {
            throw new UntrustedException("the assertion does not say for whom it is");
        }
    }

    private boolean isPast(Instant until) {
        return !clock.instant().isBefore(until.plus(settings.clockSkew()));
    }

    private boolean isFuture(@Nullable Instant from) {
        return from != null && clock.instant().isBefore(from.minus(settings.clockSkew()));
    }

    private String subject(Element subject, Map<String, List<String>> attributes) {
        Element name = Xml.requireChild(subject, Xml.ASSERTION, "NameID");
        String format = Xml.attribute(name, "Format");
        String text = Xml.text(name);
        String attribute = settings.subjectAttribute().orElse(null);
        if (attribute == null && (FORMAT + "transient").equals(format)) {
            throw new UntrustedException(
                    "the name identifier is transient, another one each time; have the provider send"
                            + " a lasting one, or set subject_attribute");
        }
        String asked = settings.nameIdFormat().orElse(UNSPECIFIED);
        boolean other = !asked.equals(UNSPECIFIED) && !asked.equals(format);
        if (attribute == null && other) {
            throw new UntrustedException("the name identifier has the format "
                    + UntrustedException.quote(String.valueOf(format)) + ", not the one of name_id_format");
        }
        List<String> said = attribute == null ? List.of(text) : attributes.getOrDefault(attribute, List.of());
        if (said.size() != 1 || said.getFirst().isEmpty() || said.getFirst().length() > TEXT_MAX) {
            throw new UntrustedException("the assertion does not say who the subject is");
        }
        if (EMAIL.equals(format)) {
            attributes.putIfAbsent("email", List.of(text));
        }
        return said.getFirst();
    }

    private static Map<String, List<String>> attributes(Element assertion) {
        Map<String, List<String>> attributes = new LinkedHashMap<>();
        int count = 0;
        for (Element statement : Xml.children(assertion, Xml.ASSERTION, "AttributeStatement")) {
            for (Element attribute : Xml.children(statement, Xml.ASSERTION, "Attribute")) {
                String name = Xml.attribute(attribute, "Name");
                List<String> values = new ArrayList<>();
                for (Element value : Xml.children(attribute, Xml.ASSERTION, "AttributeValue")) {
                    // Some are XML of their own, which means nothing here.
                    if (Xml.children(value).isEmpty()) {
                        values.add(Xml.text(value));
                    }
                }
                count += values.size();
                if (attributes.size() >= ATTRIBUTES_MAX || count > VALUES_MAX) {
                    throw new UntrustedException("the assertion has more attributes than can be");
                }
                if (name != null && !values.isEmpty()) {
                    attributes.computeIfAbsent(name, any -> new ArrayList<>()).addAll(values);
                }
            }
        }
        return attributes;
    }
}
