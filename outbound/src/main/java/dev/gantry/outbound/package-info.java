/**
 * Requests to addresses that somebody else chose: HTTP/1.1 over own sockets, so that a connection goes to an address that was
 * checked and nowhere else, with a bound on every part of the answer and one deadline for the whole.
 */
@NullMarked
package dev.gantry.outbound;

import org.jspecify.annotations.NullMarked;
