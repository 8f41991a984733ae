/** The whole product from outside: real processes, real sockets, real clients. */
@NullMarked
package dev.gantry.e2e;

import org.jspecify.annotations.NullMarked;
