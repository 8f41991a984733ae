package dev.gantry.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.outbound.Deadline;

/** A connection to an MCP server. Thread-safe. */
interface McpTransport extends AutoCloseable {
    /**
     * Sends a request and waits for its answer.
     *
     * @param request with an {@code id} that no other request has
     * @return the answer: with {@code result} or {@code error}
     */
    ObjectNode request(ObjectNode request, Deadline deadline) throws ToolException;

    /** Sends a message that nobody answers. */
    void tell(ObjectNode notification, Deadline deadline) throws ToolException;

    /** Learns the version of the protocol that both sides speak. */
    void agreed(String protocolVersion);

    /** Returns whether requests can still be sent; otherwise a new connection is needed. */
    boolean isOpen();

    /** Returns whether the other side has forgotten the connection, and so did nothing of the last request. */
    boolean isForgotten();

    @Override
    void close();
}
