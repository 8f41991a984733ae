/** Envelope encryption of what must not lie readable in the database. */
@NullMarked
package dev.gantry.crypto;

import org.jspecify.annotations.NullMarked;
