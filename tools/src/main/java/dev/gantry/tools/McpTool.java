package dev.gantry.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A tool of an MCP server, as the server describes it.
 *
 * @param description empty for none
 * @param parameters JSON Schema of the arguments
 */
public record McpTool(String server, String name, String description, ObjectNode parameters) {}
