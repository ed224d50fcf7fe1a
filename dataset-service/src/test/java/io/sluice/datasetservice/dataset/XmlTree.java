package io.sluice.datasetservice.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads an answer in XML as a client does that has read the page about it and nothing of our code. */
final class XmlTree {

    private static final JsonMapper JSON = JsonMapper.shared();

    private XmlTree() {}

    static JsonNode read(byte[] xml) {
        try {
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml))
                    .getDocumentElement();
            JsonNode tree = value(root, root.getTagName().equals("problem") ? "object" : root.getAttribute("type"));
            if (root.getTagName().equals("problem")) {
                ((ObjectNode) tree)
                        .put("status", Integer.parseInt(tree.path("status").stringValue()));
            }
            return tree;
        } catch (ParserConfigurationException | SAXException | IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static JsonNode value(Element element, String type) {
        return switch (type) {
            case "object" -> {
                ObjectNode object = JSON.createObjectNode();
                children(element).forEach(child -> object.set(key(child), value(child, child.getAttribute("type"))));
                yield object;
            }
            case "array" -> {
                ArrayNode array = JSON.createArrayNode();
                children(element).forEach(child -> array.add(value(child, child.getAttribute("type"))));
                yield array;
            }
            case "number", "boolean" -> JSON.readTree(element.getTextContent());
            case "null" -> JSON.nullNode();
            default -> JSON.valueToTree(element.getTextContent());
        };
    }

    private static String key(Element element) {
        return element.hasAttribute("name") ? element.getAttribute("name") : element.getTagName();
    }

    private static Stream<Element> children(Element element) {
        return IntStream.range(0, element.getChildNodes().getLength())
                .mapToObj(element.getChildNodes()::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }
}
