package dev.gantry.gateway;

import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells objects of a request that bring text of others than the caller: results of tools, documents, results of searches. By
 * their role or type in the clients' schemas, wherever that stands among the fields.
 */
final class JsonDocuments {
    private static final byte[] ROLE = bytes("role");
    private static final byte[] TYPE = bytes("type");
    private static final List<byte[]> ROLES = List.of(bytes("tool"), bytes("function"));
    private static final List<byte[]> TYPES = List.of(
            bytes("tool_result"),
            bytes("function_call_output"),
            bytes("custom_tool_call_output"),
            bytes("mcp_tool_result"),
            bytes("web_search_tool_result"),
            bytes("web_fetch_tool_result"),
            bytes("search_result"),
            bytes("document"),
            bytes("file_search_call"));

    private final JsonCursor cursor = new JsonCursor();
    private final byte[] json;

    /** Takes an object that begins at a position. */
    JsonDocuments(byte[] json, int from, int to) {
        this.json = json;
        cursor.reset(json, from, to);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns whether it is such an object; looks no further than at the field that tells. */
    boolean isOne() throws Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            boolean isRole = cursor.nameIs(ROLE);
            if ((isRole || cursor.nameIs(TYPE)) && cursor.atString()) {
                cursor.readString();
                return isOneOf(isRole ? ROLES : TYPES);
            }
            cursor.skip();
        }
        return false;
    }

    private boolean isOneOf(List<byte[]> names) {
        int length = cursor.textTo() - cursor.textFrom();
        for (byte[] name : names) {
            boolean isSame = name.length == length;
            for (int index = 0; isSame && index < length; index++) {
                isSame = json[cursor.textFrom() + index] == name[index];
            }
            if (isSame) {
                return true;
            }
        }
        return false;
    }
}
