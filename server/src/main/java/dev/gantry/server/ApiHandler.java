package dev.gantry.server;

import dev.gantry.identity.Caller;

/** Does what one operation of the API promises; runs on a virtual thread and may block. */
@FunctionalInterface
interface ApiHandler {
    /**
     * Answers a request whose caller holds the operation's permission.
     *
     * @throws dev.gantry.kernel.GantryException if it cannot be done
     */
    ApiReply handle(Caller caller, ApiRequest request);
}
