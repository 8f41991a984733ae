package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a tool of an MCP server answered.
 *
 * @param value its structured content where it has one, else its text
 * @param text its text; what is no text is named in brackets
 * @param isError whether it says that it failed
 */
public record McpResult(JsonNode value, String text, boolean isError) {}
