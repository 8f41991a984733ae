/** Stands in for the server's main class in tests that start processes. */
@NullMarked
package dev.gantry.server;

import org.jspecify.annotations.NullMarked;
