package dev.gantry.saml;

import static dev.gantry.saml.TestingWorld.IDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.TestingWorld.Trip;
import dev.gantry.testing.TestingIdp;
import java.security.PublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Signature wrapping: what was signed is moved to where it is verified and not read, and what is read was never signed. The
 * eight ways are those of "On Breaking SAML: Be Whoever You Want to Be" (Somorovsky and others, 2012).
 */
class WrappingTest {
    private static final TestingWorld WORLD = TestingWorld.open();
    private static final String SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";
    private static final String PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";

    /** How a document with a true signature is changed to speak of mallory. */
    enum Way {
        /** A response around the true one, which lies in the signature. */
        XSW1 {
            @Override
            Element wrap(Document document) {
                Element evil = evil(document.getDocumentElement());
                Element signature = signature(document.getDocumentElement());
                Element original = withoutSignature(document.getDocumentElement());
                place(evil, signature);
                signature.appendChild(original);
                return evil;
            }
        },
        /** A response with the true one beside the signature. */
        XSW2 {
            @Override
            Element wrap(Document document) {
                Element evil = evil(document.getDocumentElement());
                Element signature = signature(document.getDocumentElement());
                Element original = withoutSignature(document.getDocumentElement());
                place(evil, signature);
                evil.insertBefore(original, signature);
                return evil;
            }
        },
        /** An assertion ahead of the true one. */
        XSW3 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                assertion.getParentNode().insertBefore(evil(assertion), assertion);
                return document.getDocumentElement();
            }
        },
        /** An assertion around the true one. */
        XSW4 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                Element evil = evil(assertion);
                assertion.getParentNode().replaceChild(evil, assertion);
                evil.appendChild(assertion);
                return document.getDocumentElement();
            }
        },
        /** The changed assertion keeps the signature, the true one follows. */
        XSW5 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                Element original = withoutSignature((Element) assertion.cloneNode(true));
                change(assertion);
                document.getDocumentElement().appendChild(original);
                return document.getDocumentElement();
            }
        },
        /** The changed assertion keeps the signature, with the true one in it. */
        XSW6 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                Element original = withoutSignature((Element) assertion.cloneNode(true));
                change(assertion);
                signature(assertion).appendChild(original);
                return document.getDocumentElement();
            }
        },
        /** An assertion among extensions. */
        XSW7 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                Element extensions = document.createElementNS(PROTOCOL, "samlp:Extensions");
                extensions.appendChild(evil(assertion));
                assertion.getParentNode().insertBefore(extensions, assertion);
                return document.getDocumentElement();
            }
        },
        /** The true assertion is an object of the signature. */
        XSW8 {
            @Override
            Element wrap(Document document) {
                Element assertion = TestingIdp.element(document, "Assertion");
                Element original = withoutSignature((Element) assertion.cloneNode(true));
                Element object = document.createElementNS(SIGNATURE, "ds:Object");
                object.appendChild(original);
                change(assertion);
                signature(assertion).appendChild(object);
                return document.getDocumentElement();
            }
        };

        /** Returns the new root. */
        abstract Element wrap(Document document);

        boolean isOfResponse() {
            return this == XSW1 || this == XSW2;
        }
    }

    private static Element evil(Element original) {
        Element evil = withoutSignature((Element) original.cloneNode(true));
        change(evil);
        return evil;
    }

    /** Another id, and another person. */
    private static void change(Element element) {
        element.setAttribute("ID", "_evil");
        Element assertion = element.getLocalName().equals("Assertion")
                ? element
                : (Element) element.getElementsByTagNameNS("*", "Assertion").item(0);
        if (!element.getLocalName().equals("Assertion")) {
            assertion.setAttribute("ID", "_evil2");
        }
        assertion.getElementsByTagNameNS("*", "NameID").item(0).setTextContent("mallory-1");
    }

    private static Element signature(Element owner) {
        return Xml.children(owner).stream()
                .filter(child -> child.getLocalName().equals("Signature"))
                .findFirst()
                .orElseThrow();
    }

    private static Element withoutSignature(Element owner) {
        Xml.children(owner).stream()
                .filter(child -> child.getLocalName().equals("Signature"))
                .findFirst()
                .ifPresent(owner::removeChild);
        return owner;
    }

    private static void place(Element owner, Element signature) {
        owner.insertBefore(signature, Xml.children(owner).get(1));
    }

    private static String wrapped(Way way, Trip trip, boolean sameId) {
        Document document = TestingIdp.response(TestingWorld.values(trip));
        IDP.sign(way.isOfResponse() ? document.getDocumentElement() : TestingIdp.element(document, "Assertion"));
        String id = (way.isOfResponse() ? document.getDocumentElement() : TestingIdp.element(document, "Assertion"))
                .getAttribute("ID");
        String text = TestingIdp.text(way.wrap(document));
        assertThat(text).contains("mallory-1", "alice-1", "SignatureValue");
        return sameId ? text.replace("ID=\"_evil\"", "ID=\"" + id + "\"") : text;
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotLetAnybodyInByWrapping(Way way) {
        for (boolean sameId : List.of(false, true)) {
            Trip trip = WORLD.begin();
            String field = TestingIdp.field(TestingIdp.parse(wrapped(way, trip, sameId)));
            assertThatThrownBy(() -> WORLD.arrive(field, trip.cookie()))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
        }
    }

    /** Whatever lies around it, what is read is what was signed: the last line of defence, without those before it. */
    @ParameterizedTest
    @EnumSource
    void shouldReadNothingButWhatWasSigned(Way way) {
        Trip trip = WORLD.begin();
        Document document = Xml.parse(wrapped(way, trip, false).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        List<PublicKey> keys = List.of(IDP.own().keys().getPublic());
        int read = 0;
        for (String name : List.of("Response", "Assertion")) {
            for (Element element : Xml.all(document, name.equals("Response") ? Xml.PROTOCOL : Xml.ASSERTION, name)) {
                for (Element signature : Xml.all(document, Xml.SIGNATURE, "Signature")) {
                    try {
                        Element signed = SignedXml.verify(element, signature, keys, false);
                        assertThat(signed.getElementsByTagNameNS(Xml.ASSERTION, "NameID")
                                        .item(0)
                                        .getTextContent())
                                .isEqualTo("alice-1");
                        read++;
                    } catch (UntrustedException refused) {
                        assertThat(refused).hasMessageNotContaining("alice");
                    }
                }
            }
        }
        assertThat(read).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldReadTheTrueOne() {
        Trip trip = WORLD.begin();
        Document document = TestingIdp.response(TestingWorld.values(trip));
        IDP.sign(TestingIdp.element(document, "Assertion"));
        assertThat(WORLD.arrive(document, trip.cookie()).vouched().subject()).isEqualTo("alice-1");
    }
}
