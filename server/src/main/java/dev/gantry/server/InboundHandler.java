package dev.gantry.server;

/** Answers one request; runs on a virtual thread of the request's own and may block. */
@FunctionalInterface
interface InboundHandler {
    void serve(Inbound inbound);
}
