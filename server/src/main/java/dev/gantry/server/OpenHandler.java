package dev.gantry.server;

import dev.gantry.gateway.AuditEntry;

/** Does what an operation promises to anybody, signed in or not; runs on a virtual thread and may block. */
@FunctionalInterface
interface OpenHandler {
    /**
     * Answers a request of somebody who need not be known.
     *
     * @param entry to be told who it is, once that turns out
     * @throws dev.gantry.kernel.GantryException if it cannot be done
     */
    ApiReply handle(Inbound inbound, ApiRequest request, AuditEntry entry);
}
