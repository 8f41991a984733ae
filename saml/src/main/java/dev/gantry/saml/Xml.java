package dev.gantry.saml;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Reads XML that strangers send: no document type, so no entities and nothing external; bounds on size, depth and number; no
 * id twice. What it throws are {@link UntrustedException}s.
 */
final class Xml {
    static final String ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion";
    static final String PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
    static final String METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
    static final String SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";
    static final String ENCRYPTION = "http://www.w3.org/2001/04/xmlenc#";
    static final String ENCRYPTION_11 = "http://www.w3.org/2009/xmlenc11#";
    static final String VERSION = "2.0";

    /** Ten times what large messages and metadata are. */
    static final int BYTES_MAX = 512 * 1024;

    private static final int DEPTH_MAX = 40;
    private static final int NODES_MAX = 20_000;

    private Xml() {}

    /** Reads a document. */
    static Document parse(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new UntrustedException("the XML has more than " + BYTES_MAX + " bytes");
        }
        Document document;
        try {
            document = builder().parse(new ByteArrayInputStream(bytes));
        } catch (SAXException | IOException malformed) {
            throw new UntrustedException("the XML cannot be read", malformed);
        }
        new Inspection().inspect(document);
        return document;
    }

    private static DocumentBuilder builder() {
        try {
            // The JDK's own, whatever else is on the class path.
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setAttribute("jdk.xml.maxElementDepth", String.valueOf(DEPTH_MAX));
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Strict());
            return builder;
        } catch (ParserConfigurationException impossible) {
            throw new IllegalStateException("The JDK's XML parser has all of these", impossible);
        }
    }

    /** Every error is one, and none is printed. */
    private static final class Strict implements ErrorHandler {
        @Override
        public void warning(SAXParseException problem) throws SAXException {
            throw problem;
        }

        @Override
        public void error(SAXParseException problem) throws SAXException {
            throw problem;
        }

        @Override
        public void fatalError(SAXParseException problem) throws SAXException {
            throw problem;
        }
    }

    /** One look at every node of a document. */
    private static final class Inspection {
        private final Set<String> ids = new HashSet<>();
        private int nodes;

        void inspect(Node node) {
            nodes++;
            if (nodes > NODES_MAX) {
                throw new UntrustedException("the XML has more than " + NODES_MAX + " nodes");
            }
            if (node.getNodeType() == Node.PROCESSING_INSTRUCTION_NODE
                    || node.getNodeType() == Node.ENTITY_REFERENCE_NODE) {
                throw new UntrustedException("the XML has a processing instruction or an entity");
            }
            NamedNodeMap attributes = node.getAttributes();
            for (int index = 0; attributes != null && index < attributes.getLength(); index++) {
                Attr attribute = (Attr) attributes.item(index);
                // SAML says ID, signatures and encryption say Id, and others xml:id.
                if ("id".equalsIgnoreCase(attribute.getLocalName()) && !ids.add(attribute.getValue())) {
                    throw new UntrustedException("the XML has an id twice");
                }
            }
            for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
                inspect(child);
            }
        }
    }

    static boolean is(@Nullable Node node, String namespace, String name) {
        return node instanceof Element element
                && namespace.equals(element.getNamespaceURI())
                && name.equals(element.getLocalName());
    }

    /** Returns the elements directly in another. */
    static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    static List<Element> children(Element parent, String namespace, String name) {
        return children(parent).stream()
                .filter(child -> is(child, namespace, name))
                .toList();
    }

    /** Returns the one child of a name; empty if there is none, and more than one are refused. */
    static Optional<Element> child(Element parent, String namespace, String name) {
        List<Element> children = children(parent, namespace, name);
        if (children.size() > 1) {
            throw new UntrustedException(parent.getLocalName() + " has more than one " + name);
        }
        return children.stream().findFirst();
    }

    static Element requireChild(Element parent, String namespace, String name) {
        return child(parent, namespace, name)
                .orElseThrow(() -> new UntrustedException(parent.getLocalName() + " has no " + name));
    }

    /** Returns every element of a name, at any depth. */
    static List<Element> all(Document document, String namespace, String name) {
        var nodes = document.getElementsByTagNameNS(namespace, name);
        List<Element> all = new ArrayList<>();
        for (int index = 0; index < nodes.getLength(); index++) {
            all.add((Element) nodes.item(index));
        }
        return all;
    }

    /** Returns the whole text of an element, which may hold nothing else. */
    static String text(Element element) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child.getNodeType() != Node.TEXT_NODE && child.getNodeType() != Node.CDATA_SECTION_NODE) {
                throw new UntrustedException(element.getLocalName() + " holds more than text");
            }
        }
        return element.getTextContent().strip();
    }

    /** Returns an attribute; null if it is not there or empty. */
    static @Nullable String attribute(Element element, String name) {
        String value = element.getAttributeNS(null, name);
        return value.isEmpty() ? null : value;
    }

    /** Returns a point in time; null if the attribute is not there. */
    static @Nullable Instant time(Element element, String name) {
        String value = attribute(element, name);
        if (value == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException malformed) {
            throw new UntrustedException(element.getLocalName() + " has no time in " + name, malformed);
        }
    }

    /** Escapes text for an element or an attribute in double quotes. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int index = 0; index < text.length(); index++) {
            char letter = text.charAt(index);
            switch (letter) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\t', '\n', '\r' -> out.append("&#").append((int) letter).append(';');
                default -> out.append(letter);
            }
        }
        return out.toString();
    }
}
